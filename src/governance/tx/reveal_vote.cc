#include "governance/tx/reveal_vote.h"

#include <algorithm>

#include "governance/ballot_taking.h"
#include "governance/counting.h"
#include "governance/eligible.h"
#include "governance/errors.h"
#include "governance/lifecycle.h"
#include "governance/merkle_peaks.h"
#include "governance/tally/receipt.h"
#include "governance/tally/recount.h"

namespace icn::governance {
namespace {

Result<void> check_reveals(const ledger::BlockContext& block, const Proposal& proposal,
                           const std::optional<Vote>& vote, std::uint32_t revision) {
  if (proposal.privacy == Privacy::kPublic)
    return Error(kVotingNotActive, "ballots of this vote are public: there is nothing to reveal");
  if (!vote || vote->closed_secs == 0)
    return Error(kVotingNotActive, "sealed ballots are revealed after the voting");
  if (proposal.state != ProposalState::kCounting || block.running_secs() >= vote->reveal_ends_secs)
    return Error(kVotingNotActive, "the time for reveals has ended");
  if (revision != proposal.revision)
    return Error(kStaleRevision, "the proposal is at revision " + std::to_string(proposal.revision));
  return {};
}

Result<void> log_reveal(const ledger::ApplyContext& context, ledger::View& view, const std::string& vote_id,
                        BallotBox& box) {
  const ledger::CheckedTransaction& transaction = context.transaction;
  const crypto::PublicKey& key = transaction.verified_key();
  add_to_peaks(box.reveal_peaks, box.reveals,
               tally::ballot_leaf(transaction.hash(), key, context.block.time));
  ++box.reveals;
  LoggedBallot logged;
  logged.transaction.bytes = to_bytes(transaction.hash());
  logged.key.bytes = to_bytes(key.bytes);
  logged.accepted_at = context.block.time;
  logged.height = context.block.height;
  return kRevealLog.insert(view, {vote_id, box.reveals}, logged);
}

}  // namespace

Result<void> RevealVote::check(const ledger::Transaction&, const Body&) { return {}; }

Result<void> RevealVote::precheck(const ledger::ApplyContext&, const Body&, const ledger::View&) {
  return {};
}

Result<RevealVote::Output> RevealVote::apply(const ledger::ApplyContext& context, const Body& body,
                                             ledger::View& view) {
  ICN_TRY_ASSIGN(proposal, load_proposal(view, body.proposal_id));
  const std::string vote_id = vote_key(proposal);
  ICN_TRY_ASSIGN(vote, kVotes.get(view, vote_id));
  ICN_TRY(check_reveals(context.block, proposal, vote, body.revision));
  ICN_TRY_ASSIGN(ballot, kBallots.get(view, {vote_id, context.sender()}));
  ICN_TRY_ASSIGN(box, kBoxes.get(view, vote_id));
  if (!box) return Error(kBroken, "a vote has no box: " + vote_id);
  if (!ballot) return Error(kNotCommitted, context.sender().text() + " cast no ballot");
  if (!ballot->packed.bytes.empty()) return Error(kAlreadyVoted, "the ballot was revealed before");
  ICN_TRY(check_reason(proposal, body.reason));
  const tally::BallotContent& content = body;
  const crypto::Hash commitment =
      tally::ballot_commitment(proposal.id, body.revision, context.sender(), content, body.salt.bytes);
  if (!std::ranges::equal(commitment, ballot->commitment.bytes)) return Error(kCommitmentDiffers);
  ICN_TRY_ASSIGN(contest, contest_of(proposal, *vote));
  ICN_TRY_ASSIGN(packed, contest.method->pack(contest.election, content));
  if (contest.keeps_sums) {
    ICN_TRY_ASSIGN(count, load_sums(contest, box->sums));
    ICN_TRY_ASSIGN(share, share_of(view, proposal, *vote, context.sender()));
    count->add(packed, share);
    box->sums.bytes = count->save();
  }
  ICN_TRY(log_reveal(context, view, vote_id, *box));
  ballot->packed.bytes = to_bytes(as_bytes(packed));
  ballot->content = content_text(content);
  ICN_TRY(kBallots.put(view, {vote_id, context.sender()}, *ballot));
  ICN_TRY(kBoxes.put(view, vote_id, *box));
  // A ballot is revealed once: as many reveals as voters are all of them.
  if (box->reveals == box->participants) ICN_TRY(end_reveals(context.block, view, vote_id, *vote));
  crypto::Hash cast;
  std::ranges::copy(ballot->transaction.bytes, cast.begin());
  return Output{tally::vote_id_of(cast), proposal.id, true};
}

}  // namespace icn::governance
