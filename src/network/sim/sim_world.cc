#include "network/sim/sim_world.h"

#include "network/sim/sim_transport.h"

namespace icn::network {
namespace {

constexpr std::uint64_t kTickMs = 1'000;
constexpr std::uint64_t kFnvPrime = 1099511628211ULL;

}  // namespace

SimWorld::SimWorld(std::uint64_t seed, ManualClock& clock, SimOptions options)
    : random_(seed), clock_(clock), options_(options) {
  tick();
}

SimWorld::~SimWorld() = default;

std::unique_ptr<Transport> SimWorld::make_transport(const crypto::PublicKey& key) {
  return std::make_unique<SimTransport>(*this, peer_id(key), next_node_++);
}

void SimWorld::run_for(std::uint64_t duration_ms) {
  const std::uint64_t end_ms = clock_.now_ms() + duration_ms;
  while (step(end_ms)) {
  }
  clock_.advance(std::chrono::milliseconds(end_ms - clock_.now_ms()));
}

bool SimWorld::run_until(const std::function<bool()>& condition, std::uint64_t limit_ms) {
  const std::uint64_t end_ms = clock_.now_ms() + limit_ms;
  while (!condition()) {
    if (!step(end_ms)) return condition();
  }
  return true;
}

// Runs the next task that is due by `end_ms`; false: there is none.
bool SimWorld::step(std::uint64_t end_ms) {
  if (tasks_.empty() || tasks_.begin()->first.first > end_ms) return false;
  const auto at = tasks_.begin();
  const std::uint64_t due_ms = at->first.first;
  const Task task = std::move(at->second);
  tasks_.erase(at);
  if (due_ms > clock_.now_ms()) clock_.advance(std::chrono::milliseconds(due_ms - clock_.now_ms()));
  task();
  return true;
}

void SimWorld::after(std::uint64_t delay_ms, Task task) {
  tasks_.emplace(std::pair(clock_.now_ms() + delay_ms, next_task_++), std::move(task));
}

SimTransport* SimWorld::find(const PeerId& peer) {
  const auto at = nodes_.find(peer);
  return at == nodes_.end() ? nullptr : at->second;
}

bool SimWorld::can_reach(const PeerId& from, const PeerId& to) const {
  const std::set<PeerId>* of_from = nullptr;
  const std::set<PeerId>* of_to = nullptr;
  for (const auto& group : groups_) {
    if (group.contains(from)) of_from = &group;
    if (group.contains(to)) of_to = &group;
  }
  return of_from == nullptr || of_to == nullptr || of_from == of_to;
}

void SimWorld::send(const PeerId& from, const PeerId& to, std::uint64_t size,
                    std::function<void(SimTransport&)> arrive, bool is_lossy) {
  const std::uint64_t spread = options_.latency_max_ms - options_.latency_min_ms + 1;
  std::uint64_t due_ms = clock_.now_ms() + options_.latency_min_ms + random_.below(spread);
  const bool is_lost = is_lossy && random_.below(1'000'000) < options_.loss_ppm;
  if (is_lost || !can_reach(from, to)) return;
  std::uint64_t& last_ms = last_arrival_ms_[{from, to}];
  if (!options_.is_reordering) due_ms = std::max(due_ms, last_ms);
  last_ms = std::max(last_ms, due_ms);
  after(due_ms - clock_.now_ms(), [this, from, to, size, arrive = std::move(arrive)] {
    SimTransport* receiver = find(to);
    if (receiver == nullptr || !can_reach(from, to)) return;
    ++delivered_;
    for (const std::uint64_t each : {clock_.now_ms(), size, receiver->number()})
      history_hash_ = (history_hash_ ^ each) * kFnvPrime;
    arrive(*receiver);
  });
}

void SimWorld::tick() {
  // A tick may stop nodes: they are looked up anew.
  std::vector<PeerId> peers;
  for (const auto& [peer, node] : nodes_) peers.push_back(peer);
  for (const PeerId& peer : peers) {
    if (SimTransport* node = find(peer)) node->tick();
  }
  after(kTickMs, [this] { tick(); });
}

}  // namespace icn::network
