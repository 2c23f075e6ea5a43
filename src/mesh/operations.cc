#include "mesh/operations.h"

#include "ledger/departure.h"
#include "mesh/errors.h"
#include "mesh/lifecycle.h"

namespace icn::mesh {
namespace {

// Paid, refunded and burned are not what was locked.
Error broken(std::string_view what) { return Error(kPaymentFailed, "a job " + std::string(what)); }

// A job that has ended stays as it is, but for the dispute of what was paid.
bool may_follow(const Job& ended, const Job& after) {
  Job checked = ended;
  checked.dispute = after.dispute;
  checked.effects = after.effects;
  if (checked == after) return true;
  if (ended.status != JobStatus::kCompleted || !after.dispute || after.dispute->is_of_claim) return false;
  const bool is_upheld = after.dispute->state == DisputeState::kUpheld;
  return after.status == JobStatus::kDisputed || (after.status == JobStatus::kFailed && is_upheld);
}

// Of a dispute of what was paid the escrow stays as it was until that is decided.
bool is_paid_out(const Job& job) {
  return is_final(job.status) || (job.status == JobStatus::kDisputed && !job.dispute->is_of_claim);
}

Result<void> job_holds(const std::optional<Job>& before, const Job& after) {
  const Escrow& escrow = after.escrow;
  if (escrow.locked != after.submission.max_price) return broken("locks another amount than max_price");
  if (escrow.paid.value < 0 || escrow.refunded.value < 0 || escrow.burned.value < 0) {
    return broken("has a negative amount in its escrow");
  }
  const Millimana out = escrow.paid + escrow.refunded + escrow.burned;
  if (after.status == JobStatus::kDisputed && !after.dispute) return broken("is disputed by nobody");
  if (out != (is_paid_out(after) ? escrow.locked : Millimana{})) {
    return broken("does not pay out exactly what it locked");
  }
  if (is_final(after.status) && (after.due_secs != 0 || after.executor_lock.value != 0)) {
    return broken("has ended with something left open");
  }
  if (after.effects && after.effects->state != EffectsState::kOpen && after.effects->held.value != 0) {
    return broken("holds mana for effects that have ended");
  }
  if (before && before->effects && before->effects->state != EffectsState::kOpen &&
      before->effects != after.effects) {
    return broken("changed its effects after their end");
  }
  if (after.attempt < 1 || after.attempt > kAttemptsMax) return broken("has a wrong attempt");
  if (!before) return {};
  if (is_final(before->status) && !may_follow(*before, after)) return broken("changed after its end");
  if (before->escrow.locked != escrow.locked) return broken("changed its lock");
  if (after.attempt < before->attempt || after.attempt > before->attempt + 1) {
    return broken("skips an attempt");
  }
  return {};
}

Result<void> escrow_holds(const ledger::View& view, ledger::View::Savepoint savepoint) {
  return view.changes_since(savepoint, kJobs.schema(),
                            [&](ByteView, const std::optional<Bytes>& before_record,
                               const std::optional<Bytes>& record) -> Result<void> {
                              if (!record) return ledger::check_may_go(view, savepoint, "a job was removed");
                              ICN_TRY_ASSIGN(after, codec::decode_record<Job>(*record));
                              std::optional<Job> before;
                              if (before_record) {
                                ICN_TRY_ASSIGN(decoded, codec::decode_record<Job>(*before_record));
                                before = std::move(decoded);
                              }
                              return job_holds(before, after);
                            });
}

}  // namespace

std::vector<storage::TableSchema> tables() {
  return storage::TableSet(kJobs, kOpenJobs, kBids, kJobCounts, kExecutors, kReads, kFrozen, kExecutorPlaces)
      .schemas();
}

std::vector<ledger::DueHandler> due_handlers() {
  return {{kJobDue, &run_job_due}, {kEffectsDue, &run_effects_due}};
}

std::vector<ledger::Invariant> invariants() { return {{"mesh.escrow", &escrow_holds}}; }

}  // namespace icn::mesh
