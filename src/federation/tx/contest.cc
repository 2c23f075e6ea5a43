#include "federation/tx/contest.h"

#include "federation/errors.h"
#include "federation/misconduct.h"

namespace icn::federation {
namespace {

// One an offence, so that asking again and again adds nothing.
std::string change_id_of(const std::string& offence) {
  const auto hash = crypto::sha256(as_bytes("contest " + offence));
  return "ch_" + hex_encode(ByteView(hash).first(16));
}

}  // namespace

Result<void> ContestPenalty::check(const ledger::Transaction&, const Body&) { return {}; }

Result<void> ContestPenalty::precheck(const ledger::ApplyContext& context, const Body& body,
                                      const ledger::View& view) {
  ICN_TRY(load_federation(view));
  ICN_TRY_ASSIGN(offence, load_offence(view, body.offence));
  if (offence.operator_did != context.sender())
    return Error(kNotAnswerable, offence.operator_did.text() + " answers for it");
  ICN_TRY(check_penalty(view, body.offence));
  const std::string id = change_id_of(body.offence);
  ICN_TRY_ASSIGN(open, kChanges.get(view, id));
  if (open && status_of(*open, context.block.running_secs()) == ChangeStatus::kOpen)
    return Error(kChangeOpen, id + " waits for approvals already");
  return {};
}

Result<ContestPenalty::Output> ContestPenalty::apply(const ledger::ApplyContext& context, const Body& body,
                                                     ledger::View& view) {
  ICN_TRY_ASSIGN(offence, load_offence(view, body.offence));
  Change change = new_change(context, ChangeKind::kLiftPenalty, offence.organization);
  change.id = change_id_of(body.offence);
  change.offence = body.offence;
  change.reason = body.reason_cid.value_or(codec::Cid());
  return open_change(context, view, std::move(change));
}

}  // namespace icn::federation
