#include "mesh/tx/cancel.h"

#include <algorithm>

#include "mesh/bidder_facts.h"
#include "mesh/errors.h"
#include "mesh/price.h"
#include "mesh/redundancy.h"
#include "mesh/signers.h"

namespace icn::mesh {
namespace {

// Who runs the newest attempt: without an assignment its coordinator does.
const Did& runner_of(const Job& job) {
  return job.status == JobStatus::kAssigned ? job.executor : job.submission.coordinator;
}

Result<Millimana> pay_of(const ledger::ApplyContext& context, const ledger::View& view, const JobId& id,
                         const Job& job, const Progress& progress) {
  const bool is_assigned = job.status == JobStatus::kAssigned;
  const Did& executor = runner_of(job);
  if (!is_of_running_attempt(id, job, progress)) {
    return Error(kValidationFailed, "progress: must be of the attempt that runs, by its executor");
  }
  auto valid =
      check_signer(view, executor, progress.key, progress_signing_bytes(progress), progress.signature);
  if (!valid.ok()) return Error(kValidationFailed, "progress: " + valid.error().detail());
  Millimana asked = job.price;
  if (!is_assigned) {
    ICN_TRY_ASSIGN(usual, usual_price(view, job, id, executor, context.block.time));
    asked = usual;
  }
  const Millimana price = std::min(asked, job.submission.max_price);
  const TimestampSecs started = is_assigned ? job.assigned_at : std::max(job.submitted_at, job.not_before);
  const std::uint64_t elapsed = context.block.time > started ? context.block.time - started : 0;
  const std::uint64_t estimate = is_assigned && job.est_secs > 0 ? job.est_secs : job.execution_secs;
  return cancel_pay(price, progress.percent, elapsed, estimate);
}

}  // namespace

bool is_of_running_attempt(const JobId& id, const Job& job, const Progress& progress) {
  return progress.job_id == id && progress.attempt == job.attempt && progress.executor == runner_of(job);
}

Result<void> CancelJob::check(const ledger::Transaction&, const Body&) { return {}; }

Result<void> CancelJob::precheck(const ledger::ApplyContext& context, const Body& body,
                                 const ledger::View& view) {
  ICN_TRY_ASSIGN(job, load_job(view, body.job_id));
  if (job.submitter != context.sender()) return Error(kNotSubmitter, "only the submitter may cancel a job");
  if (job.status == JobStatus::kClaimed) return Error(kJobClaimed);
  if (job.status == JobStatus::kDisputed) return Error(kDisputeOpen);
  if (is_replica(job) && job.group != body.job_id) return Error(kIsReplica, "cancel " + job.group.text());
  if (is_replica(job) && !is_final(job.status)) ICN_TRY(check_all_open(view, job.group));
  if (is_final(job.status)) {
    return Error(kJobEnded, "the job is " + std::string(codec::enum_name(job.status)));
  }
  return {};
}

Result<CancelJob::Output> CancelJob::apply(const ledger::ApplyContext& context, const Body& body,
                                           ledger::View& view) {
  ICN_TRY_ASSIGN(job, load_job(view, body.job_id));
  Millimana pay;
  Did to;
  if (job.status == JobStatus::kVerifying && !job.executor.empty()) {
    to = job.executor;
    pay = earned(job);
  } else if (body.progress) {
    ICN_TRY_ASSIGN(earned, pay_of(context, view, body.job_id, job, *body.progress));
    pay = earned;
    to = body.progress->executor;
  }
  economics::Books books(context.block, view, &context.events);
  const Step step{context.block, view, books, context.events};
  ICN_TRY(cancel_job(step, body.job_id, job, pay, to));
  if (is_replica(job)) ICN_TRY(cancel_others(step, job.group));
  ICN_TRY(books.finish());
  return Output{body.job_id, job.status, job.escrow};
}

}  // namespace icn::mesh
