#include "economics/tx/contest.h"

namespace icn::economics {

Result<ContestPenalty::Output> ContestPenalty::apply(const ledger::ApplyContext& context, const Body& body,
                                                     ledger::View& view) {
  ICN_TRY_ASSIGN(penalty, contest_penalty(context.block, view, context.events, context.sender(),
                                          body.proposal_id, body.reason_cid));
  return Output{penalty.did, penalty.proposal_id, penalty.state, penalty.amount,
                penalty.due_secs + context.block.standstill_secs};
}

}  // namespace icn::economics
