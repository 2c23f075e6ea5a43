#pragma once

#include "governance/tx/cast_vote.h"
#include "governance/vote.h"

// How a ballot comes into its box. Thread: the ledger's writer.
namespace icn::governance {

inline constexpr std::string_view kVoteEvent = "VoteCast";  // {proposal_id, scope, voter, vote_id, sequence}
inline constexpr std::string_view kExtendedEvent = "VotingExtended";  // {proposal_id, scope, voting_ends}

// A vote that takes ballots, and the voter in it.
struct OpenVote {
  Proposal proposal;
  std::string id;
  Vote vote;
  BallotBox box;
  Contest contest;
  std::optional<Ballot> earlier;  // of the voter
};
// proposal_not_found, G005, G008, G003, stale_revision, G001, G007, G002
Result<OpenVote> open_vote_for(const ledger::ApplyContext& context, const ledger::View& view,
                               const std::string& proposal_id, std::uint32_t revision);

// Takes `ballot`, of which the caller filled what was chosen or sealed: log, sums, receipt; then extends or
// ends the voting where that is called for.
Result<BallotTaken> take_ballot(const ledger::ApplyContext& context, ledger::View& view, OpenVote& open,
                                Ballot ballot);

// Whether the proposal takes ballots for the revision now: G005, G008, G003, stale_revision.
Result<void> check_open(const ledger::BlockContext& block, const Proposal& proposal, std::uint32_t revision);

// bad_ballot: free text stands on the ledger only where an objection must name the harm.
Result<void> check_reason(const Proposal& proposal, const std::optional<std::string>& reason);

// Whether `did` may vote: G001 or G007.
Result<void> check_eligible(const ledger::Reader& state, const Proposal& proposal, const Vote& vote,
                            const Did& did);

}  // namespace icn::governance
