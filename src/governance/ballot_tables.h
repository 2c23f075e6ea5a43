#pragma once

#include <vector>

#include "governance/ballot.h"
#include "governance/count_state.h"
#include "ledger/rules.h"
#include "ledger/tables.h"

// Tables 130 to 141.
namespace icn::governance {

// Those that were not ended stand before the others: who asks for them never meets what is long past.
inline std::uint64_t delegation_place(const Delegation& delegation) {
  return delegation.revoked_secs ? 1 : 0;
}
inline std::optional<Bytes> delegation_from_index(const Delegation& delegation) {
  return ledger::key_of(delegation.from, delegation_place(delegation), delegation.id);
}
inline std::optional<Bytes> delegation_to_index(const Delegation& delegation) {
  return ledger::key_of(delegation.to, delegation_place(delegation), delegation.id);
}
inline std::optional<Bytes> delegation_scope_index(const Delegation& delegation) {
  return ledger::key_of(delegation.scope, delegation.from, delegation.id);
}
enum DelegationIndex : std::size_t { kByDelegator, kByDelegate, kByDelegationScope };

inline std::optional<Bytes> objection_id_index(const Objection& objection) {
  return ledger::key_of(objection.vote_id, objection.id);
}
inline std::optional<Bytes> objection_set_aside_index(const Objection& objection) {
  if (!objection.is_set_aside || objection.withdrawn_at) return std::nullopt;
  return ledger::key_of(objection.vote_id, objection.voter);
}
enum ObjectionIndex : std::size_t { kByObjectionId, kByObjectionSetAside };

using JudgementKey = std::tuple<std::string, std::string, Did>;
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
inline const ledger::Table<LogKey, CountChunk> kCountChunks{138, "governance_count_chunks"};
inline const ledger::Table<std::string, VoterVersion> kVoterVersions{139, "governance_voter_versions"};
inline const ledger::Table<VoterKey, Objection> kObjections{
    140,
    "governance_objections",
    {{"idx_governance_objections_id", &objection_id_index},
     {"idx_governance_objections_set_aside", &objection_set_aside_index}}};
inline const ledger::Table<JudgementKey, Judgement> kJudgements{141, "governance_judgements"};

}  // namespace icn::governance
