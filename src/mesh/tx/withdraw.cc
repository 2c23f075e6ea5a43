#include "mesh/tx/withdraw.h"

#include "mesh/errors.h"
#include "mesh/lifecycle.h"

namespace icn::mesh {
namespace {

Result<void> may_withdraw(const ledger::ApplyContext& context, const Job& job,
                          const WithdrawJobs::Item& item) {
  if (job.submission.coordinator != context.sender()) return Error(kNotCoordinator);
  if (is_final(job.status)) return Error(kJobEnded);
  if (item.attempt != job.attempt) return Error(kWrongAttempt);
  if (job.status == JobStatus::kClaimed) return Error(kJobClaimed);
  if (job.status == JobStatus::kDisputed || job.status == JobStatus::kVerifying) return Error(kDisputeOpen);
  if (!item.executor) return has_executor(job.status) ? Error(kAlreadyAssigned) : Result<void>();
  if (!has_executor(job.status) || *item.executor != job.executor) return Error(kWrongAttempt);
  if (job.started_at != 0) return Error(kAlreadyStarted);
  const auto patience_secs = static_cast<std::uint64_t>(context.parameters().mesh_withdraw_secs);
  if (context.block.time < job.assigned_at + patience_secs) return Error(kWithdrawnEarly);
  return {};
}

}  // namespace

Result<void> WithdrawJobs::check(const ledger::Transaction&, const Body&) { return {}; }

Result<void> WithdrawJobs::precheck(const ledger::ApplyContext&, const Body&, const ledger::View&) {
  return {};
}

Result<WithdrawJobs::Output> WithdrawJobs::apply(const ledger::ApplyContext& context, const Body& body,
                                                 ledger::View& view) {
  economics::Books books(context.block, view, &context.events);
  const Step step{context.block, view, books, context.events};
  Output output;
  for (const Item& item : body.withdrawals) {
    Outcome& outcome = output.outcomes.emplace_back();
    outcome.job_id = item.job_id;
    ICN_TRY_ASSIGN(job, kJobs.get(view, item.job_id));
    if (!job) {
      outcome.result = kJobNotFound.code;
      continue;
    }
    if (auto allowed = may_withdraw(context, *job, item); !allowed.ok()) {
      outcome.result = allowed.error().code();
    } else {
      ICN_TRY(withdraw_job(step, item.job_id, *job));
      outcome.result = is_final(job->status) ? "settled" : "retry";
    }
    outcome.status = job->status;
  }
  ICN_TRY(books.finish());
  return output;
}

}  // namespace icn::mesh
