#include "governance/tx/veto.h"

#include <algorithm>

#include "base/errors.h"
#include "governance/errors.h"
#include "governance/lifecycle.h"
#include "governance/members.h"

namespace icn::governance {
namespace {

bool is_same_action(const Action& one, const Action& other) {
  return codec::encode_record(one) == codec::encode_record(other);
}

bool was_vetoed_by_a_body(const Proposal& proposal) {
  return proposal.state == ProposalState::kVetoed && !proposal.vetoes.empty();
}

void tell(const Proposal& proposal, const VetoVoice& voice, std::vector<ledger::Event>& events) {
  events.push_back(
      {std::string(kVetoEvent),
       codec::write_json(codec::Json::object({{"proposal_id", proposal.id},
                                              {"scope", proposal.scope},
                                              {"did", voice.did.text()},
                                              {"reason", voice.reason.to_string()},
                                              {"is_vetoed", proposal.state == ProposalState::kVetoed}}))});
}

}  // namespace

Result<void> Veto::check(const ledger::Transaction&, const Body& body) {
  if (!body.reason_cid.empty()) return {};
  return Error(errors::kMalformed, "reason_cid: must name the block with the reason");
}

Result<void> Veto::precheck(const ledger::ApplyContext& context, const Body& body, const ledger::View& view) {
  ICN_TRY_ASSIGN(proposal, load_proposal(view, body.proposal_id));
  ICN_TRY_ASSIGN(member, require_full_member(view, proposal.scope, context.sender()));
  const std::string_view role = veto_body_of(proposal.category);
  if (role.empty())
    return Error(kNotAuthorised, "nobody may veto a proposal of category " +
                                     std::string(codec::enum_name(proposal.category)));
  if (std::ranges::find(member.roles, role) == member.roles.end())
    return Error(kNotAuthorised, context.sender().text() + " does not hold the role " + std::string(role));
  if (proposal.state != ProposalState::kQueued)
    return Error(kWrongState, "a proposal that is " + std::string(codec::enum_name(proposal.state)) +
                                  " cannot be vetoed: only one that is queued");
  if (proposal.repeats)
    return Error(kWrongState, "the vote overrides the veto of " + *proposal.repeats + ": it stands");
  if (std::ranges::find(proposal.vetoes, context.sender(), &VetoVoice::did) == proposal.vetoes.end())
    return {};
  return Error(kAlreadyVetoed);
}

Result<Veto::Output> Veto::apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view) {
  ICN_TRY_ASSIGN(before, load_proposal(view, body.proposal_id));
  Proposal after = before;
  after.vetoes.push_back({context.sender(), body.reason_cid, context.block.time});
  ICN_TRY_ASSIGN(holders, acting_holders_of(view, after.scope, std::string(veto_body_of(after.category))));
  const auto voices = std::ranges::count_if(after.vetoes, [&](const VetoVoice& voice) {
    return std::ranges::find(holders, voice.did) != holders.end();
  });
  if (2 * static_cast<std::size_t>(voices) > holders.size())
    ICN_TRY(veto(context.block, view, after, context.events));
  tell(after, after.vetoes.back(), context.events);
  ICN_TRY(save(context.block, view, before, after));
  return standing_of(context.block, after);
}

Result<void> repeat_vetoed(const ledger::BlockContext& block, const ledger::Reader& state,
                           const std::string& of, Proposal& proposal) {
  ICN_TRY_ASSIGN(vetoed, load_proposal(state, of));
  if (!was_vetoed_by_a_body(vetoed))
    return Error(kWrongState, "repeats: " + of + " is " + std::string(codec::enum_name(vetoed.state)) +
                                  ", no body vetoed it");
  if (vetoed.scope != proposal.scope || vetoed.category != proposal.category ||
      !std::ranges::equal(vetoed.actions, proposal.actions, is_same_action))
    return Error(kBadAction, "repeats: scope, category and actions must be those of " + of);
  if (!has_threshold(proposal.method))
    return Error(kBadMethod,
                 "repeats: " + std::string(codec::enum_name(proposal.method)) + " counts no share of yes");
  proposal.repeats = of;
  proposal.repeats_threshold_ppm = static_cast<std::uint64_t>(block.parameters->governance_override_ppm);
  return {};
}

}  // namespace icn::governance
