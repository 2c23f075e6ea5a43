#include "reputation/tx/appeal.h"

namespace icn::reputation {

Result<void> ContestEvent::check(const ledger::Transaction&, const Body&) { return {}; }

Result<void> ContestEvent::precheck(const ledger::ApplyContext&, const Body&, const ledger::View&) {
  return {};
}

Result<ContestEvent::Output> ContestEvent::apply(const ledger::ApplyContext& context, const Body& body,
                                                 ledger::View& view) {
  const Did& did = context.sender();
  ICN_TRY_ASSIGN(appeal,
                 open_appeal(context.block, view, context.events, did, body.event_id, body.reason_cid));
  ICN_TRY_ASSIGN(standing, load_standing(view, did));
  Output output;
  output.did = did;
  output.event_id = body.event_id;
  output.state = appeal.state;
  output.stake = appeal.stake;
  output.ends_at = appeal.due_secs + context.block.standstill_secs;
  output.score = score_at(standing, context.block.time);
  return output;
}

}  // namespace icn::reputation
