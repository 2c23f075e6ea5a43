#pragma once

#include <map>
#include <memory>
#include <set>

#include "base/clock.h"
#include "base/random.h"
#include "network/transport.h"

namespace icn::network {

struct SimOptions {
  std::uint64_t latency_min_ms = 5;
  std::uint64_t latency_max_ms = 50;
  std::uint32_t loss_ppm = 0;  // messages that never arrive; connecting is spared
  bool is_reordering = true;   // false: what one node sends another arrives in the order it was sent
  std::uint64_t request_timeout_ms = 10'000;
  std::uint64_t dead_after_ms = 30'000;  // a connection over which nothing can pass for so long ends
};

class SimTransport;

// A peer network in one process on a virtual clock: the same seed, the same calls, the same events in the
// same order. Nothing happens but in run_for() and run_until(), on their thread; all callbacks run there.
// Everything that makes or uses it belongs to that one thread.
class SimWorld {
 public:
  // Moves `clock` while it runs.
  SimWorld(std::uint64_t seed, ManualClock& clock, SimOptions options = {});
  ~SimWorld();

  // A node. Its address is "/memory/<n>/p2p/<peer id>". The world outlives it.
  std::unique_ptr<Transport> make_transport(const crypto::PublicKey& key);

  void run_for(std::uint64_t duration_ms);
  // False: `limit_ms` has passed and the condition still does not hold.
  bool run_until(const std::function<bool()>& condition, std::uint64_t limit_ms);

  // Nodes of different groups no longer reach each other; who is in no group reaches all.
  void partition(std::vector<std::set<PeerId>> groups) { groups_ = std::move(groups); }
  void heal() { groups_.clear(); }

  // Messages that arrived so far, and a hash of them in their order: equal for equal runs.
  std::uint64_t delivered() const { return delivered_; }
  std::uint64_t history_hash() const { return history_hash_; }

 private:
  friend class SimTransport;
  using Task = std::function<void()>;

  bool can_reach(const PeerId& from, const PeerId& to) const;
  // Runs `arrive(receiver)` later, if the message gets through and the receiver still runs.
  void send(const PeerId& from, const PeerId& to, std::uint64_t size,
            std::function<void(SimTransport&)> arrive, bool is_lossy = true);
  void after(std::uint64_t delay_ms, Task task);
  SimTransport* find(const PeerId& peer);
  void tick();
  bool step(std::uint64_t end_ms);

  SeededRandom random_;
  ManualClock& clock_;
  SimOptions options_;
  std::map<PeerId, SimTransport*> nodes_;
  std::vector<std::set<PeerId>> groups_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, Task> tasks_;  // by time and order
  std::map<std::pair<PeerId, PeerId>, std::uint64_t> last_arrival_ms_;
  std::uint64_t next_task_ = 0;
  std::uint64_t next_node_ = 1;
  std::uint64_t delivered_ = 0;
  std::uint64_t history_hash_ = 1469598103934665603ULL;  // FNV-1a
};

}  // namespace icn::network
