#include "governance/credential_actions.h"

#include "credentials/lookup.h"
#include "credentials/pauses.h"
#include "governance/errors.h"
#include "governance/members.h"
#include "ledger/state.h"

namespace icn::governance {
namespace {

// Whether `issuer` is the scope's organisation, or somebody who is or was its member.
Result<bool> is_of_scope(const ledger::Reader& state, const std::string& scope, const Did& issuer) {
  ICN_TRY_ASSIGN(member, load_member(state, scope, issuer));
  if (member && member->status != MemberStatus::kPending) return true;
  if (const auto organization = organization_of(scope)) return *organization == issuer;
  if (scope != kLocalScope) return false;
  ICN_TRY_ASSIGN(network, ledger::kNetwork.get(state, "network"));
  return network && network->operator_did == issuer;
}

}  // namespace

Result<void> PauseCredential::check(const Body& body) {
  if (!body.cid.empty()) return {};
  return Error(kBadAction, "cid: must name a credential");
}

Result<void> PauseCredential::validate(const ActionContext& context, const Body& body,
                                       const ledger::Reader& state) {
  ICN_TRY_ASSIGN(record, credentials::load_credential(state, body.cid, body.issuer));
  ICN_TRY(credentials::check_may_pause(record));
  ICN_TRY_ASSIGN(is_own, is_of_scope(state, context.proposal.scope, record.issuer));
  return is_own ? Result<void>() : check_network_scope(state, context.proposal.scope);
}

Result<void> PauseCredential::apply(const ActionContext& context, const Body& body, ledger::View& view,
                                    std::vector<ledger::Event>& events) {
  ICN_TRY(validate(context, body, view));
  ICN_TRY_ASSIGN(record, credentials::load_credential(view, body.cid, body.issuer));
  return credentials::pause_credential(context.block, view, std::move(record),
                                       context.block.running_secs() + body.secs, context.proposal.id, events);
}

}  // namespace icn::governance
