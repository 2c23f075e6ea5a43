#include "governance/ballot_taking.h"

#include "governance/eligible.h"
#include "governance/errors.h"
#include "governance/lifecycle.h"
#include "governance/members.h"
#include "governance/merkle_peaks.h"
#include "governance/reminders.h"
#include "governance/tally/errors.h"
#include "governance/tally/receipt.h"
#include "reputation/note.h"

namespace icn::governance {
namespace {

// What the box says before and after a ballot.
struct Standing {
  std::uint64_t participated = 0;
  std::optional<tally::Outcome> outcome;  // public votes whose sums are kept
};

bool leads_differently(const Standing& before, const Standing& after) {
  if (!before.outcome || !after.outcome) return false;
  return before.outcome->passes != after.outcome->passes || before.outcome->vetoed != after.outcome->vetoed ||
         before.outcome->winners != after.outcome->winners;
}

Result<void> extend_if_turned(const ledger::ApplyContext& context, ledger::View& view, OpenVote& open,
                              const Standing& before, const Standing& after) {
  const std::uint64_t eligible = open.proposal.eligible_count;
  const bool is_quorum_new = !holds_quorum(open.contest, before.participated, eligible) &&
                             holds_quorum(open.contest, after.participated, eligible);
  if (!is_quorum_new && !leads_differently(before, after)) return {};
  Proposal extended = open.proposal;
  extended.is_extended = true;
  extended.voting_ends_secs += static_cast<std::uint64_t>(context.parameters().governance_extension_secs);
  ICN_TRY(save(context.block, view, open.proposal, extended));
  ICN_TRY(schedule_reminder(context.block, view, extended));
  context.events.push_back(
      {std::string(kExtendedEvent),
       codec::write_json(codec::Json::object(
           {{"proposal_id", extended.id},
            {"scope", extended.scope},
            {"voting_ends", extended.voting_ends_secs + context.block.standstill_secs}}))});
  open.proposal = std::move(extended);
  return {};
}

// Open ballots: of everybody who has not cast one, whether they would vote themselves or follow somebody.
tally::Share open_share(const OpenVote& open) {
  const std::uint64_t members = open.proposal.eligible_count - open.box.participants;
  const bool is_weighted = open.proposal.method == VotingMethod::kWeighted;
  return {members, is_weighted ? open.vote.weight - open.box.weight : members};
}

Result<void> close_if_decided(const ledger::ApplyContext& context, ledger::View& view, const OpenVote& open,
                              const tally::Count* count) {
  const std::uint64_t eligible = open.proposal.eligible_count;
  if (!holds_quorum(open.contest, open.box.participants, eligible)) return {};
  const tally::Share left = open_share(open);
  if (left.members > 0 && (count == nullptr || !count->is_decided(left))) return {};
  return close_now(context.block, view, open.proposal, context.events);
}

// Into the log and its tree.
Result<BallotTaken> log_ballot(const ledger::ApplyContext& context, ledger::View& view, OpenVote& open) {
  const ledger::CheckedTransaction& transaction = context.transaction;
  const crypto::PublicKey& key = transaction.verified_key();
  BallotTaken out;
  out.vote_id = tally::vote_id_of(transaction.hash());
  out.proposal_id = open.proposal.id;
  const crypto::Hash leaf = tally::ballot_leaf(transaction.hash(), key, context.block.time);
  out.leaf_hash.bytes = to_bytes(leaf);
  add_to_peaks(open.box.peaks, open.box.ballots, leaf);
  out.sequence = ++open.box.ballots;
  out.accepted_at = context.block.time;
  out.replaced = open.earlier.has_value();
  open.box.participants += out.replaced ? 0 : 1;
  LoggedBallot logged;
  logged.transaction.bytes = to_bytes(transaction.hash());
  logged.key.bytes = to_bytes(key.bytes);
  logged.accepted_at = context.block.time;
  logged.height = context.block.height;
  ICN_TRY(kBallotLog.insert(view, {open.id, out.sequence}, logged));
  context.events.push_back(
      {std::string(kVoteEvent), codec::write_json(codec::Json::object({{"proposal_id", open.proposal.id},
                                                                       {"scope", open.proposal.scope},
                                                                       {"voter", context.sender().text()},
                                                                       {"vote_id", out.vote_id},
                                                                       {"sequence", out.sequence}}))});
  return out;
}

}  // namespace

Result<void> check_open(const ledger::BlockContext& block, const Proposal& proposal, std::uint32_t revision) {
  const std::string state(codec::enum_name(proposal.state));
  if (proposal.state == ProposalState::kExpired) return Error(kProposalExpired);
  if (proposal.state == ProposalState::kVetoed) return Error(kProposalVetoed);
  if (proposal.state != ProposalState::kVoting)
    return Error(kVotingNotActive, "the proposal is in state " + state);
  if (block.running_secs() >= proposal.voting_ends_secs) return Error(kVotingNotActive, "voting has ended");
  if (revision != proposal.revision)
    return Error(kStaleRevision, "the ballot is for revision " + std::to_string(revision) +
                                     ", the proposal is at revision " + std::to_string(proposal.revision));
  return {};
}

Result<void> check_reason(const Proposal& proposal, const std::optional<std::string>& reason) {
  if (!reason || proposal.method == VotingMethod::kConsent) return {};
  return Error(tally::kBadBallot, "reason: a text belongs into a block, named by reason_cid");
}

Result<void> check_eligible(const ledger::Reader& state, const Proposal& proposal, const Vote& vote,
                            const Did& did) {
  ICN_TRY_ASSIGN(is_eligible, was_voter(state, proposal.scope, did, vote.version));
  if (is_eligible) return {};
  ICN_TRY_ASSIGN(member, load_member(state, proposal.scope, did));
  if (!member || member->status == MemberStatus::kDeparted)
    return Error(kNotMember, did.text() + " is no member of " + proposal.scope);
  if (!may_vote(*member))
    return Error(kNotAuthorised, "the membership of " + did.text() + " is " +
                                     std::string(is_active(*member) ? codec::enum_name(member->voting)
                                                                    : codec::enum_name(member->status)));
  return Error(kNotAuthorised, did.text() + " could not vote in " + proposal.scope + " when voting opened");
}

Result<OpenVote> open_vote_for(const ledger::ApplyContext& context, const ledger::View& view,
                               const std::string& proposal_id, std::uint32_t revision) {
  OpenVote out;
  ICN_TRY_ASSIGN(proposal, load_proposal(view, proposal_id));
  ICN_TRY(check_open(context.block, proposal, revision));
  out.id = vote_key(proposal);
  ICN_TRY_ASSIGN(vote, kVotes.get(view, out.id));
  ICN_TRY_ASSIGN(box, kBoxes.get(view, out.id));
  if (!vote || !box) return Error(kBroken, "a proposal in voting has no box: " + out.id);
  ICN_TRY(check_eligible(view, proposal, *vote, context.sender()));
  ICN_TRY_ASSIGN(earlier, kBallots.get(view, {out.id, context.sender()}));
  if (earlier && may_close_early(proposal))
    return Error(kAlreadyVoted, "this vote may close early: a ballot is final");
  ICN_TRY_ASSIGN(contest, contest_of(proposal, *vote));
  out.contest = std::move(contest);
  out.proposal = std::move(proposal);
  out.vote = std::move(*vote);
  out.box = std::move(*box);
  out.earlier = std::move(earlier);
  return out;
}

Result<BallotTaken> take_ballot(const ledger::ApplyContext& context, ledger::View& view, OpenVote& open,
                                Ballot ballot) {
  const bool is_public = open.proposal.privacy == Privacy::kPublic;
  const bool may_extend = !open.proposal.is_extended && is_late(open.proposal, context.block);
  Standing before{open.box.participants, {}};
  std::unique_ptr<tally::Count> count;
  ICN_TRY_ASSIGN(share, share_of(view, open.proposal, open.vote, context.sender()));
  if (open.proposal.method == VotingMethod::kWeighted && !open.earlier) open.box.weight += share.weight;
  if (is_public && open.contest.keeps_sums) {
    ICN_TRY_ASSIGN(sums, load_sums(open.contest, open.box.sums));
    count = std::move(sums);
    if (may_extend) before.outcome = count->outcome();
    if (open.earlier) count->remove(as_text(open.earlier->packed.bytes), share);
    count->add(as_text(ballot.packed.bytes), share);
    open.box.sums.bytes = count->save();
  }
  ICN_TRY_ASSIGN(taken, log_ballot(context, view, open));
  ballot.sequence = taken.sequence;
  ballot.cast_at = context.block.time;
  ballot.transaction.bytes = to_bytes(context.transaction.hash());
  ICN_TRY(kBallots.put(view, {open.id, context.sender()}, ballot));
  ICN_TRY(kBoxes.put(view, open.id, open.box));
  if (!taken.replaced && open.vote.number != 0) {
    ICN_TRY(reputation::note(context.block, view, context.events,
                             {context.sender(), reputation::EventKind::kVoteCast, Did(), open.proposal.id,
                              reputation::VotedIn{open.proposal.scope, open.vote.number}}));
  }
  if (may_extend) {
    Standing after{open.box.participants, {}};
    if (count) after.outcome = count->outcome();
    ICN_TRY(extend_if_turned(context, view, open, before, after));
  }
  if (may_close_early(open.proposal)) ICN_TRY(close_if_decided(context, view, open, count.get()));
  return std::move(taken);
}

}  // namespace icn::governance
