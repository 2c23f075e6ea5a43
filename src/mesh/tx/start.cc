#include "mesh/tx/start.h"

#include "mesh/errors.h"
#include "mesh/lifecycle.h"

namespace icn::mesh {
namespace {

Result<void> may_start(const Job& job, const AttemptName& name, const Did& sender) {
  if (is_final(job.status)) return Error(kJobEnded);
  if (name.attempt != job.attempt || job.status != JobStatus::kAssigned) return Error(kWrongAttempt);
  if (job.executor != sender) return Error(kValidationFailed, "not the executor of this attempt");
  if (job.started_at != 0) return Error(kAlreadyStarted);
  return {};
}

}  // namespace

Result<void> StartJobs::check(const ledger::Transaction&, const Body&) { return {}; }

Result<void> StartJobs::precheck(const ledger::ApplyContext&, const Body&, const ledger::View&) { return {}; }

Result<StartJobs::Output> StartJobs::apply(const ledger::ApplyContext& context, const Body& body,
                                           ledger::View& view) {
  economics::Books books(context.block, view, &context.events);
  const Step step{context.block, view, books, context.events};
  Output output;
  for (const AttemptName& name : body.attempts) {
    Outcome& outcome = output.outcomes.emplace_back();
    outcome.job_id = name.job_id;
    ICN_TRY_ASSIGN(job, kJobs.get(view, name.job_id));
    if (!job) {
      outcome.result = kJobNotFound.code;
    } else if (auto allowed = may_start(*job, name, context.sender()); !allowed.ok()) {
      outcome.result = allowed.error().code();
    } else {
      ICN_TRY(start_job(step, name.job_id, *job));
      outcome.result = "started";
    }
  }
  return output;
}

}  // namespace icn::mesh
