#pragma once

#include "governance/amendment.h"
#include "governance/applications.h"
#include "governance/ballot_tables.h"
#include "governance/dispute.h"
#include "governance/emergency.h"
#include "governance/member.h"
#include "governance/parameter.h"
#include "governance/proposal.h"
#include "governance/scope.h"
#include "ledger/tables.h"

// Tables 120 to 149: 120-129 members, proposals, parameters; 130-141: ballot_tables.h; 142-149: emergencies,
// disputes.
namespace icn::governance {

inline std::optional<Bytes> member_did_index(const Member& member) {
  return ledger::key_of(member.did, member.scope);
}

using ledger::Descending;
// Of each index the newest stands first; the end makes values unique, so that pages go on after a row.
inline std::optional<Bytes> proposal_time_index(const Proposal& proposal) {
  return ledger::key_of(Descending{proposal.created_at}, proposal.id);
}
inline std::optional<Bytes> proposal_state_index(const Proposal& proposal) {
  return ledger::key_of(codec::enum_name(proposal.state), Descending{proposal.created_at}, proposal.id);
}
inline std::optional<Bytes> proposal_category_index(const Proposal& proposal) {
  return ledger::key_of(codec::enum_name(proposal.category), Descending{proposal.created_at}, proposal.id);
}
inline std::optional<Bytes> proposal_proposer_index(const Proposal& proposal) {
  return ledger::key_of(proposal.proposer, Descending{proposal.created_at}, proposal.id);
}
inline std::optional<Bytes> proposal_scope_index(const Proposal& proposal) {
  return ledger::key_of(proposal.scope, Descending{proposal.created_at}, proposal.id);
}
enum ProposalIndex : std::size_t { kByTime, kByState, kByCategory, kByProposer, kByScope };

// That a member holds a role. Key (scope, role, member); the same stands in Member::roles.
struct RoleHolder {
  Did did;
  TimestampSecs since = 0;
  std::string proposal_id;  // empty: given by the operator to the first members
  static constexpr auto fields() {
    using codec::field;
    return described(field("did", &RoleHolder::did), field("since", &RoleHolder::since),
                     field("proposal_id", &RoleHolder::proposal_id));
  }
};

inline std::optional<Bytes> emergency_time_index(const Emergency& emergency) {
  return ledger::key_of(Descending{emergency.declared_at}, emergency.id);
}

inline std::optional<Bytes> dispute_time_index(const Dispute& dispute) {
  return ledger::key_of(Descending{dispute.opened_at}, dispute.id);
}
inline std::optional<Bytes> open_dispute_index(const Dispute& dispute) {
  if (!is_open(dispute.state)) return std::nullopt;
  return ledger::key_of(dispute.opener, dispute.id);
}
enum DisputeIndex : std::size_t { kByDisputeTime, kByOpenDisputeOf };

// How many proposals a member has open in a scope. Key (scope, member).
struct OpenProposals {
  std::uint64_t count = 0;
  static constexpr auto fields() { return described(codec::field("count", &OpenProposals::count)); }
};

using MemberKey = std::tuple<std::string, Did>;  // (scope, member)
using RoleKey = std::tuple<std::string, std::string, Did>;

inline const ledger::Table<std::string, Scope> kScopes{120, "governance_scopes"};
inline const ledger::Table<MemberKey, Member> kMembers{
    121, "governance_members", {{"idx_governance_members_did", &member_did_index}}};
inline const ledger::Table<std::string, Proposal> kProposals{
    122,
    "governance_proposals",
    {{"idx_governance_proposals_time", &proposal_time_index},
     {"idx_governance_proposals_state", &proposal_state_index},
     {"idx_governance_proposals_category", &proposal_category_index},
     {"idx_governance_proposals_proposer", &proposal_proposer_index},
     {"idx_governance_proposals_scope", &proposal_scope_index}}};
inline const ledger::Table<ParameterChangeKey, ParameterChange> kParameterChanges{
    123, "governance_parameter_changes"};
inline const ledger::Table<RoleKey, RoleHolder> kRoleHolders{124, "governance_role_holders"};
inline const ledger::Table<MemberKey, OpenProposals> kOpenProposals{125, "governance_open_proposals"};
inline const ledger::Table<std::string, SoftwareUpgrade> kSoftwareUpgrades{126, "governance_upgrades"};
inline const ledger::Table<std::string, Amendment> kAmendments{127, "governance_amendments"};
inline const ledger::Table<MemberKey, Application> kApplications{128, "governance_applications"};
inline const ledger::Table<std::string, Emergency> kEmergencies{
    142, "governance_emergencies", {{"idx_governance_emergencies_time", &emergency_time_index}}};
inline const ledger::Table<std::string, EmergencyClock> kEmergencyClocks{143, "governance_emergency_clocks"};

inline const ledger::Table<std::string, Dispute> kDisputes{
    144,
    "governance_disputes",
    {{"idx_governance_disputes_time", &dispute_time_index},
     {"idx_governance_disputes_open", &open_dispute_index}}};
inline const ledger::Table<VoterKey, DisputeVote> kDisputeVotes{145, "governance_dispute_votes"};

}  // namespace icn::governance
