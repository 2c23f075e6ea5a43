#include "mesh/tx/claim.h"

#include "mesh/errors.h"

namespace icn::mesh {
namespace {

Result<void> may_claim(const Job& job, const ReceiptClaim& claim, const Did& sender) {
  if (is_final(job.status)) return Error(kJobEnded);
  if (job.status == JobStatus::kClaimed) return Error(kJobClaimed);
  if (claim.attempt != job.attempt || job.status != JobStatus::kAssigned) return Error(kWrongAttempt);
  if (job.executor != sender || claim.executor.value_or(sender) != sender) {
    return Error(kValidationFailed, "not the executor of this attempt");
  }
  return check_effects(job, claim);
}

}  // namespace

Result<void> ClaimPay::check(const ledger::Transaction&, const Body& body) {
  return check_claims(body.receipts);
}

Result<void> ClaimPay::precheck(const ledger::ApplyContext&, const Body&, const ledger::View&) { return {}; }

Result<ClaimPay::Output> ClaimPay::apply(const ledger::ApplyContext& context, const Body& body,
                                         ledger::View& view) {
  economics::Books books(context.block, view, &context.events);
  const Step step{context.block, view, books, context.events};
  Output output;
  for (const ReceiptClaim& claim : body.receipts) {
    ClaimOutcome& outcome = output.outcomes.emplace_back();
    ICN_TRY_ASSIGN(job, kJobs.get(view, claim.job_id));
    if (!job) {
      outcome.result = kJobNotFound.code;
      continue;
    }
    if (auto allowed = may_claim(*job, claim, context.sender()); !allowed.ok()) {
      outcome.result = allowed.error().code();
    } else {
      const AttemptReport report = report_of(claim, context.sender());
      const bool is_own_end = claim.end == AttemptEnd::kCompleted || claim.end == AttemptEnd::kFailed;
      if (is_own_end)
        ICN_TRY(claim_job(step, claim.job_id, *job, report));
      else
        ICN_TRY(end_attempt(step, claim.job_id, *job, report));
      outcome.result = is_own_end ? "claimed" : is_final(job->status) ? "settled" : "retry";
    }
    outcome.status = job->status;
    outcome.paid = job->escrow.paid;
    outcome.refunded = job->escrow.refunded;
  }
  ICN_TRY(books.finish());
  return output;
}

}  // namespace icn::mesh
