#pragma once

#include <array>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "base/clock.h"
#include "base/ids.h"
#include "mesh/job.h"

namespace icn::mesh {

// Priority by the submitter's reputation. Source: domain.md 6 "Bands".
enum class Band { kHigh, kNormal, kLow };
inline constexpr std::size_t kBands = 3;
constexpr Band band_of(std::uint32_t reputation) {
  return reputation >= 75 ? Band::kHigh : reputation < 25 ? Band::kLow : Band::kNormal;
}

struct QueuedJob {
  JobId id;
  std::uint32_t attempt = 1;
  std::uint64_t number = 0;      // age: the smaller the older
  TimestampSecs not_before = 0;  // waits until then
  Band band = Band::kNormal;
  std::uint64_t queued_ns = 0;  // monotonic
  Did account = {};             // whose job it is
  bool is_rerun = false;        // this node judges it (dispute.h)
  std::uint32_t tries = 0;      // of a rerun so far
  // As it was when it was queued: what has changed since, the ledger holds against the receipt. Null: to be
  // read when its turn comes.
  std::shared_ptr<const Job> job = {};
};

// The jobs this node is to run: the best band first; within it the accounts take turns, each with its oldest
// job, so that nobody's many jobs delay another's few. Every fifth job is the oldest of all, so that no band
// starves. A job is in it once, with its newest attempt. Thread: any.
class JobQueue {
 public:
  explicit JobQueue(const Clock& clock) : clock_(clock) {}

  void push(QueuedJob job);
  bool remove(const JobId& id);  // false: it is not here
  // Earlier attempts than `attempt` of the job: nobody pays for them any more. False: none is here.
  bool remove_before(const JobId& id, std::uint32_t attempt);
  // Waits for a job; none: the queue was closed.
  std::optional<QueuedJob> pop();
  // The next job if one may start now.
  std::optional<QueuedJob> try_pop();
  void close();
  std::size_t size() const;

 private:
  // Jobs of a band by account; the one after `last` has the next turn.
  struct Turns {
    std::map<std::string, std::set<std::uint64_t>, std::less<>> numbers;
    std::string last;
    std::uint64_t next();
  };

  std::optional<QueuedJob> take();
  void ripen();
  void make_ready(QueuedJob job);
  bool remove_if(const std::function<bool(const QueuedJob&)>& is_meant);
  QueuedJob take_ready(std::uint64_t number);

  const Clock& clock_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::map<std::uint64_t, QueuedJob> ready_;  // by number
  std::array<Turns, kBands> bands_;
  std::multimap<TimestampSecs, QueuedJob> delayed_;
  std::uint64_t slot_ = 0;
  bool is_closed_ = false;
};

}  // namespace icn::mesh
