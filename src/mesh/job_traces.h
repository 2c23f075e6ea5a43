#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <unordered_map>

#include "mesh/attempt.h"
#include "telemetry/tracer.h"

namespace icn::mesh {

// Which trace a job belongs to, from its request to its run, here or on another node. The ledger knows
// nothing of it: it is held in memory, bounded, and lost at a restart. Thread: any.
class JobTraces {
 public:
  // Both outlive it.
  JobTraces(telemetry::Tracer& tracer, const Clock& clock) : tracer_(tracer), clock_(clock) {}

  // A submission is on its way, under `trace` (a traceparent; empty: none). Its job's id follows later.
  void expect(const Did& submitter, const codec::Cid& manifest, const std::string& trace);
  // It came to nothing.
  void forget(const Did& submitter, const codec::Cid& manifest, const std::string& trace);
  // As another node says it.
  void note(const JobId& id, const std::string& trace);

  // The trace of a job on the ledger; empty: none.
  std::string of(const JobId& id, const Job& job);

  // A run that began at that monotonic time is over; `finished` is empty when it was cancelled.
  void end_run(const JobId& id, const Job& job, const std::optional<FinishedAttempt>& finished,
               std::uint64_t begun_ns);

 private:
  static constexpr std::size_t kKept = 10'000;
  using Submitted = std::pair<Did, codec::Cid>;

  void keep(const JobId& id, std::string trace);  // mutex_ is held

  telemetry::Tracer& tracer_;
  const Clock& clock_;
  std::mutex mutex_;
  std::map<Submitted, std::deque<std::string>> expected_;
  std::size_t expected_count_ = 0;
  std::unordered_map<JobId, std::string> traces_;
  std::deque<JobId> order_;  // oldest first
};

}  // namespace icn::mesh
