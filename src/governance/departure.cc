#include "governance/departure.h"

#include <algorithm>
#include <set>

#include "governance/ballot_tables.h"
#include "governance/disputes.h"
#include "governance/emergencies.h"
#include "governance/founding.h"
#include "governance/lifecycle.h"
#include "governance/members.h"
#include "governance/tables.h"

namespace icn::governance {
namespace {

using ledger::Departure;

Result<void> swept(const Result<std::uint64_t>& count) {
  return count.ok() ? Result<void>() : Result<void>(count.error());
}

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

// The proposal of a vote: a later round has "." and its number behind it.
std::string proposal_of(const std::string& vote) { return vote.substr(0, vote.find('.')); }

// Decided ones of others, but those in which somebody who is kept had a part (proposed or sponsored it, cast
// a ballot, objected) and those that made what is in force here: parameters and versions.
Result<std::set<std::string>> proposals_left(const Departure& departure, const std::string& home) {
  std::set<std::string> out;
  const auto keep = [&](const std::string& id) {
    out.erase(id);
    return false;  // the row stays
  };
  const auto keep_of = [&](const VoterKey& key) {
    return departure.is_kept(std::get<1>(key)) && keep(proposal_of(std::get<0>(key)));
  };
  ICN_TRY(ledger::sweep(departure.view, kProposals, [&](const std::string& id, const Proposal& each) {
    const bool has_part =
        departure.is_kept(each.proposer) || std::ranges::any_of(each.co_sponsors, departure.is_kept);
    if (is_final(each.state) && is_of_others(each.scope, home) && !has_part) out.insert(id);
    return false;
  }));
  ICN_TRY(ledger::sweep(departure.view, kBallots,
                        [&](const VoterKey& key, const auto&) { return keep_of(key); }));
  ICN_TRY(ledger::sweep(departure.view, kObjections,
                        [&](const VoterKey& key, const auto&) { return keep_of(key); }));
  ICN_TRY(ledger::sweep(departure.view, kParameterChanges,
                        [&](const auto&, const auto& change) { return keep(change.proposal_id); }));
  ICN_TRY(ledger::sweep(departure.view, kSoftwareUpgrades,
                        [&](const auto&, const auto& upgrade) { return keep(upgrade.proposal_id); }));
  ICN_TRY(ledger::sweep(departure.view, kAmendments, [&](const auto&, const Amendment& each) {
    keep(each.rolled_back_by);
    return keep(each.proposal_id);
  }));
  return out;
}

Result<std::uint64_t> forget_proposals(const Departure& departure, const std::string& home) {
  ICN_TRY_ASSIGN(gone, proposals_left(departure, home));
  const auto is_gone = [&](const auto& key, const auto&) {
    if constexpr (std::is_same_v<std::decay_t<decltype(key)>, std::string>)
      return gone.contains(proposal_of(key));
    else
      return gone.contains(proposal_of(std::get<0>(key)));
  };
  const auto forget = [&](const auto&... tables) -> Result<void> {
    Result<void> done;
    ((done = done.ok() ? Result<void>(swept(ledger::sweep(departure.view, tables, is_gone))) : done), ...);
    return done;
  };
  ICN_TRY(forget(kProposals, kBallots, kVotes, kBoxes, kBallotLog, kRevealLog, kCounts, kCountChunks,
                 kObjections, kJudgements));
  return std::uint64_t{gone.size()};
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

Result<std::uint64_t> leave_scopes(const Departure& departure, const std::string& home) {
  ICN_TRY(end_proposals(departure, home));
  ICN_TRY(end_disputes(departure, home));
  ICN_TRY(end_emergencies(departure, home));
  ICN_TRY(end_foundings(departure, home));
  ICN_TRY(let_members_go(departure, home));
  ICN_TRY(ledger::sweep(departure.view, kApplications,
                        [](const MemberKey&, const Application&) { return true; }));
  ICN_TRY(take_over(departure, home));
  return forget_proposals(departure, home);
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
