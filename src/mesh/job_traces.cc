#include "mesh/job_traces.h"

#include <algorithm>

namespace icn::mesh {

void JobTraces::expect(const Did& submitter, const codec::Cid& manifest, const std::string& trace) {
  if (trace.empty()) return;
  const std::lock_guard lock(mutex_);
  if (expected_count_ >= kKept) return;
  expected_[{submitter, manifest}].push_back(trace);
  ++expected_count_;
}

void JobTraces::forget(const Did& submitter, const codec::Cid& manifest, const std::string& trace) {
  const std::lock_guard lock(mutex_);
  const auto found = expected_.find({submitter, manifest});
  if (found == expected_.end()) return;
  const auto place = std::ranges::find(found->second, trace);
  if (place == found->second.end()) return;
  found->second.erase(place);
  --expected_count_;
  if (found->second.empty()) expected_.erase(found);
}

void JobTraces::note(const JobId& id, const std::string& trace) {
  if (!telemetry::parse_traceparent(trace)) return;
  const std::lock_guard lock(mutex_);
  keep(id, trace);
}

std::string JobTraces::of(const JobId& id, const Job& job) {
  const std::lock_guard lock(mutex_);
  if (const auto known = traces_.find(id); known != traces_.end()) return known->second;
  const auto found = expected_.find({job.submitter, job.submission.manifest_cid});
  if (found == expected_.end()) return "";
  std::string trace = std::move(found->second.front());
  found->second.pop_front();
  --expected_count_;
  if (found->second.empty()) expected_.erase(found);
  keep(id, trace);
  return trace;
}

void JobTraces::end_run(const JobId& id, const Job& job, const std::optional<FinishedAttempt>& finished,
                        std::uint64_t begun_ns) {
  const std::string trace = of(id, job);
  if (trace.empty()) return;
  auto span = tracer_.begin_earlier("job run", telemetry::SpanKind::kInternal, trace,
                                    clock_.monotonic_ns() - begun_ns);
  if (!span) return;
  const std::string_view end = finished ? codec::enum_name(finished->claim.end) : "cancelled";
  span->attributes = {{"icn.job.id", id.text()},
                      {"icn.job.attempt", std::to_string(job.attempt)},
                      {"icn.job.kind", std::string(codec::enum_name(job.submission.kind))},
                      {"icn.job.end", std::string(end)}};
  if (finished) {
    span->attributes.emplace_back("icn.job.executor", finished->receipt.executor.text());
    span->attributes.emplace_back("icn.job.fuel_used", std::to_string(finished->receipt.fuel_used));
    if (!finished->receipt.success) span->error = finished->receipt.message.value_or(std::string(end));
  }
  tracer_.end(std::move(*span));
}

void JobTraces::keep(const JobId& id, std::string trace) {
  if (!traces_.emplace(id, std::move(trace)).second) return;
  order_.push_back(id);
  if (order_.size() <= kKept) return;
  traces_.erase(order_.front());
  order_.pop_front();
}

}  // namespace icn::mesh
