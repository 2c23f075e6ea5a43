#pragma once

#include <optional>
#include <string>
#include <vector>

#include "devnet/world.h"

// A world that goes on without the program that made it: `icn devnet up`, `status` and `down`.
namespace icn::devnet {

// What devnet.json in its folder says.
struct KeptWorld {
  std::uint64_t version = 1;
  std::vector<NodePlan> nodes;
  static constexpr auto fields() {
    return described(codec::field("version", &KeptWorld::version), codec::field("nodes", &KeptWorld::nodes));
  }
};

// Nothing: there is none in this folder. malformed: a file that is none of ours.
Result<std::optional<KeptWorld>> load_kept_world(const std::filesystem::path& folder);

// Makes a world in `options.folder`, or takes the one that is there, and starts what does not run; returns
// when all are ready. On an error nothing that was started is left. Errors: those of World; conflict: it
// runs.
Result<KeptWorld> bring_up(WorldOptions options, const Control& control);

// Ends its nodes: SIGTERM, after 15 s SIGKILL, each by its own id if that is still the same process.
// Answers how many ran.
Result<std::size_t> bring_down(const std::filesystem::path& folder);

struct NodeStatus {
  bool is_running = false;
  bool is_ready = false;
  std::optional<std::uint64_t> height;
  std::optional<std::uint64_t> peers;
  std::uint64_t resident_bytes = 0;  // with its CometBFT
};
NodeStatus status_of(const NodePlan& node);

}  // namespace icn::devnet
