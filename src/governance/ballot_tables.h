#pragma once

#include <vector>

#include "governance/ballot.h"
#include "ledger/rules.h"
#include "ledger/tables.h"

// Tables 130 to 139.
namespace icn::governance {

inline std::optional<Bytes> delegation_from_index(const Delegation& delegation) {
  return ledger::key_of(delegation.from, delegation.id);
}
inline std::optional<Bytes> delegation_to_index(const Delegation& delegation) {
  return ledger::key_of(delegation.to, delegation.id);
}
inline std::optional<Bytes> delegation_scope_index(const Delegation& delegation) {
  return ledger::key_of(delegation.scope, delegation.from, delegation.id);
}
enum DelegationIndex : std::size_t { kByDelegator, kByDelegate, kByDelegationScope };

using VoterKey = std::tuple<std::string, Did>;          // (vote, voter), (scope, member)
using LogKey = std::tuple<std::string, std::uint64_t>;  // (vote, number)

inline const ledger::Table<VoterKey, Ballot> kBallots{130, "governance_ballots"};
inline const ledger::Table<std::string, Delegation> kDelegations{
    131,
    "governance_delegations",
    {{"idx_governance_delegations_from", &delegation_from_index},
     {"idx_governance_delegations_to", &delegation_to_index},
     {"idx_governance_delegations_scope", &delegation_scope_index}}};
inline const ledger::Table<VoterKey, VoterSpans> kVoters{132, "governance_voters"};
inline const ledger::Table<std::string, Vote> kVotes{133, "governance_votes"};
inline const ledger::Table<std::string, BallotBox> kBoxes{134, "governance_boxes"};
inline const ledger::Table<LogKey, LoggedBallot> kBallotLog{135, "governance_ballot_log"};
inline const ledger::Table<LogKey, LoggedBallot> kRevealLog{136, "governance_reveal_log"};
inline const ledger::Table<std::string, CountState> kCounts{137, "governance_counts"};
inline const ledger::Table<LogKey, LinkChunk> kLinks{138, "governance_links"};
inline const ledger::Table<std::string, VoterVersion> kVoterVersions{139, "governance_voter_versions"};

}  // namespace icn::governance
