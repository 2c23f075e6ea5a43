#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/ids.h"
#include "codec/fields.h"
#include "devnet/child.h"
#include "devnet/control.h"
#include "devnet/relay.h"
#include "http/client.h"
#include "network/peer_id.h"

namespace icn::devnet {

// One node of a world: what is fixed before it runs. Ports are of 127.0.0.1.
struct NodePlan {
  std::string name;    // "node-3"
  std::string folder;  // its data
  std::uint16_t http_port = 0;
  std::uint16_t engine_port = 0;  // CometBFT of other nodes
  std::uint16_t peer_port = 0;
  std::uint16_t rpc_port = 0;      // where its CometBFT answers who follows it
  std::uint16_t engine_relay = 0;  // what others dial instead; 0: the port itself
  std::uint16_t peer_relay = 0;
  std::uint16_t rpc_relay = 0;
  bool is_validator = false;
  Did did;
  std::string engine_peer;         // as others' consensus.peers name it
  std::vector<std::string> flags;  // all of its settings
  std::uint64_t pid = 0;           // of a world that was left running
  std::uint64_t started_ticks = 0;

  static constexpr auto fields() {
    using codec::field;
    return described(field("name", &NodePlan::name), field("folder", &NodePlan::folder),
                     field("http_port", &NodePlan::http_port), field("engine_port", &NodePlan::engine_port),
                     field("peer_port", &NodePlan::peer_port),
                     codec::defaulted_field("engine_relay", &NodePlan::engine_relay),
                     codec::defaulted_field("peer_relay", &NodePlan::peer_relay),
                     codec::defaulted_field("rpc_port", &NodePlan::rpc_port),
                     codec::defaulted_field("rpc_relay", &NodePlan::rpc_relay),
                     field("is_validator", &NodePlan::is_validator), field("did", &NodePlan::did),
                     field("engine_peer", &NodePlan::engine_peer), field("flags", &NodePlan::flags),
                     field("pid", &NodePlan::pid), field("started_ticks", &NodePlan::started_ticks));
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(http_port); }
  std::string peer_address() const;  // with its peer id
  std::string rpc_address() const;   // as consensus.followed names it
  std::filesystem::path log() const { return folder + ".log"; }
};

struct WorldOptions {
  std::string executable;        // the program icn
  std::filesystem::path folder;  // of everything; there and empty
  std::size_t nodes = 10;
  std::size_t validators = 4;         // the first ones
  bool has_engines = false;           // of their own, those who are no validators
  std::vector<std::string> settings;  // further flags of each node
  Life life = Life::kWithParent;
  bool has_relays = false;  // between the nodes, for faults of the network; of a life with its parent only
};

// Nodes of one network: the first is the operator's and the others' bootstrap peer. With one node the ledger
// orders itself, with more CometBFT does; who is no validator follows as a full node, with or without an
// engine. Thread: make() to stop(), start_node() and kill_node() from one; the rest any.
class World {
 public:
  // Makes folders, keys and the genesis file. Errors: malformed, internal.
  static Result<std::unique_ptr<World>> make(WorldOptions options, const Control& control);
  // One that was made before, with nothing of it running.
  static std::unique_ptr<World> again(WorldOptions options, std::vector<NodePlan> plans);
  ~World();  // stop() of what lives with this process

  // Starts the first node, then the others; returns when all serve. unavailable: one does not within 120 s,
  // with the end of its log; or the run was told to end.
  Result<void> start(const Control& control);
  // Until all take part in one ledger. Errors as start().
  Result<void> wait_until_ready(const Control& control);
  // When the last node's process was started by start().
  std::chrono::steady_clock::time_point last_start() const { return last_start_; }
  // Asks all to end, waits, kills what is left.
  void stop();
  Result<void> start_node(std::size_t number);
  void kill_node(std::size_t number);         // SIGKILL; its CometBFT goes with it
  Relays* relays() { return relays_.get(); }  // null: the nodes speak without

  static constexpr std::string_view kNetwork = "devnet";
  std::size_t size() const { return plans_.size(); }
  const std::vector<NodePlan>& nodes() const { return plans_; }
  pid_t pid(std::size_t number) const;  // -1: it does not run
  bool is_up(std::size_t number) const { return pid(number) > 0; }
  // The node of this DID; size() when there is none.
  std::size_t number_of(const Did& did) const;
  http::Client client(std::size_t number, std::uint32_t timeout_ms = 10'000) const;
  // "X-API-Key" of the operator of a node; empty before it has started.
  std::string operator_key(std::size_t number) const;
  const std::filesystem::path& folder() const { return options_.folder; }

 private:
  explicit World(WorldOptions options) : options_(std::move(options)) {}
  Result<void> plan();
  Result<void> put_relays(NodePlan& node, std::size_t number, std::vector<std::string>& flags);
  std::optional<std::size_t> node_with_socket(std::uint64_t inode) const;
  Result<void> make_keys(std::size_t number);
  Result<void> write_genesis();
  void finish_flags();
  Result<void> wait_until_all(const Control& control, const std::string& path, const std::string& what,
                              std::size_t count);

  WorldOptions options_;
  std::chrono::steady_clock::time_point last_start_;
  std::vector<NodePlan> plans_;
  std::vector<std::string> validator_files_;  // JSON of each node's ValidatorInfo
  mutable std::mutex mutex_;
  mutable std::vector<Child> children_;
  std::unique_ptr<Relays> relays_;
};

// Ports of 127.0.0.1 that nobody listens on now; fewer when there are not so many.
std::vector<std::uint16_t> free_ports(std::size_t count);

// The last `bytes` of a file; empty when it cannot be read.
std::string end_of_file(const std::filesystem::path& file, std::size_t bytes);

}  // namespace icn::devnet
