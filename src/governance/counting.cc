#include "governance/counting.h"

#include <algorithm>
#include <iterator>

#include "governance/eligible.h"
#include "governance/errors.h"
#include "governance/lifecycle.h"
#include "governance/links.h"
#include "governance/tally/outcome_view.h"

namespace icn::governance {
namespace {

struct Work {
  const ledger::BlockContext& block;
  ledger::View& view;
  const Proposal& proposal;
  const Vote& vote;
  const std::string& vote_id;
  const Contest& contest;
  tally::Count& count;
  CountState& state;
  std::uint64_t rows_left;
};

// From the row after `cursor` on, if there is one.
ledger::ScanRange range_after(ledger::ScanRange range, const codec::HexBytes& cursor) {
  if (cursor.bytes.empty()) return range;
  range.from = cursor.bytes;
  range.from.push_back(0);
  return range;
}

void begin_phase(CountState& state, CountPhase phase) {
  state.phase = phase;
  state.cursor = {};
}

Result<void> add_ballots(Work& work) {
  ICN_TRY_ASSIGN(rows,
                 kBallots.scan(work.view, range_after(ledger::prefix_range(ledger::key_of(work.vote_id)),
                                                      work.state.cursor)));
  for (; work.rows_left > 0; --work.rows_left) {
    ICN_TRY_ASSIGN(ballot, rows.next());
    if (!ballot) {
      begin_phase(work.state, CountPhase::kDelegations);
      return {};
    }
    work.state.cursor.bytes = to_bytes(rows.key());
    ++work.state.rows;
    if (!ballot->packed.bytes.empty()) work.count.add(as_text(ballot->packed.bytes), {});
  }
  return {};
}

// A delegator's own ballot stands before every delegation.
Result<bool> counts(const Work& work, const Delegation& delegation) {
  ICN_TRY_ASSIGN(is_eligible, was_voter(work.view, work.proposal.scope, delegation.from, work.vote.version));
  if (!is_eligible) return false;
  ICN_TRY_ASSIGN(own, packed_ballot(work.view, work.vote_id, delegation.from));
  return !own.has_value();
}

// Index values of one scope after the other: those for all scopes, then those of this one.
Result<void> gather_links(Work& work) {
  LinkChunk chunk;
  const std::string scopes[] = {"", work.proposal.scope};
  std::size_t lane = 0;
  const Bytes second = ledger::key_of(work.proposal.scope);
  if (!work.state.cursor.bytes.empty() &&
      std::ranges::equal(
          second,
          ByteView(work.state.cursor.bytes).first(std::min(second.size(), work.state.cursor.bytes.size()))))
    lane = 1;
  bool is_resumed = !work.state.cursor.bytes.empty();
  for (; lane < std::size(scopes); ++lane) {
    ledger::ScanRange range = ledger::prefix_range(ledger::key_of(scopes[lane]), kByDelegationScope);
    if (is_resumed) range = range_after(std::move(range), work.state.cursor);
    is_resumed = false;
    ICN_TRY_ASSIGN(rows, kDelegations.scan(work.view, range));
    while (true) {
      if (work.rows_left == 0) return kLinks.put(work.view, {work.vote_id, work.state.chunks++}, chunk);
      ICN_TRY_ASSIGN(delegation, rows.next());
      if (!delegation) break;
      --work.rows_left;
      ++work.state.rows;
      work.state.cursor.bytes = to_bytes(rows.index_value());
      const auto specificity = speaks_of(*delegation, work.proposal, work.vote);
      if (!specificity) continue;
      ICN_TRY_ASSIGN(is_counted, counts(work, *delegation));
      if (!is_counted) continue;
      chunk.links.push_back({delegation->from, delegation->to, static_cast<std::uint32_t>(*specificity),
                             delegation->created_secs, delegation->id});
    }
  }
  if (!chunk.links.empty()) ICN_TRY(kLinks.put(work.view, {work.vote_id, work.state.chunks++}, chunk));
  begin_phase(work.state, CountPhase::kCarry);
  return {};
}

Result<void> carry(Work& work) {
  std::vector<CountedLink> links;
  for (std::uint64_t i = 0; i < work.state.chunks; ++i) {
    ICN_TRY_ASSIGN(chunk, kLinks.get(work.view, {work.vote_id, i}));
    if (!chunk) return Error(kBroken, "a chunk of delegations is missing");
    std::ranges::move(chunk->links, std::back_inserter(links));
    ICN_TRY(kLinks.erase(work.view, {work.vote_id, i}));
  }
  std::ranges::sort(links, {}, &CountedLink::id);  // as the audit has them
  ICN_TRY_ASSIGN(all, resolve_links(work.view, work.proposal, work.vote, links));
  for (std::size_t i = 0; i < all.members.size(); ++i) {
    const tally::ResolvedMember& member = all.resolved[i];
    if (member.following != tally::Following::kFollows) continue;
    work.count.add(all.packed[member.end], {});
    ++work.state.carried;
  }
  begin_phase(work.state, CountPhase::kAdvance);
  return {};
}

Result<void> step(Work& work) {
  switch (work.state.phase) {
    case CountPhase::kBallots:
      return add_ballots(work);
    case CountPhase::kDelegations:
      if (work.proposal.delegation) return gather_links(work);
      begin_phase(work.state, CountPhase::kAdvance);
      return {};
    case CountPhase::kCarry:
      return carry(work);
    case CountPhase::kAdvance:
      if (work.count.advance(work.rows_left)) {
        work.state.phase = CountPhase::kDone;
      } else {
        work.rows_left = 0;
      }
      return {};
    default:
      return Error(kBroken, "a vote is counted that is " + std::string(codec::enum_name(work.state.phase)));
  }
}

ProposalResult result_of(const Proposal& proposal, const Contest& contest, const tally::Outcome& outcome) {
  ProposalResult out;
  out.yes = outcome.yes;
  out.no = outcome.no;
  out.veto = outcome.veto;
  out.abstain = outcome.abstain;
  out.participated = outcome.participated;
  out.eligible = proposal.eligible_count;
  out.quorum_met = holds_quorum(contest, outcome.participated, proposal.eligible_count);
  out.vetoed = outcome.vetoed;
  out.passed = out.quorum_met && outcome.passes && !outcome.vetoed;
  if (has_options(proposal.method)) {
    for (const std::uint32_t winner : outcome.winners) out.winners.push_back(outcome.options[winner]);
  }
  out.rounds = std::max(proposal.round, static_cast<std::uint32_t>(outcome.rounds.size()));
  return out;
}

// Where a count begins: own ballots of methods that keep sums are counted already.
Result<std::unique_ptr<tally::Count>> load_count(const ledger::View& view, const Contest& contest,
                                                 const std::string& vote_id, CountState& state) {
  if (!state.sums.bytes.empty()) return contest.method->load(contest.election, state.sums.bytes);
  if (!contest.keeps_sums) return contest.method->start(contest.election);
  if (state.phase == CountPhase::kBallots) begin_phase(state, CountPhase::kDelegations);
  ICN_TRY_ASSIGN(box, kBoxes.get(view, vote_id));
  if (!box) return Error(kBroken, "a vote has no box: " + vote_id);
  return load_sums(contest, box->sums);
}

}  // namespace

Result<std::optional<ProposalResult>> count_some(const ledger::BlockContext& block, ledger::View& view,
                                                 const Proposal& proposal, const Vote& vote,
                                                 CountState& state) {
  const std::string vote_id = vote_key(vote.proposal_id, vote.round);
  ICN_TRY_ASSIGN(contest, contest_of(proposal, *block.parameters));
  ICN_TRY_ASSIGN(count, load_count(view, contest, vote_id, state));
  Work work{block,  view,    proposal,
            vote,   vote_id, contest,
            *count, state,   static_cast<std::uint64_t>(block.parameters->governance_count_step)};
  while (work.rows_left > 0 && state.phase != CountPhase::kDone) ICN_TRY(step(work));
  if (state.phase != CountPhase::kDone) {
    state.sums.bytes = count->save();
    ICN_TRY(kCounts.put(view, vote_id, state));
    return std::optional<ProposalResult>();
  }
  const tally::Outcome outcome = count->outcome();
  state.sums = {};
  state.outcome = codec::to_json_text(tally::view_of(outcome));
  ICN_TRY(kCounts.put(view, vote_id, state));
  return std::optional<ProposalResult>(result_of(proposal, contest, outcome));
}

Result<void> schedule_count(const ledger::BlockContext& block, ledger::View& view, const std::string& vote_id,
                            std::uint64_t due_secs) {
  return ledger::schedule(view, block, due_secs, kCountDue, vote_id);
}

Result<void> run_count_due(const ledger::BlockContext& block, const std::string& vote_id, ledger::View& view,
                           std::vector<ledger::Event>& events) {
  ICN_TRY_ASSIGN(vote, kVotes.get(view, vote_id));
  ICN_TRY_ASSIGN(state, kCounts.get(view, vote_id));
  if (!vote || !state) return Error(kBroken, "there is no count of " + vote_id);
  ICN_TRY_ASSIGN(proposal, load_proposal(view, vote->proposal_id));
  if (proposal.state != ProposalState::kCounting) return {};  // taken back meanwhile
  if (!is_rooted(proposal, *vote)) return schedule_count(block, view, vote_id, block.running_secs());
  if (state->phase == CountPhase::kReveal) state->phase = CountPhase::kBallots;
  ICN_TRY_ASSIGN(result, count_some(block, view, proposal, *vote, *state));
  if (!result) return schedule_count(block, view, vote_id, block.running_secs());
  if (wants_round(proposal, *result, *block.parameters))
    return ask_again(block, view, std::move(proposal), events);
  return conclude(block, view, std::move(proposal), *result, events);
}

}  // namespace icn::governance
