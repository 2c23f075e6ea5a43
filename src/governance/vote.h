#pragma once

#include <memory>
#include <string>

#include "governance/ballot_tables.h"
#include "governance/proposal.h"
#include "governance/tally/method.h"
#include "governance/tally/quorum.h"
#include "ledger/context.h"

// A proposal's vote in the words of the count (tally/). Source: domain.md 4.
namespace icn::governance {

// The id of the proposal; from the second round on with "." and the round behind it.
std::string vote_key(const Proposal& proposal);
std::string vote_key(const std::string& proposal_id, std::uint32_t round);

// The terms that decide a vote. In the last round of a consensus that falls back these are those of a
// supermajority of 75 %, and its ballots say yes or no.
struct Contest {
  tally::Election election;
  const tally::Method* method = nullptr;
  tally::QuorumTerms quorum;
  bool keeps_sums = false;  // the count of own ballots is kept at each ballot
};
// By the terms that were fixed when the vote opened: later changes of parameters make no difference.
// unknown_voting_method
Result<Contest> contest_of(const Proposal& proposal, const Vote& vote);

// The count of own ballots as the box keeps it.
Result<std::unique_ptr<tally::Count>> load_sums(const Contest& contest, const codec::HexBytes& saved);

bool holds_quorum(const Contest& contest, std::uint64_t participated, std::uint64_t eligible);

// What a ballot says, as canonical JSON: its members that are there.
std::string content_text(const tally::BallotContent& content);

// A cast ballot is final, and voting ends when nothing can change the result: always in an emergency, else
// where the proposal says so; never with sealed ballots.
bool may_close_early(const Proposal& proposal);

// A consensus that was blocked, and a consent to which an objection stands, are asked for again, up to
// governance.rounds_max times.
bool wants_round(const Proposal& proposal, const ProposalResult& result,
                 const ledger::Parameters& parameters);

// The last part of the voting, in which a late turnout or turn extends it.
bool is_late(const Proposal& proposal, const ledger::BlockContext& block);

}  // namespace icn::governance
