#include "governance/tx/enroll.h"

#include <set>

#include "base/errors.h"
#include "economics/account_did.h"
#include "governance/errors.h"
#include "governance/founding.h"
#include "governance/members.h"
#include "governance/tables.h"
#include "ledger/state.h"

namespace icn::governance {
namespace {

bool is_open_to_all(const ledger::ApplyContext& context, const std::string& scope) {
  return scope == kLocalScope && context.parameters().governance_open_membership != 0;
}

// The operator of the organisation whose scope it is; of what is no organisation's: that of the network.
// Where membership is open: of any organisation.
Result<bool> is_operator_of(const ledger::ApplyContext& context, const ledger::View& view,
                            const std::string& scope) {
  const auto organization = organization_of(scope);
  if (!organization) {
    ICN_TRY_ASSIGN(network, ledger::kNetwork.get(view, "network"));
    if (network && network->operator_did == context.sender()) return true;
    if (!is_open_to_all(context, scope)) return false;
  }
  if (context.economy.vouches_for == nullptr) return false;
  ICN_TRY_ASSIGN(own, context.economy.vouches_for(view, context.sender()));
  return own && (!organization || *own == *organization);
}

}  // namespace

Result<void> Enroll::check(const ledger::Transaction&, const Body& body) {
  ICN_TRY(parse_scope(body.scope));
  std::set<Did> seen;
  for (std::size_t i = 0; i < body.members.size(); ++i) {
    const std::string place = "members[" + std::to_string(i) + "]";
    const Person& person = body.members[i];
    if (auto did = economics::check_account_did(person.did); !did.ok()) return did.error().within(place);
    if (!seen.insert(person.did).second) return Error(errors::kMalformed, place + ": is named twice");
    std::set<std::string> roles;
    for (const std::string& role : person.roles) {
      if (!is_role_name(role) || !roles.insert(role).second)
        return Error(errors::kMalformed, place + ".roles: each of a-z, 0-9, - and _, and once");
    }
  }
  return {};
}

Result<void> Enroll::precheck(const ledger::ApplyContext&, const Body&, const ledger::View&) { return {}; }

Result<Enroll::Output> Enroll::apply(const ledger::ApplyContext& context, const Body& body,
                                     ledger::View& view) {
  ICN_TRY(check_own_members(view, body.scope));
  ICN_TRY_ASSIGN(is_operator, is_operator_of(context, view, body.scope));
  if (!is_operator)
    return Error(kNotOperator,
                 context.sender().text() + " does not operate the organisation of " + body.scope);
  ICN_TRY_ASSIGN(scope, kScopes.get(view, body.scope));
  if (scope && scope->members > 0 && !is_open_to_all(context, body.scope))
    return Error(kNotEmpty, body.scope + " has members: they admit others by a vote");
  const bool is_founding = !scope;
  if (is_founding) ICN_TRY(check_founders(context.block, body.scope, body.members.size()));
  std::vector<Did> founders;
  for (const Person& person : body.members) {
    founders.push_back(person.did);
    ICN_TRY(admit(context.block, view, {body.scope, person.did, context.sender(), person.roles, "", false},
                  context.events));
  }
  if (is_founding) ICN_TRY(lock_founding_stake(context.block, view, body.scope, founders, context.events));
  ICN_TRY_ASSIGN(after, load_scope(view, body.scope));
  return Output{body.scope, after.members};
}

Result<void> Leave::check(const ledger::Transaction&, const Body& body) {
  ICN_TRY(parse_scope(body.scope));
  return {};
}

Result<void> Leave::precheck(const ledger::ApplyContext&, const Body&, const ledger::View&) { return {}; }

Result<Leave::Output> Leave::apply(const ledger::ApplyContext& context, const Body& body,
                                   ledger::View& view) {
  ICN_TRY(check_own_members(view, body.scope));
  ICN_TRY(depart(context.block, view, body.scope, context.sender(), context.events));
  return Output{body.scope, context.sender()};
}

}  // namespace icn::governance
