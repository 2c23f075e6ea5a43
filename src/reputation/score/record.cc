#include "reputation/score/record.h"

#include <algorithm>

namespace icn::reputation {
namespace {

bool is_activity(EventKind kind) {
  return kind == EventKind::kSuccessfulJob || kind == EventKind::kVoteCast ||
         kind == EventKind::kMediationSuccess;
}

Result<void> weigh(const ledger::BlockContext& block, ledger::View& view, const NewEvent& asked,
                   Standing& standing, Event& event) {
  const std::uint64_t today = day_of(block.time);
  event.weight_ppm = kOne;
  event.delta = event.base;
  if (event.base.thousandths <= 0) return {};
  if (standing.gain_day != today) standing.gained = {};
  standing.gain_day = today;
  const Points room = std::max(Points{block.parameters->reputation_day_gain_max} - standing.gained, Points{});
  if (room.thousandths == 0 || block.running_secs() < standing.frozen_until_secs) {
    event.delta = {};
    return {};
  }
  if (!asked.source.empty()) {
    ICN_TRY_ASSIGN(known, kPairs.get(view, {asked.did, asked.source}));
    Pair pair = known.value_or(Pair{});
    const std::uint64_t n = recent(pair.positive, today) + 1;
    event.weight_ppm = static_cast<std::uint32_t>(kOne / n);
    event.delta = damped(event.base, n);
    if (event.delta.thousandths == 0) return {};
    count_day(pair.positive, today, kOne);
    ICN_TRY(kPairs.put(view, {asked.did, asked.source}, pair));
    if (!known) ++standing.counterparties;
  }
  event.delta = std::min(event.delta, room);
  standing.gained = standing.gained + event.delta;
  return {};
}

void count_ballot(Standing& standing, const VotedIn& vote) {
  const auto place = std::ranges::lower_bound(standing.engagement, vote.scope, {}, &Engagement::scope);
  if (place == standing.engagement.end() || place->scope != vote.scope || vote.number <= place->since) return;
  auto& voted = place->voted;
  const auto at = std::ranges::lower_bound(voted, vote.number);
  if (at != voted.end() && *at == vote.number) return;
  voted.insert(at, vote.number);
  // A scope shows no more votes than that: older numbers can no longer count.
  if (voted.size() > kScopeVotesMax) voted.erase(voted.begin());
}

// What jobs tell beside their event.
void count_job(const NewEvent& asked, Standing& standing) {
  if (asked.kind == EventKind::kFailedJob) standing.failures = std::min(standing.failures + 1, kReceiptsMax);
  if (asked.kind != EventKind::kSuccessfulJob) return;
  standing.receipts = std::min(standing.receipts + 1, kReceiptsMax);
  Proven& proven = standing.proven;
  proven.cpu_cores = std::max(proven.cpu_cores, asked.proven.cpu_cores);
  proven.memory_mb = std::max(proven.memory_mb, asked.proven.memory_mb);
  proven.storage_mb = std::max(proven.storage_mb, asked.proven.storage_mb);
  proven.gpu = std::max(proven.gpu, asked.proven.gpu);
}

}  // namespace

Result<Standing> load_standing(const ledger::Reader& state, const Did& did) {
  ICN_TRY_ASSIGN(found, kStandings.get(state, did));
  return found.value_or(Standing{});
}

Result<Recorded> record(const ledger::BlockContext& block, ledger::View& view, const NewEvent& asked) {
  Recorded out;
  if (asked.source == asked.did) return out;
  ICN_TRY_ASSIGN(before, load_standing(view, asked.did));
  Standing standing = before;
  Event& event = out.event;
  event.kind = asked.kind;
  event.base = delta_of(asked.kind, *block.parameters);
  event.source = asked.source;
  event.reference = asked.reference;
  event.at = block.time;
  if (is_activity(asked.kind)) count_day(standing.activity, day_of(block.time), kActivityMax);
  count_job(asked, standing);
  if (asked.voted_in) count_ballot(standing, *asked.voted_in);
  ICN_TRY(weigh(block, view, asked, standing, event));
  if (event.delta.thousandths != 0) {
    const Points score = score_at(standing, block.time);
    standing.score = clamped(score + event.delta);
    event.applied = standing.score - score;
    standing.last_event = block.time;
    out.number = ++standing.events;
    ICN_TRY(kEvents.insert(view, {asked.did, out.number}, event));
  }
  out.score = score_at(standing, block.time);
  out.is_changed = standing != before;
  if (out.is_changed) ICN_TRY(kStandings.put(view, asked.did, standing));
  return out;
}

Result<Event> load_event(const ledger::Reader& state, const Did& did, std::uint64_t number) {
  ICN_TRY_ASSIGN(event, kEvents.get(state, {did, number}));
  if (!event) return Error(kEventNotFound, did.text() + " has no event " + std::to_string(number));
  return std::move(*event);
}

Result<void> set_event_state(const ledger::BlockContext& block, ledger::View& view, const Did& did,
                             std::uint64_t number, EventState state) {
  ICN_TRY_ASSIGN(event, load_event(view, did, number));
  ICN_TRY_ASSIGN(standing, load_standing(view, did));
  const bool did_count = event.state == EventState::kCounts;
  const bool does_count = state == EventState::kCounts;
  standing.contested -= event.state == EventState::kContested ? 1 : 0;
  standing.contested += state == EventState::kContested ? 1 : 0;
  if (did_count != does_count) {
    // Fading is settled first; being contested is no event and ends no idle time.
    const Points score = score_at(standing, block.time);
    const Points moved = does_count ? score + event.delta : score - event.applied;
    const Points after = clamped(moved);
    if (does_count) event.applied = after - score;
    standing.score = clamped(standing.score + (after - score));
  }
  event.state = state;
  ICN_TRY(kEvents.put(view, {did, number}, event));
  return kStandings.put(view, did, standing);
}

Result<bool> count_delegated(ledger::View& view, const Did& did, const VotedIn& vote) {
  ICN_TRY_ASSIGN(before, load_standing(view, did));
  Standing after = before;
  count_ballot(after, vote);
  if (after == before) return false;
  ICN_TRY(kStandings.put(view, did, after));
  return true;
}

Result<void> note_endorsing(const ledger::BlockContext& block, ledger::View& view, const Did& did) {
  ICN_TRY_ASSIGN(standing, load_standing(view, did));
  if (!count_day(standing.activity, day_of(block.time), kActivityMax)) return {};
  return kStandings.put(view, did, standing);
}

Result<void> freeze(ledger::View& view, const Did& did, std::uint64_t until_secs) {
  ICN_TRY_ASSIGN(standing, load_standing(view, did));
  standing.frozen_until_secs = std::max(standing.frozen_until_secs, until_secs);
  return kStandings.put(view, did, standing);
}

Result<void> note_endorser(ledger::View& view, const Did& did) {
  ICN_TRY_ASSIGN(standing, load_standing(view, did));
  ++standing.endorsements;
  return kStandings.put(view, did, standing);
}

Result<std::uint64_t> note_vote_opened(ledger::View& view, const std::string& scope,
                                       std::uint64_t counted_day, std::uint64_t today) {
  ICN_TRY_ASSIGN(stored, kScopeVotes.get(view, scope));
  ScopeVotes votes = stored.value_or(ScopeVotes{});
  votes.votes.push_back({++votes.opened, counted_day});
  std::erase_if(votes.votes,
                [today](const OpenedVote& each) { return each.counted_day + kEngagementDays <= today; });
  if (votes.votes.size() > kScopeVotesMax) votes.votes.erase(votes.votes.begin());
  ICN_TRY(kScopeVotes.put(view, scope, votes));
  return votes.opened;
}

Result<void> note_voter(ledger::View& view, const std::string& scope, const Did& did, bool is_voter) {
  ICN_TRY_ASSIGN(standing, load_standing(view, did));
  std::erase_if(standing.engagement, [&](const Engagement& each) { return each.scope == scope; });
  if (is_voter) {
    ICN_TRY_ASSIGN(votes, kScopeVotes.get(view, scope));
    const auto place = std::ranges::lower_bound(standing.engagement, scope, {}, &Engagement::scope);
    standing.engagement.insert(place, {scope, votes ? votes->opened : 0, {}});
  }
  return kStandings.put(view, did, standing);
}

Result<Turnout> turnout_of(const ledger::Reader& state, const Standing& standing, std::uint64_t day) {
  Turnout out;
  for (const Engagement& engagement : standing.engagement) {
    ICN_TRY_ASSIGN(votes, kScopeVotes.get(state, engagement.scope));
    if (!votes) continue;
    const Turnout here = turnout(engagement, *votes, day);
    out.eligible += here.eligible;
    out.voted += here.voted;
  }
  return out;
}

}  // namespace icn::reputation
