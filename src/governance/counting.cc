#include "governance/counting.h"

#include <algorithm>
#include <iterator>

#include "governance/accrual.h"
#include "governance/eligible.h"
#include "governance/errors.h"
#include "governance/lifecycle.h"
#include "governance/links.h"
#include "governance/ranking_chunks.h"
#include "governance/tally/outcome_view.h"
#include "governance/tally/packing.h"
#include "governance/tally/ranked_stages.h"
#include "reputation/note.h"

namespace icn::governance {
namespace {

// A delegation that counts takes so many reads beside its own row.
constexpr std::uint64_t kReadsOfLink = 4;
// A member whose part in the vote is noted: their standing, of up to 200 votes, and their account are read
// and written.
constexpr std::uint64_t kRowsOfFollower = 16;
constexpr std::uint64_t kFollowersOfChunk = 200;

// One block's part of a count. Methods keep sums; ranked choice keeps its stages, and rows of rankings.
struct Work {
  const ledger::BlockContext& block;
  ledger::View& view;
  const Proposal& proposal;
  const Vote& vote;
  const std::string& vote_id;
  CountState& state;
  std::uint64_t rows_left;
  std::unique_ptr<tally::Count> sums;
  std::optional<tally::RankedStages> stages;
  tally::RankingGroups rankings;  // that this block added

