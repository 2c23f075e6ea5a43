#include "mesh/tx/settle.h"

#include <algorithm>
#include <set>

#include "mesh/errors.h"
#include "mesh/lifecycle.h"
#include "mesh/signers.h"

namespace icn::mesh {
namespace {

bool is_failure_code(std::string_view code) {
  return code == kTimeout.code || code == kValidationFailed.code || code == kSandboxViolation.code ||
         code == kResourcesExhausted.code;
}

Result<void> check_claim(const ReceiptClaim& claim) {
  if (claim.receipt_cid.empty()) return Error(kValidationFailed, "receipt_cid: is required");
  if (claim.end == AttemptEnd::kCompleted && (!claim.result_cid || claim.result_cid->empty())) {
    return Error(kValidationFailed, "result_cid: a completed job has one");
  }
  if (claim.executor && (!claim.key || !claim.signature)) {
    return Error(kValidationFailed, "a receipt of another executor carries its key and signature");
  }
  if (claim.effects_cid && (claim.end != AttemptEnd::kCompleted || claim.effects_cid->empty())) {
    return Error(kValidationFailed, "effects_cid: of a completed job");
  }
  const bool is_failure = claim.end == AttemptEnd::kFailed;
  if (is_failure != claim.code.has_value() || (is_failure && !is_failure_code(*claim.code))) {
    return Error(kValidationFailed, "code: a failed job, and no other, has J004, J005, J008 or J009");
  }
  return {};
}

// Whether the claim ends the attempt the job is at.
Result<void> may_settle(const ledger::ApplyContext& context, const ledger::View& view, const Job& job,
                        const ReceiptClaim& claim) {
  const Did& sender = context.sender();
  if (job.submission.coordinator != sender) return Error(kNotCoordinator);
  if (is_final(job.status)) return Error(kJobEnded);
  if (job.status == JobStatus::kDisputed) return Error(kDisputeOpen);
  if (job.status == JobStatus::kVerifying) return Error(kJobClaimed);
  if (claim.attempt != job.attempt) return Error(kWrongAttempt);
  const Did& executor = claim.executor ? *claim.executor : sender;
  const bool is_assigned = has_executor(job.status);
  if (!is_assigned && std::ranges::find(job.excluded, executor) != job.excluded.end())
    return Error(kValidationFailed, "lost an attempt of this job, or has another replica of it");
  if (executor != (is_assigned ? job.executor : sender)) {
    return Error(kValidationFailed, "not the executor of this attempt");
  }
  ICN_TRY(check_effects(job, claim));
  if (executor == sender) return {};
  auto valid = check_signer(view, executor, *claim.key, claim_signing_bytes(claim), *claim.signature);
  return valid.ok() ? Result<void>() : Error(kValidationFailed, valid.error().detail());
}

}  // namespace

AttemptReport report_of(const ReceiptClaim& claim, const Did& sender) {
  AttemptReport report;
  report.end = claim.end;
  report.executor = claim.executor.value_or(sender);
  report.fuel_used = claim.fuel_used;
  report.result = claim.result_cid.value_or(codec::Cid());
  report.receipt = claim.receipt_cid;
  report.code = claim.code.value_or("");
  report.effects = claim.effects_cid;
  return report;
}

Result<void> check_effects(const Job& job, const ReceiptClaim& claim) {
  const auto& use = job.submission.ledger_use;
  if (!claim.effects_cid || (use && !use->grants.empty())) return {};
  return Error(kValidationFailed, "effects_cid: the submission grants no effects");
}

Result<void> check_claims(const std::vector<ReceiptClaim>& claims) {
  for (std::size_t i = 0; i < claims.size(); ++i) {
    if (auto checked = check_claim(claims[i]); !checked.ok()) {
      return checked.error().within("receipts[" + std::to_string(i) + "]");
    }
  }
  return {};
}

std::string claim_signing_bytes(const ReceiptClaim& claim) {
  codec::Json json = codec::to_json(claim);
  json.erase("signature");
  return std::string("icn:receipt-claim:v1") + '\0' + codec::canonical_json(json);
}

Result<void> SettleJobs::check(const ledger::Transaction&, const Body& body) {
  return check_claims(body.receipts);
}

Result<void> SettleJobs::precheck(const ledger::ApplyContext&, const Body&, const ledger::View&) {
  return {};
}

Result<SettleJobs::Output> SettleJobs::apply(const ledger::ApplyContext& context, const Body& body,
                                             ledger::View& view) {
  economics::Books books(context.block, view, &context.events);
  const Step step{context.block, view, books, context.events};
  Output output;
  output.outcomes.reserve(body.receipts.size());
  std::set<JobId> settled;
  for (const ReceiptClaim& claim : body.receipts) {
    ClaimOutcome& outcome = output.outcomes.emplace_back();
    ICN_TRY_ASSIGN(found, kJobs.get(view, claim.job_id));
    if (!found) {
      outcome.result = kJobNotFound.code;
      continue;
    }
    Job& job = *found;
    if (auto allowed = may_settle(context, view, job, claim); !allowed.ok()) {
      outcome.result = allowed.error().code();
    } else if (!settled.insert(claim.job_id).second) {
      outcome.result = kWrongAttempt.code;  // the next attempt begins after this transaction
    } else {
      ICN_TRY(end_attempt(step, claim.job_id, job, report_of(claim, context.sender())));
      outcome.result = is_final(job.status)                  ? "settled"
                       : job.status == JobStatus::kVerifying ? "verifying"
                                                             : "retry";
    }
    outcome.status = job.status;
    outcome.paid = job.escrow.paid;
    outcome.refunded = job.escrow.refunded;
  }
  ICN_TRY(books.finish());
  return output;
}

}  // namespace icn::mesh
