#include "governance/departure.h"

#include "governance/disputes.h"
#include "governance/emergencies.h"
#include "governance/founding.h"
#include "governance/lifecycle.h"
#include "governance/members.h"
#include "governance/tables.h"

namespace icn::governance {
namespace {

using ledger::Departure;

// Nobody of the organisation `home` is of has a say there without the others.
bool is_of_others(const std::string& scope, const std::string& home) {
  const auto kind = parse_scope(scope);
  return scope != home && (!kind.ok() || (*kind != ScopeKind::kGlobal && *kind != ScopeKind::kWorkingGroup));
}

Result<void> end_proposals(const Departure& departure, const std::string& home) {
  ICN_TRY_ASSIGN(open, ledger::pick(departure.view, kProposals, [&](const Proposal& each) {
                   return !is_final(each.state) &&
                          (is_of_others(each.scope, home) || !departure.is_kept(each.proposer));
                 }));
  for (const Proposal& before : open) {
    Proposal after = before;
    ICN_TRY(cancel(departure.block, departure.view, after, departure.events));
    ICN_TRY(save(departure.block, departure.view, before, after));
  }
  return {};
}

Result<void> end_disputes(const Departure& departure, const std::string& home) {
  ICN_TRY_ASSIGN(open, ledger::pick(departure.view, kDisputes, [&](const Dispute& each) {
                   return is_open(each.state) &&
                          (is_of_others(each.scope, home) || !departure.is_kept(each.opener) ||
                           !departure.is_kept(each.against));
                 }));
  for (const Dispute& before : open) {
    Dispute after = before;
    ICN_TRY(end_dispute(departure.block, departure.view, after, DisputeState::kWithdrawn, departure.events));
    ICN_TRY(save_dispute(departure.block, departure.view, before, after));
  }
  return {};
}

// Founders get their stakes back before their accounts are others' again.
Result<void> end_foundings(const Departure& departure, const std::string& home) {
  ICN_TRY_ASSIGN(held, ledger::pick(departure.view, kFoundings, [&](const Founding& each) {
                   return !each.stakes.empty() && is_of_others(each.scope, home);
                 }));
  for (const Founding& each : held) {
    ICN_TRY(ledger::unschedule(departure.view, each.free_secs, kFoundingDue, each.scope));
    ICN_TRY(run_founding_due(departure.block, each.scope, departure.view, departure.events));
  }
  return {};
}

// First it ends, then its stake goes back.
Result<void> end_emergencies(const Departure& departure, const std::string& home) {
  ICN_TRY_ASSIGN(open, ledger::pick(departure.view, kEmergencies, [&](const Emergency& each) {
                   return each.due_secs != 0 && is_of_others(each.scope, home);
                 }));
  for (const Emergency& each : open) {
    const bool is_active = each.state == EmergencyState::kActive;
    for (int step = 0; step < (is_active ? 2 : 1); ++step) {
      ICN_TRY_ASSIGN(now, load_emergency(departure.view, each.id));
      if (now.due_secs == 0) break;
      ICN_TRY(ledger::unschedule(departure.view, now.due_secs, kEmergencyDue, now.id));
      ICN_TRY(run_emergency_due(departure.block, now.id, departure.view, departure.events));
    }
  }
  return {};
}

Result<void> let_members_go(const Departure& departure, const std::string& home) {
  ICN_TRY_ASSIGN(leaving, ledger::pick(departure.view, kMembers, [&](const Member& each) {
                   return each.status != MemberStatus::kDeparted &&
                          (is_of_others(each.scope, home) || !departure.is_kept(each.did));
                 }));
  for (const Member& each : leaving) {
    if (each.status == MemberStatus::kPending)
      ICN_TRY(forget_applicant(departure.view, each.scope, each.did));
    else
      ICN_TRY(depart(departure.block, departure.view, each.scope, each.did, departure.events));
  }
  return {};
}

Result<void> take_over(const Departure& departure, const std::string& home) {
  if (home == kLocalScope) return {};
  ICN_TRY_ASSIGN(people, ledger::pick(departure.view, kMembers, [&](const Member& each) {
                   return each.scope == home && may_vote(each);
                 }));
  for (const Member& each : people) {
    ICN_TRY(admit(departure.block, departure.view, {kLocalScope, each.did, each.did, each.roles, "", false},
                  departure.events));
  }
  return {};
}

}  // namespace

Result<void> leave_scopes(const Departure& departure, const std::string& home) {
  ICN_TRY(end_proposals(departure, home));
  ICN_TRY(end_disputes(departure, home));
  ICN_TRY(end_emergencies(departure, home));
  ICN_TRY(end_foundings(departure, home));
  ICN_TRY(let_members_go(departure, home));
  ICN_TRY(ledger::sweep(departure.view, kApplications,
                        [](const MemberKey&, const Application&) { return true; }));
  return take_over(departure, home);
}

Result<std::vector<Did>> people_of(const ledger::Reader& state, const std::string& scope) {
  std::vector<Did> out;
  ICN_TRY_ASSIGN(rows, kMembers.scan(state, ledger::prefix_range(ledger::key_of(scope))));
  while (true) {
    ICN_TRY_ASSIGN(member, rows.next());
    if (!member) return out;
    if (member->status != MemberStatus::kPending) out.push_back(std::move(member->did));
  }
}

}  // namespace icn::governance
