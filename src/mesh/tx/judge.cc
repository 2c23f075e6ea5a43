#include "mesh/tx/judge.h"

#include "mesh/dispute.h"
#include "mesh/errors.h"

namespace icn::mesh {

Result<void> JudgeJobs::check(const ledger::Transaction&, const Body&) { return {}; }

Result<void> JudgeJobs::precheck(const ledger::ApplyContext&, const Body&, const ledger::View&) { return {}; }

Result<JudgeJobs::Output> JudgeJobs::apply(const ledger::ApplyContext& context, const Body& body,
                                           ledger::View& view) {
  economics::Books books(context.block, view, &context.events);
  const Step step{context.block, view, books, context.events};
  Output output;
  for (const Vote& vote : body.votes) {
    Outcome& outcome = output.outcomes.emplace_back();
    outcome.job_id = vote.job_id;
    ICN_TRY_ASSIGN(job, kJobs.get(view, vote.job_id));
    if (!job) {
      outcome.result = kJobNotFound.code;
    } else if (!is_vote_awaited(*job, context.sender())) {
      outcome.result = kNotJudge.code;
    } else {
      ICN_TRY(add_vote(step, vote.job_id, *job, {context.sender(), vote.agrees}));
      outcome.result = codec::enum_name(job->dispute->state);
    }
  }
  ICN_TRY(books.finish());
  return output;
}

}  // namespace icn::mesh