  void add(std::string_view packed, tally::Share share) {
    if (sums) return sums->add(packed, share);
    stages->take_part(1, tally::abstains(packed));
    if (!tally::abstains(packed)) rankings.add(tally::marks_of(packed), 1);
  }
};

// What a count needs of a ballot's row, the second of its fields: to read them all is most of the work.
struct PackedOnly {
  static Result<std::string> decode(ByteView record) {
    codec::CborReader in(record);
    ICN_TRY_ASSIGN(fields, in.array());
    if (fields < 2) return Error(kBroken, "a ballot has no content");
    ICN_TRY(in.unsigned_integer());
    ICN_TRY_ASSIGN(packed, in.bytes());
    return std::string(as_text(packed));
  }
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
  ICN_TRY_ASSIGN(cursor, work.view.scan(kBallots.schema(),
                                        range_after(ledger::prefix_range(ledger::key_of(work.vote_id)),
                                                    work.state.cursor)));
  storage::Rows<std::string, PackedOnly> rows(std::move(cursor));
  Bytes& last = work.state.cursor.bytes;
  for (; work.rows_left > 0; --work.rows_left) {
    ICN_TRY_ASSIGN(packed, rows.next());
    if (!packed) {
      begin_phase(work.state, CountPhase::kDelegations);
      return {};
    }
    last.assign(rows.key().begin(), rows.key().end());
    ++work.state.rows;
    if (!packed->empty()) work.add(*packed, {});
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

Result<CountedLink> link_of(const Work& work, const Delegation& delegation, tally::Specificity specificity) {
  CountedLink out;
  out.from = delegation.from;
  out.to = delegation.to;
  out.specificity = static_cast<std::uint32_t>(specificity);
  out.created_secs = delegation.created_secs;
  out.id = delegation.id;
  ICN_TRY_ASSIGN(spans, kVoters.get(work.view, {work.proposal.scope, delegation.to}));
  out.is_to_eligible = spans && is_voter_at(*spans, work.vote.version);
  if (!out.is_to_eligible) return out;
  out.is_to_suspended = !is_voter_at(*spans, work.vote.closed_version);
  ICN_TRY_ASSIGN(packed, packed_ballot(work.view, work.vote_id, delegation.to));
  if (packed) out.to_packed.bytes = to_bytes(as_bytes(*packed));
  return out;
}

// Index values of one scope after the other: those for all scopes, then those of this one.
Result<void> gather_links(Work& work) {
  CountChunk chunk;
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
      if (work.rows_left == 0) return kCountChunks.put(work.view, {work.vote_id, work.state.chunks++}, chunk);
      ICN_TRY_ASSIGN(delegation, rows.next());
      if (!delegation) break;
      --work.rows_left;
      ++work.state.rows;
      work.state.cursor.bytes = to_bytes(rows.index_value());
      const auto specificity = speaks_of(*delegation, work.proposal, work.vote);
      if (!specificity) continue;
      ICN_TRY_ASSIGN(is_counted, counts(work, *delegation));
      if (!is_counted) continue;
      ICN_TRY_ASSIGN(link, link_of(work, *delegation, *specificity));
      chunk.links.push_back(std::move(link));
      work.rows_left -= std::min(work.rows_left, kReadsOfLink);
    }
  }
  if (!chunk.links.empty()) ICN_TRY(kCountChunks.put(work.view, {work.vote_id, work.state.chunks++}, chunk));
  begin_phase(work.state, CountPhase::kCarry);
  return {};
}

// Of a further round nothing is noted: it is one vote.
Result<void> keep_followers(Work& work, const std::vector<Did>& followers) {
  work.state.chunks = 0;
  if (work.vote.number == 0) return {};
  // A chunk is taken whole, so that it is no more than a block's rows.
  const auto step = static_cast<std::uint64_t>(work.block.parameters->governance_count_step);
  const std::uint64_t count = std::clamp<std::uint64_t>(step / kRowsOfFollower, 1, kFollowersOfChunk);
  for (std::size_t at = 0; at < followers.size(); at += count) {
    CountChunk chunk;
    const std::size_t end = std::min<std::size_t>(followers.size(), at + count);
    for (std::size_t i = at; i < end; ++i) chunk.followers.push_back(followers[i]);
    ICN_TRY(kCountChunks.put(work.view, {work.vote_id, work.state.chunks++}, chunk));
  }
  return {};
}

Result<void> carry(Work& work) {
  std::vector<CountedLink> links;
  for (std::uint64_t i = 0; i < work.state.chunks; ++i) {
    ICN_TRY_ASSIGN(chunk, kCountChunks.get(work.view, {work.vote_id, i}));
    if (!chunk) return Error(kBroken, "a chunk of delegations is missing");
    std::ranges::move(chunk->links, std::back_inserter(links));
    ICN_TRY(kCountChunks.erase(work.view, {work.vote_id, i}));
  }
  std::ranges::sort(links, {}, &CountedLink::id);  // as the audit has them
  std::vector<Did> followers;
  for (CarriedBallot& each : carried_ballots(work.vote, links)) {
    ICN_TRY_ASSIGN(share, share_of(work.view, work.proposal, work.vote, each.who));
    work.add(each.packed, share);
    ++work.state.carried;
    followers.push_back(std::move(each.who));
  }
  // Links are resolved together, however many there are: what is left of the block is less by all of them.
  work.rows_left -= std::min<std::uint64_t>(work.rows_left, kReadsOfLink * links.size());
  begin_phase(work.state, CountPhase::kCredit);
  return keep_followers(work, followers);
}

// A delegate's ballot is a member's part in the vote: domain.md 5, gamma.
Result<void> credit(Work& work) {
  for (; work.rows_left > 0 && work.state.credited < work.state.chunks; ++work.state.credited) {
    const std::tuple key{work.vote_id, work.state.credited};
    ICN_TRY_ASSIGN(chunk, kCountChunks.get(work.view, key));
    if (!chunk) return Error(kBroken, "a chunk of followers is missing");
    for (const Did& each : chunk->followers)
      ICN_TRY(reputation::note_delegated(work.view, each, {work.proposal.scope, work.vote.number}));
    ICN_TRY(kCountChunks.erase(work.view, key));
    work.rows_left -= std::min<std::uint64_t>(work.rows_left, kRowsOfFollower * chunk->followers.size());
  }
  if (work.state.credited == work.state.chunks) begin_phase(work.state, CountPhase::kAdvance);
  return {};
}

// Rankings of this block into a row.
Result<void> keep_rankings(Work& work) {
  if (work.rankings.size() == 0) return {};
  CountChunk chunk;
  chunk.rankings = rankings_of(work.rankings);
  work.rankings = {};
  return kCountChunks.put(work.view, {work.vote_id, kFirstRankings + work.state.rankings++}, chunk);
}

// Shows the rankings to one stage after the other.
Result<void> advance_stages(Work& work) {
  ICN_TRY(keep_rankings(work));
  while (work.rows_left > 0 && !work.stages->is_done()) {
    if (work.state.seen == work.state.rankings) {
      work.stages->end_stage();
      work.state.seen = 0;
      continue;
    }
    ICN_TRY_ASSIGN(chunk, kCountChunks.get(work.view, {work.vote_id, kFirstRankings + work.state.seen}));
    if (!chunk) return Error(kBroken, "a chunk of rankings is missing");
    ICN_TRY_ASSIGN(shown,
                   show_rankings(chunk->rankings, [&](std::string_view ranking, std::uint64_t members) {
                     work.stages->touch(ranking, members);
                   }));
    work.rows_left -= std::min(work.rows_left, shown);
    ++work.state.seen;
  }
  if (!work.stages->is_done()) return {};
  for (std::uint64_t i = 0; i < work.state.rankings; ++i)
    ICN_TRY(kCountChunks.erase(work.view, {work.vote_id, kFirstRankings + i}));
  work.state.phase = CountPhase::kDone;
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
    case CountPhase::kCredit:
      return credit(work);
    case CountPhase::kAdvance:
      if (work.stages) return advance_stages(work);
      work.state.phase = CountPhase::kDone;
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

// Where a count begins, or goes on: own ballots of methods that keep sums are counted already.
Result<void> load_count(Work& work, Contest& contest) {
  const Bytes& saved = work.state.sums.bytes;
  if (!contest.keeps_sums) {
    work.stages.emplace(contest.election);
    if (saved.empty()) return {};
    codec::CborReader in(saved);
    ICN_TRY(work.stages->load(in));
    return in.finish();
  }
  if (work.state.phase == CountPhase::kBallots) begin_phase(work.state, CountPhase::kDelegations);
  ICN_TRY_ASSIGN(box, kBoxes.get(work.view, work.vote_id));
  if (!box) return Error(kBroken, "a vote has no box: " + work.vote_id);
  take_accruals(*box, contest);
  ICN_TRY_ASSIGN(count, load_sums(contest, saved.empty() ? box->sums : work.state.sums));
  work.sums = std::move(count);
  return {};
}

Result<void> save_count(Work& work) {
  if (work.sums) {
    work.state.sums.bytes = work.sums->save();
  } else {
    ICN_TRY(keep_rankings(work));
    codec::CborWriter out;
    work.stages->save(out);
    work.state.sums.bytes = out.take();
  }
  return kCounts.put(work.view, work.vote_id, work.state);
}

}  // namespace

Result<std::optional<ProposalResult>> count_some(const ledger::BlockContext& block, ledger::View& view,
                                                 const Proposal& proposal, const Vote& vote,
                                                 CountState& state) {
  const std::string vote_id = vote_key(vote.proposal_id, vote.round);
  ICN_TRY_ASSIGN(contest, contest_of(proposal, vote));
  Work work{block,
            view,
            proposal,
            vote,
            vote_id,
            state,
            static_cast<std::uint64_t>(block.parameters->governance_count_step),
            nullptr,
            {},
            {}};
  ICN_TRY(load_count(work, contest));
  while (work.rows_left > 0 && state.phase != CountPhase::kDone) ICN_TRY(step(work));
  if (state.phase != CountPhase::kDone) {
    ICN_TRY(save_count(work));
    return std::optional<ProposalResult>();
  }
  const tally::Outcome outcome = work.sums ? work.sums->outcome() : work.stages->outcome();
  state.sums = {};
  state.outcome = codec::to_json_text(tally::view_of(outcome));
  ICN_TRY(kCounts.put(view, vote_id, state));
  return std::optional<ProposalResult>(result_of(proposal, contest, outcome));
}

Result<void> schedule_count(const ledger::BlockContext& block, ledger::View& view, const std::string& vote_id,
                            std::uint64_t due_secs) {
  return ledger::schedule(view, block, due_secs, kCountDue, vote_id);
}

Result<void> end_reveals(const ledger::BlockContext& block, ledger::View& view, const std::string& vote_id,
                         Vote vote) {
  ICN_TRY(ledger::unschedule(view, vote.reveal_ends_secs, kCountDue, vote_id));
  vote.reveal_ends_secs = block.running_secs();
  ICN_TRY(kVotes.put(view, vote_id, vote));
  return schedule_count(block, view, vote_id, vote.reveal_ends_secs);
}

Result<void> run_count_due(const ledger::BlockContext& block, const std::string& vote_id, ledger::View& view,
                           std::vector<ledger::Event>& events) {
  ICN_TRY_ASSIGN(vote, kVotes.get(view, vote_id));
  ICN_TRY_ASSIGN(state, kCounts.get(view, vote_id));
  if (!vote || !state) return Error(kBroken, "there is no count of " + vote_id);
  ICN_TRY_ASSIGN(proposal, load_proposal(view, vote->proposal_id));
  // Taken back meanwhile, or another round is asked.
  if (proposal.state != ProposalState::kCounting || vote_key(proposal) != vote_id) return {};
  if (!is_rooted(proposal, *vote)) return schedule_count(block, view, vote_id, block.running_secs());
  if (state->phase == CountPhase::kReveal) state->phase = CountPhase::kBallots;
  ICN_TRY_ASSIGN(result, count_some(block, view, proposal, *vote, *state));
  if (!result) return schedule_count(block, view, vote_id, block.running_secs());
  if (wants_round(proposal, *result, *block.parameters))
    return ask_again(block, view, std::move(proposal), events);
  return conclude(block, view, std::move(proposal), *result, events);
}

}  // namespace icn::governance
