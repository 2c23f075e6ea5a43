#include "mesh/tx/object.h"

#include "economics/accounts.h"
#include "economics/errors.h"
#include "mesh/dispute.h"
#include "mesh/errors.h"
#include "mesh/redundancy.h"

namespace icn::mesh {

Result<void> ObjectToJob::check(const ledger::Transaction&, const Body&) { return {}; }

Result<void> ObjectToJob::precheck(const ledger::ApplyContext& context, const Body& body,
                                   const ledger::View& view) {
  ICN_TRY_ASSIGN(job, load_job(view, body.job_id));
  const Did& sender = context.sender();
  // Judges that were only drawn may be silent or wrong: somebody's stake calls others.
  const bool is_drawn = job.dispute && !job.dispute->by && !is_replica(job);
  if (job.dispute && !is_drawn) {
    if (job.dispute->state == DisputeState::kOpen) return Error(kDisputeOpen);
    return Error(kNotDisputable, "the job was disputed before");
  }
  if (job.status == JobStatus::kClaimed) {
    if (sender == job.submission.coordinator || sender == job.submitter) return {};
    return Error(kNotSubmitter, "of a claim only the coordinator and the submitter may object");
  }
  if (job.status != JobStatus::kCompleted) {
    return Error(kNotDisputable, "the job is " + std::string(codec::enum_name(job.status)));
  }
  if (job.held_until_secs <= context.block.running_secs()) {
    return Error(kNotDisputable, "no pay is held any more");
  }
  if (sender == job.executor) return Error(kNotDisputable, "an executor does not doubt itself");
  return {};
}

Result<ObjectToJob::Output> ObjectToJob::apply(const ledger::ApplyContext& context, const Body& body,
                                               ledger::View& view) {
  ICN_TRY_ASSIGN(job, load_job(view, body.job_id));
  ICN_TRY_ASSIGN(may_pay, economics::may_pay(view, context.sender()));
  if (!may_pay) return Error(kNotVerified, context.sender().text() + " has had no start grant");
  economics::Books books(context.block, view, &context.events);
  auto opened = open_dispute({context.block, view, books, context.events}, body.job_id, job, context.sender(),
                             body.reason_cid);
  if (!opened.ok()) {
    if (opened.error().is(economics::kExceedsBalance)) {
      return Error(kInsufficientBudget, opened.error().detail());
    }
    return opened.error();
  }
  ICN_TRY(books.finish());
  return Output{body.job_id, job.status, *job.dispute};
}

}  // namespace icn::mesh
