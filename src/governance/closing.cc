#include "governance/closing.h"

#include <algorithm>

#include "governance/accrual.h"
#include "governance/counting.h"
#include "governance/eligible.h"
#include "governance/errors.h"
#include "governance/members.h"
#include "governance/objections.h"
#include "governance/reminders.h"
#include "governance/tally/delegation.h"
#include "reputation/score/record.h"

namespace icn::governance {
namespace {

Result<void> fix_closing(const ledger::BlockContext& block, ledger::View& view, const Proposal& proposal,
                         Vote& vote) {
  ICN_TRY_ASSIGN(version, voter_version(view, proposal.scope));
  vote.closed_secs = proposal.voting_ends_secs;
  vote.closed_at = block.time;
  vote.closed_version = version;
  const ledger::Parameters& parameters = *block.parameters;
  vote.hops_max = static_cast<std::uint32_t>(parameters.governance_delegation_hops_max);
  vote.carried_max = tally::carried_max(proposal.eligible_count,
                                        static_cast<std::uint64_t>(parameters.governance_delegation_cap_ppm),
                                        static_cast<std::uint64_t>(parameters.governance_delegation_cap_min));
  if (proposal.privacy == Privacy::kPrivateUntilEnd)
    vote.reveal_ends_secs =
        block.running_secs() + static_cast<std::uint64_t>(block.parameters->governance_reveal_secs);
  return kVotes.put(view, vote_key(proposal), vote);
}

// Where no ballot was cast nothing is waited for.
Result<void> begin_reveals(const ledger::BlockContext& block, ledger::View& view, const Proposal& proposal,
                           const Vote& vote, std::vector<ledger::Event>& events) {
  const std::string vote_id = vote_key(proposal);
  CountState state;
  state.phase = CountPhase::kReveal;
  ICN_TRY(kCounts.put(view, vote_id, state));
  ICN_TRY(schedule_count(block, view, vote_id, vote.reveal_ends_secs));
  ICN_TRY_ASSIGN(box, kBoxes.get(view, vote_id));
  if (!box) return Error(kBroken, "a vote has no box: " + vote_id);
  if (box->participants == 0) return end_reveals(block, view, vote_id, vote);
  events.push_back(
      {std::string(kRevealEvent), codec::write_json(codec::Json::object(
                                      {{"proposal_id", proposal.id},
                                       {"scope", proposal.scope},
                                       {"reveal_ends", vote.reveal_ends_secs + block.standstill_secs}}))});
  return {};
}

}  // namespace

bool is_counted(VotingMethod method, Privacy privacy) {
  // Sealed ballots say nothing day by day.
  if (method == VotingMethod::kConviction) return privacy == Privacy::kPublic;
  return privacy != Privacy::kPseudonymous;
}

Result<void> open_voting(const ledger::BlockContext& block, ledger::View& view, Proposal& proposal) {
  ICN_TRY_ASSIGN(scope, load_scope(view, proposal.scope));
  ICN_TRY_ASSIGN(version, voter_version(view, proposal.scope));
  Vote vote;
  vote.proposal_id = proposal.id;
  vote.round = proposal.round;
  vote.version = version;
  const ledger::Parameters& parameters = *block.parameters;
  vote.has_fallen_back = proposal.method == VotingMethod::kConsensus &&
                         proposal.method_params.falls_to_supermajority &&
                         proposal.round >= static_cast<std::uint64_t>(parameters.governance_rounds_max);
  vote.decay_ppm = std::min<std::uint64_t>(
      999'999, static_cast<std::uint64_t>(parameters.governance_conviction_decay_ppm));
  vote.share_ppm = static_cast<std::uint64_t>(parameters.governance_conviction_share_ppm);
  if (proposal.round == 1) {
    // It counts as one that could have been voted in when its voting is over.
    const std::uint64_t counted_day = reputation::day_of(proposal.voting_ends_secs) + 1;
    ICN_TRY_ASSIGN(number, reputation::note_vote_opened(view, proposal.scope, counted_day,
                                                        reputation::day_of(block.running_secs())));
    vote.number = number;
  }
  if (proposal.method == VotingMethod::kWeighted) {
    ICN_TRY_ASSIGN(weight, total_weight(view, proposal.scope, scope.voters));
    vote.weight = weight;
  }
  ICN_TRY(fix_eligible(block, view, proposal, vote, scope.voters));
  ICN_TRY_ASSIGN(contest, contest_of(proposal, vote));
  BallotBox box;
  if (contest.keeps_sums) box.sums.bytes = contest.method->start(contest.election)->save();
  ICN_TRY(kBoxes.put(view, vote_key(proposal), box));
  if (proposal.method == VotingMethod::kConviction) ICN_TRY(schedule_accrual(block, view, proposal));
  ICN_TRY(schedule_reminder(block, view, proposal));
  return kVotes.put(view, vote_key(proposal), vote);
}

Result<Closing> close_voting(const ledger::BlockContext& block, ledger::View& view, Proposal& proposal,
                             std::vector<ledger::Event>& events) {
  const std::string vote_id = vote_key(proposal);
  ICN_TRY_ASSIGN(vote, kVotes.get(view, vote_id));
  if (!vote) return Error(kBroken, "a vote closes that never opened: " + vote_id);
  ICN_TRY(fix_closing(block, view, proposal, *vote));
  if (proposal.method == VotingMethod::kConsent) {
    ICN_TRY_ASSIGN(contest, contest_of(proposal, *vote));
    ICN_TRY_ASSIGN(box, kBoxes.get(view, vote_id));
    if (!box) return Error(kBroken, "a vote has no box: " + vote_id);
    ICN_TRY(set_objections_aside(view, contest, vote_id, *box));
    ICN_TRY(kBoxes.put(view, vote_id, *box));
  }
  CountState state;
  if (proposal.privacy == Privacy::kPrivateUntilEnd) {
    ICN_TRY(begin_reveals(block, view, proposal, *vote, events));
    return Closing{};
  }
  if (!is_rooted(proposal, *vote)) {
    ICN_TRY(kCounts.put(view, vote_id, state));
    ICN_TRY(schedule_count(block, view, vote_id, block.running_secs()));
    return Closing{};
  }
  ICN_TRY_ASSIGN(result, count_some(block, view, proposal, *vote, state));
  if (!result) {
    ICN_TRY(schedule_count(block, view, vote_id, block.running_secs()));
    return Closing{};
  }
  Closing closing;
  closing.opens_round = wants_round(proposal, *result, *block.parameters);
  if (!closing.opens_round) closing.result = std::move(*result);
  return closing;
}

std::vector<ledger::DueHandler> ballot_due_handlers() {
  return {{kEligibleDue, &run_eligible_due},
          {kCountDue, &run_count_due},
          {kAccrualDue, &run_accrual_due},
          {kReminderDue, &run_reminder_due}};
}

std::vector<ledger::TableIndexer> ballot_indexers() {
  return {ledger::table_indexer<kDelegations>(), ledger::table_indexer<kObjections>()};
}

std::vector<storage::TableSchema> ballot_tables() {
  return storage::TableSet(kBallots, kDelegations, kVoters, kVotes, kBoxes, kBallotLog, kRevealLog, kCounts,
                           kCountChunks, kVoterVersions, kObjections, kJudgements)
      .schemas();
}

}  // namespace icn::governance
