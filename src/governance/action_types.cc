#include "governance/action_types.h"

#include <algorithm>

#include "economics/account_did.h"
#include "economics/accounts.h"
#include "governance/amendments.h"
#include "governance/applications.h"
#include "governance/emergencies.h"
#include "governance/errors.h"
#include "governance/members.h"
#include "governance/parameters.h"
#include "governance/tables.h"

namespace icn::governance {
namespace {

Result<void> check_did(const Did& did) {
  if (auto valid = economics::check_account_did(did); !valid.ok()) return valid.error().within("did");
  return {};
}

Result<Member> member_of(const ActionContext& context, const Did& did, const ledger::Reader& state) {
  ICN_TRY_ASSIGN(member, load_member(state, context.proposal.scope, did));
  if (member && member->status != MemberStatus::kDeparted) return std::move(*member);
  return Error(kMemberNotFound, did.text() + " is no member of " + context.proposal.scope);
}

Result<void> check_role(const RoleOf& body) {
  ICN_TRY(check_did(body.did));
  if (is_role_name(body.role)) return {};
  return Error(kBadAction, "role: must be of a-z, 0-9, - and _");
}

}  // namespace

Result<void> UpdateParameter::check(const Body& body) { return check_parameter(body.name, body.value); }

Result<void> UpdateParameter::needs(const Body& body, ActionNeeds& needs) {
  needs.threshold_ppm = std::max(needs.threshold_ppm, threshold_of_parameter(body.name));
  return {};
}

Result<void> UpdateParameter::validate(const ActionContext& context, const Body& body,
                                       const ledger::Reader& state) {
  ICN_TRY(is_protocol_parameter(body.name) ? check_protocol_scope(state, context.proposal)
                                           : check_network_scope(state, context.proposal.scope));
  return check_change(context.block, state, body.name, body.value);
}

Result<void> UpdateParameter::apply(const ActionContext& context, const Body& body, ledger::View& view,
                                    Events&) {
  ICN_TRY(validate(context, body, view));
  ICN_TRY_ASSIGN(before, parameter_value(view, body.name));
  ICN_TRY(note_amended(context, view, AmendedParameter{body.name, before, body.value}));
  return change_parameter(context.block, view, body.name, body.value, context.proposal.id);
}

Result<void> AdmitMember::check(const Body& body) {
  ICN_TRY(check_did(body.did));
  for (std::size_t i = 0; i < body.roles.size(); ++i) {
    const std::string& role = body.roles[i];
    if (!is_role_name(role) || std::count(body.roles.begin(), body.roles.end(), role) > 1)
      return Error(kBadAction, "roles[" + std::to_string(i) + "]: must be of a-z, 0-9, - and _, and once");
  }
  return {};
}

Result<void> AdmitMember::needs(const Body&, ActionNeeds& needs) {
  needs.admits = true;
  return {};
}

Result<void> AdmitMember::validate(const ActionContext& context, const Body& body,
                                   const ledger::Reader& state) {
  ICN_TRY_ASSIGN(member, load_member(state, context.proposal.scope, body.did));
  if (member && is_active(*member))
    return Error(kMemberExists, body.did.text() + " is a member of " + context.proposal.scope);
  if (member && member->status == MemberStatus::kSuspended) return {};
  if (check_own_members(state, context.proposal.scope).ok()) return {};
  return check_undecided(state, context.proposal.scope, body.did);
}

Result<void> AdmitMember::apply(const ActionContext& context, const Body& body, ledger::View& view,
                                Events& events) {
  ICN_TRY(validate(context, body, view));
  const std::string& scope = context.proposal.scope;
  ICN_TRY_ASSIGN(former, load_member(view, scope, body.did));
  const bool is_suspended = former && former->status == MemberStatus::kSuspended;
  if (!is_suspended && !check_own_members(view, scope).ok()) {
    ICN_TRY(forget_applicant(view, scope, body.did));
    return accept_application(view, scope, body.did, context.proposal.id);
  }
  std::vector<std::string> roles = body.roles;
  if (former)
    std::erase_if(roles, [&](const std::string& role) {
      return std::ranges::find(former->roles, role) != former->roles.end();
    });
  return admit(context.block, view,
               {context.proposal.scope, body.did, context.proposal.proposer, std::move(roles),
                context.proposal.id, true},
               events);
}

Result<void> SuspendMember::check(const Body& body) { return check_did(body.did); }

Result<void> SuspendMember::validate(const ActionContext& context, const Body& body,
                                     const ledger::Reader& state) {
  ICN_TRY_ASSIGN(member, member_of(context, body.did, state));
  if (!is_active(member)) return Error(kMemberState, body.did.text() + " is not an active member");
  return keeps_a_voter(state, member);
}

Result<void> SuspendMember::apply(const ActionContext& context, const Body& body, ledger::View& view,
                                  Events& events) {
  return suspend(context.block, view, context.proposal.scope, body.did, events);
}

Result<void> RemoveMember::check(const Body& body) { return check_did(body.did); }

Result<void> RemoveMember::needs(const Body&, ActionNeeds& needs) {
  needs.expels = true;
  return {};
}

Result<void> RemoveMember::validate(const ActionContext& context, const Body& body,
                                    const ledger::Reader& state) {
  ICN_TRY(check_own_members(state, context.proposal.scope));
  ICN_TRY_ASSIGN(member, member_of(context, body.did, state));
  if (member.status == MemberStatus::kPending)
    return Error(kMemberState, body.did.text() + " is an applicant, not a member");
  return keeps_a_voter(state, member);
}

Result<void> RemoveMember::apply(const ActionContext& context, const Body& body, ledger::View& view,
                                 Events& events) {
  ICN_TRY(validate(context, body, view));
  return depart(context.block, view, context.proposal.scope, body.did, events);
}

Result<void> UpgradeSoftware::check(const Body& body) {
  const auto is_version_char = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '.' || c == '-' || c == '+';
  };
  if (std::ranges::all_of(body.version, is_version_char)) return {};
  return Error(kBadAction, "version: must be like 1.2.0 or 1.2.0-rc1");
}

