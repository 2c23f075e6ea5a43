#include "devnet/kept_world.h"

#include <signal.h>

#include <algorithm>
#include <thread>

#include "base/errors.h"
#include "codec/values.h"
#include "crypto/durable_file.h"
#include "devnet/json_at.h"
#include "devnet/members.h"
#include "devnet/process_usage.h"

namespace icn::devnet {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kStopWait = std::chrono::seconds(15);
constexpr std::size_t kFileBytesMax = 4 << 20;

std::string file_in(const std::filesystem::path& folder) { return (folder / "devnet.json").string(); }

bool runs(const NodePlan& node) {
  return node.pid != 0 && start_ticks(static_cast<pid_t>(node.pid)) == node.started_ticks;
}

Result<void> save(const std::filesystem::path& folder, const KeptWorld& world) {
  const std::string text = codec::write_json_pretty(codec::to_json(world)) + "\n";
  return crypto::write_file_durably(file_in(folder), as_bytes(text), crypto::Existing::kReplace);
}

std::optional<codec::Json> answer_of(const NodePlan& node, const std::string& target) {
  http::ClientOptions options;
  options.timeout_ms = 2'000;
  const auto answer = http::Client::make(node.url(), options).value().get(target);
  if (!answer.ok() || answer->status != 200) return std::nullopt;
  auto json = codec::parse_json(answer->body);
  return json.ok() ? std::optional(std::move(*json)) : std::nullopt;
}

std::optional<std::uint64_t> count_at(const std::optional<codec::Json>& json, std::string_view path) {
  const auto number = json ? number_at(*json, path) : std::nullopt;
  return number ? std::optional(static_cast<std::uint64_t>(*number)) : std::nullopt;
}

}  // namespace

Result<std::optional<KeptWorld>> load_kept_world(const std::filesystem::path& folder) {
  if (!std::filesystem::exists(file_in(folder))) return std::optional<KeptWorld>();
  ICN_TRY_ASSIGN(text, crypto::read_secret_file(file_in(folder), kFileBytesMax));
  auto json = codec::parse_json(as_text(text.view()));
  if (!json.ok()) return json.error().within(file_in(folder));
  auto world = codec::from_json<KeptWorld>(*json);
  if (!world.ok()) return world.error().within(file_in(folder));
  return std::optional(std::move(*world));
}

Result<KeptWorld> bring_up(WorldOptions options, const Control& control) {
  options.life = Life::kDetached;
  const std::filesystem::path folder = options.folder;
  ICN_TRY_ASSIGN(kept, load_kept_world(folder));
  if (kept && std::ranges::any_of(kept->nodes, runs)) {
    return Error(errors::kConflict, "the devnet of " + folder.string() + " runs; `icn devnet down` ends it");
  }
  auto world = kept ? Result(World::again(std::move(options), std::move(kept->nodes)))
                    : World::make(std::move(options), control);
  if (!world.ok()) return world.error();
  auto started = (*world)->start(control);
  if (started.ok()) started = (*world)->wait_until_ready(control);
  // Without mana of its own a node can neither submit jobs nor bid for those of others.
  if (started.ok() && !kept) started = grant_start(**world, {});
  if (!started.ok()) {
    (*world)->stop();
    return started.error();
  }
  KeptWorld out;
  out.nodes = (*world)->nodes();
  for (std::size_t i = 0; i < out.nodes.size(); ++i) {
    out.nodes[i].pid = static_cast<std::uint64_t>((*world)->pid(i));
    out.nodes[i].started_ticks = start_ticks((*world)->pid(i));
  }
  if (const auto saved = save(folder, out); !saved.ok()) {
    (*world)->stop();
    return saved.error();
  }
  return out;
}

Result<std::size_t> bring_down(const std::filesystem::path& folder) {
  ICN_TRY_ASSIGN(kept, load_kept_world(folder));
  if (!kept) return Error(errors::kNotFound, "there is no devnet in " + folder.string());
  std::vector<NodePlan> running;
  std::ranges::copy_if(kept->nodes, std::back_inserter(running), runs);
  for (const NodePlan& node : running) ::kill(static_cast<pid_t>(node.pid), SIGTERM);
  const Clock::time_point deadline = Clock::now() + kStopWait;
  while (std::ranges::any_of(running, runs) && Clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  for (const NodePlan& node : running) {
    if (runs(node)) ::kill(static_cast<pid_t>(node.pid), SIGKILL);
  }
  for (NodePlan& node : kept->nodes) node.pid = node.started_ticks = 0;
  ICN_TRY(save(folder, *kept));
  return running.size();
}

NodeStatus status_of(const NodePlan& node) {
  NodeStatus out;
  out.is_running = runs(node);
  if (!out.is_running) return out;
  out.resident_bytes = usage_with_children(static_cast<pid_t>(node.pid)).resident_bytes;
  out.is_ready = answer_of(node, "/system/ready").has_value();
  out.height = count_at(answer_of(node, "/system/status"), "current_block_height");
  out.peers = count_at(answer_of(node, "/network/stats"), "peers");
  return out;
}

}  // namespace icn::devnet
