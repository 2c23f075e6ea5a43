#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "codec/records.h"
#include "network/peer_id.h"

namespace icn::network {

// What a node that runs jobs for others tells of its executor.
struct ExecutorOffer {
  std::uint64_t workers = 0;
  std::uint64_t running = 0;
  std::uint64_t queued = 0;
  std::uint64_t queue_max = 0;
  std::vector<std::string> kinds;
  Millimana price;  // of a job that asks for nothing
  std::uint32_t cpu_cores = 0;
  std::uint32_t gpus = 0;
  std::vector<std::string> capabilities = {};   // 32 at most, as those of a bid
  std::vector<std::string> trust_scopes = {};   // 10 at most
  std::optional<std::uint32_t> memory_mb = {};  // none: as much as the network allows a job
  static constexpr auto fields() {
    using codec::defaulted_field;
    using codec::field;
    return described(field("workers", &ExecutorOffer::workers), field("running", &ExecutorOffer::running),
                     field("queued", &ExecutorOffer::queued), field("queue_max", &ExecutorOffer::queue_max),
                     field("kinds", &ExecutorOffer::kinds), field("price", &ExecutorOffer::price),
                     defaulted_field("cpu_cores", &ExecutorOffer::cpu_cores),
                     defaulted_field("gpus", &ExecutorOffer::gpus),
                     defaulted_field("capabilities", &ExecutorOffer::capabilities),
                     defaulted_field("trust_scopes", &ExecutorOffer::trust_scopes),
                     field("memory_mb", &ExecutorOffer::memory_mb));
  }
};

// What a node tells of itself, as DAG-CBOR, in the payload of a Heartbeat.
struct Heartbeat {
  PeerId peer_id;
  std::vector<std::string> capabilities;
  std::uint64_t started_ms = 0;           // when the sender started, Unix milliseconds
  std::uint64_t number = 0;               // of this heartbeat since then, from 1
  std::uint64_t sent_ms = 0;              // by the sender's clock, Unix milliseconds
  std::optional<ExecutorOffer> executor;  // none: it runs no jobs
  static constexpr auto fields() {
    using codec::field;
    return described(field("peer_id", &Heartbeat::peer_id), field("capabilities", &Heartbeat::capabilities),
                     field("started_ms", &Heartbeat::started_ms), field("number", &Heartbeat::number),
                     field("sent_ms", &Heartbeat::sent_ms), field("executor", &Heartbeat::executor));
  }
};

// How gossip fares, told from the heartbeats of others.
struct HeartbeatFigures {
  std::uint64_t received = 0;
  std::uint64_t missing = 0;  // did not come although earlier and later ones of the same sender did
  // From sent to received, of the newest kAgesKept; the difference of the two clocks is part of it.
  std::optional<double> mean_ms;
  std::optional<double> p95_ms;  // nearest rank
};

// Thread: any.
class HeartbeatWatch {
 public:
  static constexpr std::size_t kAgesKept = 1'000;
  static constexpr std::size_t kSendersMax = 10'000;  // more are not counted

  explicit HeartbeatWatch(const Clock& clock) : clock_(clock) {}

  // `payload` of a heartbeat whose signature holds; one that is none of ours is not counted.
  void observe(const Did& sender, ByteView payload);
  HeartbeatFigures figures() const;

 private:
  struct Sender {
    std::uint64_t started_ms = 0;
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::uint64_t received = 0;
    std::uint64_t missing() const { return last - first + 1 - received; }
  };

  const Clock& clock_;
  mutable std::mutex mutex_;
  std::map<Did, Sender> senders_;
  std::uint64_t received_ = 0;
  std::uint64_t missing_earlier_ = 0;  // of senders that have started again since
  std::deque<double> ages_ms_;
};

}  // namespace icn::network
