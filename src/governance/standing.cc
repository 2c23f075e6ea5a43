#include "governance/standing.h"

#include "governance/accrual.h"
#include "governance/errors.h"
#include "governance/objections.h"

namespace icn::governance {
namespace {

Result<void> count_all(const ledger::Reader& state, const std::string& vote_id, tally::Count& count) {
  ICN_TRY_ASSIGN(rows, kBallots.scan(state, ledger::prefix_range(ledger::key_of(vote_id))));
  while (true) {
    ICN_TRY_ASSIGN(ballot, rows.next());
    if (!ballot) break;
    if (!ballot->packed.bytes.empty()) count.add(as_text(ballot->packed.bytes), {});
  }
  while (!count.advance(kReadCountMax)) {
  }
  return {};
}

using Counted = std::shared_ptr<const LiveCounts::Counted>;

// Null: there are too many.
Result<Counted> counted_so_far(const ledger::Reader& state, const Contest& contest,
                               const std::string& vote_id, const BallotBox& box, const CountBudget& budget) {
  if (contest.keeps_sums) {
    ICN_TRY_ASSIGN(count, load_sums(contest, box.sums));
    ICN_TRY(look_past_objections(state, contest, vote_id, *count));
    return std::make_shared<const LiveCounts::Counted>(LiveCounts::Counted{box.ballots, count->outcome()});
  }
  if (box.participants > kReadCountMax) return Counted();
  return budget.counts.get(budget.clock, vote_id, box.ballots, [&]() -> Result<tally::Outcome> {
    auto count = contest.method->start(contest.election);
    ICN_TRY(count_all(state, vote_id, *count));
    return count->outcome();
  });
}

void set_numbers(TallyStanding& out, std::uint64_t yes, std::uint64_t no, std::uint64_t veto,
                 std::uint64_t abstain) {
  out.yes = yes;
  out.no = no;
  out.veto = veto;
  out.abstain = abstain;
}

Result<void> set_counted(TallyStanding& out, const Proposal& proposal, const CountState& count) {
  ICN_TRY_ASSIGN(json, codec::parse_json(count.outcome));
  ICN_TRY_ASSIGN(outcome, codec::from_json<tally::OutcomeView>(json));
  out.is_final = true;
  out.carried = count.carried;
  out.outcome = std::move(outcome);
  if (proposal.result)
    set_numbers(out, proposal.result->yes, proposal.result->no, proposal.result->veto,
                proposal.result->abstain);
  return {};
}

}  // namespace

Result<TallyStanding> standing_of(const ledger::Reader& state, const Proposal& proposal,
                                  const CountBudget& budget) {
  const std::string vote_id = vote_key(proposal);
  ICN_TRY_ASSIGN(vote, kVotes.get(state, vote_id));
  ICN_TRY_ASSIGN(box, kBoxes.get(state, vote_id));
  if (!vote || !box) return Error(kVotingNotActive, "voting has not begun");
  ICN_TRY_ASSIGN(contest, contest_of(proposal, *vote));
  take_accruals(*box, contest);
  TallyStanding out;
  out.proposal_id = proposal.id;
  out.state = proposal.state;
  out.revision = proposal.revision;
  out.round = proposal.round;
  out.voting_method = proposal.method;
  out.eligible = proposal.eligible_count;
  out.ballots_cast = box->participants;
  out.revealed = box->reveals;
  out.quorum_needed = tally::quorum_needed(contest.quorum, proposal.eligible_count);
  ICN_TRY_ASSIGN(count, kCounts.get(state, vote_id));
  std::uint64_t participated = box->participants;
  if (count && count->phase == CountPhase::kDone) {
    ICN_TRY(set_counted(out, proposal, *count));
    participated = out.outcome->participated;
  } else if (proposal.privacy == Privacy::kPrivateUntilEnd) {
    out.is_sealed = true;
  } else {
    ICN_TRY_ASSIGN(counted, counted_so_far(state, contest, vote_id, *box, budget));
    if (counted) {
      const tally::Outcome& outcome = counted->outcome;
      set_numbers(out, outcome.yes, outcome.no, outcome.veto, outcome.abstain);
      out.outcome = tally::view_of(outcome);
      out.ballots_counted = counted->ballots;
    }
  }
  out.quorum_missing = out.quorum_needed > participated ? out.quorum_needed - participated : 0;
  if (out.outcome) out.would_pass = out.outcome->passes && !out.outcome->vetoed && out.quorum_missing == 0;
  return out;
}

Result<std::optional<codec::Json>> tally_so_far(const ledger::Reader& state, const Proposal& proposal,
                                                const CountBudget& budget) {
  auto standing = standing_of(state, proposal, budget);
  if (!standing.ok()) {
    if (standing.error().is(kVotingNotActive)) return std::optional<codec::Json>();
    return standing.error();
  }
  if (standing->is_sealed) return std::optional<codec::Json>();
  return std::optional<codec::Json>(codec::to_json(*standing));
}

}  // namespace icn::governance
