#include "governance/accrual.h"

#include "governance/errors.h"
#include "governance/lifecycle.h"

namespace icn::governance {

Result<void> schedule_accrual(const ledger::BlockContext& block, ledger::View& view,
                              const Proposal& proposal) {
  const std::uint64_t days = (block.running_secs() - proposal.voting_starts_secs) / kAccrualSecs + 1;
  const std::uint64_t next_secs = proposal.voting_starts_secs + days * kAccrualSecs;
  if (next_secs > proposal.voting_ends_secs) return {};
  return ledger::schedule(view, block, next_secs, kAccrualDue, vote_key(proposal));
}

void take_accruals(const BallotBox& box, Contest& contest) { contest.election.supporters = box.supporters; }

Result<void> run_accrual_due(const ledger::BlockContext& block, const std::string& vote_id,
                             ledger::View& view, std::vector<ledger::Event>& events) {
  ICN_TRY_ASSIGN(vote, kVotes.get(view, vote_id));
  ICN_TRY_ASSIGN(box, kBoxes.get(view, vote_id));
  if (!vote || !box) return Error(kBroken, "there is no vote " + vote_id);
  ICN_TRY_ASSIGN(proposal, load_proposal(view, vote->proposal_id));
  if (proposal.state != ProposalState::kVoting || vote_key(proposal) != vote_id) return {};
  ICN_TRY_ASSIGN(contest, contest_of(proposal, *vote));
  {
    ICN_TRY_ASSIGN(count, load_sums(contest, box->sums));
    box->supporters.push_back(count->outcome().yes);
  }
  box->accruals.push_back(box->ballots);
  ICN_TRY(kBoxes.put(view, vote_id, *box));
  take_accruals(*box, contest);
  ICN_TRY_ASSIGN(count, load_sums(contest, box->sums));
  if (count->outcome().passes && holds_quorum(contest, box->participants, proposal.eligible_count))
    return close_now(block, view, std::move(proposal), events);
  return schedule_accrual(block, view, proposal);
}

}  // namespace icn::governance