Result<void> UpgradeSoftware::validate(const ActionContext& context, const Body& body,
                                       const ledger::Reader& state) {
  ICN_TRY(check_protocol_scope(state, context.proposal));
  ICN_TRY_ASSIGN(is_decided, kSoftwareUpgrades.contains(state, body.version));
  if (is_decided) return Error(kBadAction, "version " + body.version + " was decided for before");
  return {};
}

Result<void> UpgradeSoftware::apply(const ActionContext& context, const Body& body, ledger::View& view,
                                    Events&) {
  ICN_TRY(validate(context, body, view));
  ICN_TRY(note_amended(context, view, body.version));
  return kSoftwareUpgrades.put(view, body.version, {body.version, context.proposal.id, context.block.time});
}

Result<void> BudgetAllocation::check(const Body& body) {
  if (auto valid = economics::check_account_did(body.recipient); !valid.ok())
    return valid.error().within("recipient");
  return {};
}

Result<void> BudgetAllocation::needs(const Body& body, ActionNeeds& needs) {
  // Together at most what a request may name: sums of 20 stay far from overflow.
  needs.spends += body.amount;
  return {};
}

Result<void> BudgetAllocation::validate(const ActionContext& context, const Body& body,
                                        const ledger::Reader& state) {
  const Did pool = pool_of(context.block.network, context.proposal.scope);
  ICN_TRY_ASSIGN(available, economics::available(state, context.block, pool));
  if (body.recipient == pool) return Error(kBadAction, "recipient: is the pool itself");
  if (available >= body.amount) return {};
  return Error(kPoolTooSmall, "the pool of " + context.proposal.scope + ", " + pool.text() + ", holds " +
                                  codec::write_decimal(available.value, 3) + " mana, not " +
                                  codec::write_decimal(body.amount.value, 3));
}

Result<void> BudgetAllocation::apply(const ActionContext& context, const Body& body, ledger::View& view,
                                     Events& events) {
  ICN_TRY(validate(context, body, view));
  economics::Books books(context.block, view, &events);
  ICN_TRY(economics::check_recipient(books, view, body.recipient));
  ICN_TRY(books.move(pool_of(context.block.network, context.proposal.scope), body.recipient, body.amount,
                     "budget of " + context.proposal.id, body.purpose_cid.value_or(codec::Cid())));
  return books.finish();
}

