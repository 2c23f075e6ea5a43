#include "federation/engine_desk.h"

#include <algorithm>

#include "base/errors.h"
#include "consensus/cometbft/errors.h"

namespace icn::federation {
namespace {

using consensus::EngineFacts;

constexpr std::size_t kWorkMax = 256;
constexpr auto kDialPatience = std::chrono::seconds(3);
constexpr auto kDialPause = std::chrono::milliseconds(100);

bool is_connected(const EngineFacts& facts, const std::string& peer) {
  return std::ranges::any_of(
      facts.peers, [&](const consensus::EnginePeer& each) { return peer.starts_with(each.id + "@"); });
}

}  // namespace

EngineDesk::EngineDesk(EngineDeskParts parts) : parts_(std::move(parts)), thread_([this] { run(); }) {
  if (parts_.rpc) rpc_.emplace(*parts_.rpc);
}

EngineDesk::~EngineDesk() { stop(); }

void EngineDesk::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool EngineDesk::push(Work work) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || work_.size() >= kWorkMax) return false;
    work_.push_back(std::move(work));
  }
  wake_.notify_all();
  return true;
}

void EngineDesk::run() {
  while (true) {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return stopping_ || !work_.empty(); });
    if (work_.empty()) return;
    const Work work = std::move(work_.front());
    work_.pop_front();
    lock.unlock();
    work();
  }
}

Result<void> EngineDesk::check_own() const {
  if (!parts_.is_elsewhere) return {};
  return Error(
      errors::kUnavailable,
      "this node runs no engine, and signs nothing: it reads from those of consensus.followed by itself; "
      "start it with consensus.engine = \"cometbft\" for this");
}

Result<EngineFacts> EngineDesk::read_fresh() {
  ICN_TRY(check_own());
  if (!rpc_) return EngineFacts{};
  ICN_TRY_ASSIGN(facts, consensus::read_engine_facts(*rpc_));
  newest_ = facts;
  read_ms_ = parts_.clock.monotonic_ns() / 1'000'000;
  return facts;
}

Result<EngineFacts> EngineDesk::read() {
  const std::uint64_t now_ms = parts_.clock.monotonic_ns() / 1'000'000;
  if (newest_ && now_ms - read_ms_ < kKeptMs) return *newest_;
  return read_fresh();
}

void EngineDesk::facts(Done<EngineFacts> done) {
  const Error busy(errors::kUnavailable, "too many ask the engine just now");
  if (!push([this, done] { done(read()); })) done(busy);
}

Result<EngineFacts> EngineDesk::dial_and_wait(const std::string& peer) {
  ICN_TRY(check_own());
  ICN_TRY(parts_.keep_peer(peer));
  if (rpc_ && parts_.can_dial) ICN_TRY(consensus::dial_engine_peers(*rpc_, {peer}));
  const auto started = std::chrono::steady_clock::now();
  while (true) {
    ICN_TRY_ASSIGN(facts, read_fresh());
    const bool is_late = std::chrono::steady_clock::now() - started > kDialPatience;
    if (is_late || !parts_.can_dial || is_connected(facts, peer)) return facts;
    std::this_thread::sleep_for(kDialPause);
    const std::lock_guard lock(mutex_);
    if (stopping_) return facts;
  }
}

void EngineDesk::add_peer(std::string peer, Done<EngineFacts> done) {
  const Error busy(errors::kUnavailable, "too many ask the engine just now");
  if (!push([this, peer = std::move(peer), done] { done(dial_and_wait(peer)); })) done(busy);
}

void EngineDesk::meet_peers(Done<EngineFacts> done) {
  const Error busy(errors::kUnavailable, "too many ask the engine just now");
  const bool is_taken = push([this, done] {
    auto facts = read_fresh();
    if (!facts.ok() || !rpc_ || !parts_.can_dial) return done(facts);
    std::vector<std::string> missing;
    for (const std::string& peer : parts_.peers()) {
      if (!is_connected(*facts, peer) && !peer.starts_with(facts->id + "@")) missing.push_back(peer);
    }
    // An order that is lost costs nothing: the engine dials them again and again by itself.
    (void)consensus::dial_engine_peers(*rpc_, missing);
    done(facts);
  });
  if (!is_taken) done(busy);
}

}  // namespace icn::federation
