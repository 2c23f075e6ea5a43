#include "mesh/departure.h"

#include <set>

#include "mesh/dispute.h"
#include "mesh/tables.h"

namespace icn::mesh {
namespace {

using ledger::Departure;

bool is_all_kept(const Departure& departure, const Job& job) {
  return departure.is_kept(job.submitter) && departure.is_kept(job.submission.coordinator) &&
         (job.executor.empty() || departure.is_kept(job.executor));
}

bool has_open_effects(const Job& job) { return job.effects && job.effects->due_secs != 0; }

bool is_open(const Job& job) { return !is_final(job.status) || has_open_effects(job); }

Result<void> end_job(const Step& step, const JobId& id) {
  ICN_TRY_ASSIGN(job, load_job(step.view, id));
  switch (job.status) {
    case JobStatus::kClaimed:
      ICN_TRY(end_attempt(step, id, job, claimed_report(job)));
      break;
    case JobStatus::kDisputed:
    case JobStatus::kVerifying:
      ICN_TRY(decide_late(step, id, job));
      break;
    default:
      if (!is_final(job.status)) ICN_TRY(cancel_job(step, id, job, {}, {}));
  }
  ICN_TRY_ASSIGN(ended, load_job(step.view, id));
  // A replica that was claimed, or doubted, may wait for the others.
  if (!is_final(ended.status)) ICN_TRY(cancel_job(step, id, ended, {}, {}));
  ICN_TRY_ASSIGN(closed, load_job(step.view, id));
  if (!has_open_effects(closed)) return {};
  const Job before = closed;
  ICN_TRY(end_effects(step, id, closed, EffectsState::kLapsed));
  return kJobs.replace(step.view, id, before, closed);
}

// Those that are called as judges, by number without a gap.
Result<void> leave_executors(const Departure& departure) {
  ledger::View& view = departure.view;
  const auto is_gone = [&](const Did& did) { return !departure.is_kept(did); };
  std::vector<Did> kept;
  ICN_TRY(ledger::sweep(view, kExecutorPlaces, [&](std::uint64_t, const ExecutorPlace& place) {
    if (!is_gone(place.executor)) kept.push_back(place.executor);
    return true;
  }));
  for (std::size_t i = 0; i < kept.size(); ++i) ICN_TRY(kExecutorPlaces.put(view, i + 1, {kept[i]}));
  ICN_TRY(
      ledger::sweep(view, kExecutors, [&](const Did& did, const KnownExecutor&) { return is_gone(did); }));
  ICN_TRY(ledger::sweep(view, kFrozen, [&](const Did& did, const Frozen&) { return is_gone(did); }));
  ICN_TRY(ledger::sweep(view, kOpenJobs, [&](const Did& did, const OpenJobs&) { return is_gone(did); }));
  return {};
}

}  // namespace

Result<std::uint64_t> leave_jobs(const Departure& departure) {
  ledger::View& view = departure.view;
  std::vector<JobId> open;
  std::set<JobId> gone;
  {
    ICN_TRY_ASSIGN(rows, kJobs.scan(view, {}));
    while (true) {
      ICN_TRY_ASSIGN(job, rows.next());
      if (!job) break;
      JobId id;
      if (!storage::parse_key(rows.key(), id))
        return Error(storage::kCorrupt, "the key of a job cannot be read");
      if (is_open(*job) && !is_all_kept(departure, *job)) open.push_back(id);
      if (!is_open(*job) && !departure.is_kept(job->submitter) && !departure.is_kept(job->executor))
        gone.insert(std::move(id));
    }
  }
  economics::Books books(departure.block, view, &departure.events);
  const Step step{departure.block, view, books, departure.events};
  for (const JobId& id : open) ICN_TRY(end_job(step, id));
  ICN_TRY(books.finish());
  for (const JobId& id : gone) ICN_TRY(kJobs.erase(view, id));
  ICN_TRY(ledger::sweep(view, kBids, [&](const AttemptKey& key, const JudgedBids&) {
    return gone.contains(std::get<0>(key));
  }));
  ICN_TRY(leave_executors(departure));
  return gone.size();
}

}  // namespace icn::mesh