Result<void> GrantRole::check(const Body& body) { return check_role(body); }

// It takes the vote of a member, for good.
Result<void> GrantRole::needs(const Body& body, ActionNeeds& needs) {
  needs.expels = needs.expels || body.role == kEmeritus;
  return {};
}

Result<void> GrantRole::validate(const ActionContext& context, const Body& body,
                                 const ledger::Reader& state) {
  ICN_TRY_ASSIGN(member, member_of(context, body.did, state));
  if (!is_active(member)) return Error(kMemberState, body.did.text() + " is not an active member");
  if (std::ranges::find(member.roles, body.role) != member.roles.end())
    return Error(kMemberState, body.did.text() + " has the role " + body.role + " already");
  if (body.role != kEmeritus) return {};
  ICN_TRY(check_own_members(state, context.proposal.scope));
  return keeps_a_voter(state, member);
}

Result<void> GrantRole::apply(const ActionContext& context, const Body& body, ledger::View& view, Events&) {
  ICN_TRY(validate(context, body, view));
  return grant_role(context.block, view, context.proposal.scope, body.did, body.role, context.proposal.id);
}

Result<void> RevokeRole::check(const Body& body) { return check_role(body); }

Result<void> RevokeRole::validate(const ActionContext& context, const Body& body,
                                  const ledger::Reader& state) {
  ICN_TRY_ASSIGN(member, member_of(context, body.did, state));
  if (std::ranges::find(member.roles, body.role) != member.roles.end()) return {};
  return Error(kMemberState, body.did.text() + " has no role " + body.role);
}

Result<void> RevokeRole::apply(const ActionContext& context, const Body& body, ledger::View& view, Events&) {
  return revoke_role(context.block, view, context.proposal.scope, body.did, body.role);
}

Result<void> SetEarlyClosing::apply(const ActionContext& context, const Body& body, ledger::View& view,
                                    Events&) {
  ICN_TRY_ASSIGN(scope, load_scope(view, context.proposal.scope));
  scope.closes_early = body.closes_early;
  return kScopes.put(view, scope.scope, scope);
}

Result<void> SetWeight::check(const Body& body) { return check_did(body.did); }

Result<void> SetWeight::validate(const ActionContext& context, const Body& body,
                                 const ledger::Reader& state) {
  if (context.proposal.scope != federation_scope(context.block.network))
    return Error(kBadAction, "the members of " + context.proposal.scope +
                                 " have a vote each: organisations of the federation alone have weights");
  ICN_TRY_ASSIGN(member, member_of(context, body.did, state));
  if (is_active(member)) return {};
  return Error(kMemberState, body.did.text() + " is not an active member");
}

Result<void> SetWeight::apply(const ActionContext& context, const Body& body, ledger::View& view, Events&) {
  ICN_TRY(validate(context, body, view));
  return set_weight(context.block, view, context.proposal.scope, body.did, body.weight);
}

Result<void> ReviewEmergency::check(const Body&) { return {}; }

Result<void> ReviewEmergency::validate(const ActionContext& context, const Body& body,
                                       const ledger::Reader& state) {
  ICN_TRY_ASSIGN(emergency, load_emergency(state, body.emergency_id));
  if (emergency.scope != context.proposal.scope)
    return Error(kBadAction, "emergency_id: is of scope " + emergency.scope);
  if (emergency.started_secs != 0 && emergency.review == EmergencyReview::kPending) return {};
  return Error(kWrongState, "there is nothing to review of " + emergency.id);
}

Result<void> ReviewEmergency::apply(const ActionContext& context, const Body& body, ledger::View& view,
                                    Events& events) {
  ICN_TRY(validate(context, body, view));
  ICN_TRY_ASSIGN(emergency, load_emergency(view, body.emergency_id));
  return review_emergency(context.block, view, std::move(emergency), body.is_justified, context.proposal.id,
                          events);
}

}  // namespace icn::governance
