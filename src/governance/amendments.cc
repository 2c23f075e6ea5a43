#include "governance/amendments.h"

#include <ranges>

#include "governance/errors.h"
#include "governance/members.h"
#include "governance/parameters.h"
#include "governance/tables.h"

namespace icn::governance {
namespace {

template <typename Add>
Result<void> note(const ActionContext& context, ledger::View& view, const Add& add) {
  if (context.proposal.category != ProposalCategory::kProtocol) return {};
  ICN_TRY_ASSIGN(stored, kAmendments.get(view, context.proposal.id));
  Amendment amendment = stored.value_or(Amendment{});
  amendment.proposal_id = context.proposal.id;
  amendment.carried_out_secs = context.block.running_secs();
  add(amendment);
  return kAmendments.put(view, amendment.proposal_id, amendment);
}

Result<Amendment> load(const ActionContext& context, const ledger::Reader& state, const std::string& id) {
  ICN_TRY_ASSIGN(amendment, kAmendments.get(state, id));
  if (!amendment) return Error(kBadAction, "proposal_id: " + id + " is no amendment that was carried out");
  if (!amendment->rolled_back_by.empty())
    return Error(kBadAction, "proposal_id: " + id + " was taken back by " + amendment->rolled_back_by);
  const std::uint64_t ends = amendment->carried_out_secs +
                             static_cast<std::uint64_t>(context.block.parameters->governance_rollback_secs);
  if (context.block.running_secs() <= ends) return std::move(*amendment);
  return Error(kBadAction, "proposal_id: " + id + " could be taken back until " +
                               std::to_string(ends + context.block.standstill_secs));
}

}  // namespace

Result<void> note_amended(const ActionContext& context, ledger::View& view,
                          const AmendedParameter& parameter) {
  return note(context, view, [&](Amendment& amendment) { amendment.parameters.push_back(parameter); });
}

Result<void> note_amended(const ActionContext& context, ledger::View& view, const std::string& version) {
  return note(context, view, [&](Amendment& amendment) { amendment.versions.push_back(version); });
}

Result<void> RollbackAmendment::needs(const Body&, ActionNeeds& needs) {
  needs.rolls_back = true;
  return {};
}

Result<void> RollbackAmendment::validate(const ActionContext& context, const Body& body,
                                         const ledger::Reader& state) {
  ICN_TRY(check_protocol_scope(state, context.proposal));
  ICN_TRY(load(context, state, body.proposal_id));
  return {};
}

Result<void> RollbackAmendment::apply(const ActionContext& context, const Body& body, ledger::View& view,
                                      std::vector<ledger::Event>&) {
  ICN_TRY(check_protocol_scope(view, context.proposal));
  ICN_TRY_ASSIGN(amendment, load(context, view, body.proposal_id));
  for (const AmendedParameter& each : std::views::reverse(amendment.parameters)) {
    ICN_TRY_ASSIGN(now, parameter_value(view, each.name));
    if (now != each.after) continue;
    ICN_TRY(change_parameter(context.block, view, each.name, each.before, context.proposal.id));
  }
  for (const std::string& version : amendment.versions) ICN_TRY(kSoftwareUpgrades.erase(view, version));
  amendment.rolled_back_by = context.proposal.id;
  return kAmendments.put(view, amendment.proposal_id, amendment);
}

}  // namespace icn::governance
