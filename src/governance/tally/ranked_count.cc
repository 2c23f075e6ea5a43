#include "governance/tally/ranked_count.h"

#include <algorithm>
#include <numeric>

#include "codec/cbor_stream.h"
#include "governance/tally/errors.h"
#include "governance/tally/packing.h"

namespace icn::governance::tally {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::int64_t kVote = 100'000;

}  // namespace

RankedCount::RankedCount(const Election& election)
    : election_(election),
      piles_(election.options.size()),
      votes_(election.options.size()),
      standing_(election.options.size(), Standing::kContinuing),
      has_pending_surplus_(election.options.size()) {
  for (const auto& option : election.options) hashes_.push_back(tie_hash(election.proposal_id, option));
}

void RankedCount::add(std::string_view packed, Share share) {
  ICN_ASSERT(!has_begun_);
  participated_ += share.members;
  if (abstains(packed)) {
    abstaining_ += share.members;
  } else if (share.members > 0) {
    groups_.add(marks_of(packed), share.members);
  }
}

void RankedCount::remove(std::string_view, Share) { ICN_ASSERT(false); }

bool RankedCount::advance(std::uint64_t rows_max) {
  if (!has_begun_) {
    has_begun_ = true;
    begin(Step::kFirstPreferences, 0);
    if (groups_.size() == 0) end_step();
  }
  for (; rows_max > 0 && step_ != Step::kDone; --rows_max, ++advanced_) {
    touch(step_ == Step::kFirstPreferences ? static_cast<std::uint32_t>(cursor_) : piles_[option_][cursor_]);
    if (++cursor_ == rows_of_step()) end_step();
  }
  return step_ == Step::kDone;
}

std::uint64_t RankedCount::rows_of_step() const {
  return step_ == Step::kFirstPreferences ? groups_.size() : piles_[option_].size();
}

void RankedCount::begin(Step step, std::uint32_t option) {
  step_ = step;
  option_ = option;
  cursor_ = 0;
  surplus_ = step == Step::kSurplus ? votes_[option] - quota_ : 0;
  credited_ = votes_[option];
  last_value_ = 0;
  last_passed_on_ = 0;
}

// What a paper of this value is worth after the step.
std::uint32_t RankedCount::passed_on(std::uint32_t value) {
  if (step_ != Step::kSurplus || value == last_value_)
    return step_ == Step::kSurplus ? last_passed_on_ : value;
  last_value_ = value;
  last_passed_on_ = static_cast<std::uint32_t>(Wide(static_cast<std::uint64_t>(surplus_)) * value /
                                               static_cast<std::uint64_t>(credited_));
  return last_passed_on_;
}

// Takes a group to its next option that still continues.
void RankedCount::touch(std::uint32_t index) {
  RankingGroups::Group& group = groups_.at(index);
  if (step_ == Step::kFirstPreferences) {
    group.value = kVote;
    total_ += static_cast<std::int64_t>(group.members) * kVote;
  }
  const std::string_view ranking = groups_.ranking(group);
  while (group.next < group.size) {
    const auto option = static_cast<std::uint8_t>(ranking[group.next++]);
    if (standing_[option] != Standing::kContinuing) continue;
    group.value = passed_on(group.value);
    votes_[option] += static_cast<std::int64_t>(group.members) * group.value;
    piles_[option].push_back(index);
    return;
  }
}

void RankedCount::end_step() {
  // Steps over an empty pile take no row and end at once.
  do {
    if (step_ != Step::kFirstPreferences) {
      votes_[option_] = step_ == Step::kSurplus ? quota_ : 0;
      piles_[option_] = {};
    }
    if (election_.seats == 1) {
      end_stage_of_one();
    } else {
      end_stage_of_several();
    }
  } while (step_ != Step::kDone && piles_[option_].empty());
}

std::int64_t RankedCount::active() const {
  std::int64_t out = 0;
  for (const std::uint32_t option : continuing()) out += votes_[option];
  return out;
}

std::vector<std::uint32_t> RankedCount::continuing() const {
  std::vector<std::uint32_t> out;
  for (std::uint32_t i = 0; i < standing_.size(); ++i) {
    if (standing_[i] == Standing::kContinuing) out.push_back(i);
  }
  return out;
}

Round RankedCount::make_round() const {
  Round round;
  for (std::uint32_t i = 0; i < standing_.size(); ++i) {
    if (standing_[i] != Standing::kEliminated) round.counts.emplace_back(i, Votes{votes_[i]});
  }
  if (step_ == Step::kSurplus) round.transferred = option_;
  return round;
}

// Of the options with the most (or fewest) votes the one that comes first: by the stages before, the latest
// first, then by the hash, of which the smaller is the better.
std::uint32_t RankedCount::first_by(std::vector<std::uint32_t> options, bool wants_highest) const {
  const auto keep_best = [&](const std::vector<std::int64_t>& votes) {
    std::int64_t best = votes[options.front()];
    for (const std::uint32_t each : options) {
      best = wants_highest ? std::max(best, votes[each]) : std::min(best, votes[each]);
    }
    std::erase_if(options, [&](std::uint32_t each) { return votes[each] != best; });
  };
  keep_best(votes_);
  for (std::size_t stage = earlier_.size(); stage > 0 && options.size() > 1; --stage) {
    keep_best(earlier_[stage - 1]);
  }
  const auto less = [&](std::uint32_t left, std::uint32_t right) { return hashes_[left] < hashes_[right]; };
  return wants_highest ? *std::min_element(options.begin(), options.end(), less)
                       : *std::max_element(options.begin(), options.end(), less);
}

void RankedCount::end_stage_of_one() {
  Round round = make_round();
  const auto options = continuing();
  const std::int64_t votes = active() / kVote;
  Step next = Step::kElimination;
  std::uint32_t lowest = 0;
  if (votes == 0) {
    next = Step::kDone;
  } else {
    const std::uint32_t highest = first_by(options, true);
    if (votes_[highest] / kVote >= votes / 2 + 1) {
      next = Step::kDone;
      elect({highest}, round);
    } else {
      lowest = first_by(options, false);
      standing_[lowest] = Standing::kEliminated;
      round.eliminated.push_back(lowest);
    }
  }
  earlier_.push_back(votes_);
  rounds_.push_back(std::move(round));
  begin(next, lowest);
}

// In the order of their votes.
void RankedCount::elect(std::vector<std::uint32_t> options, Round& round) {
  while (!options.empty()) {
    const std::uint32_t next = first_by(options, true);
    std::erase(options, next);
    standing_[next] = Standing::kElected;
    has_pending_surplus_[next] = votes_[next] > quota_;
    winners_.push_back(next);
    round.elected.push_back(next);
  }
}

// Rules 47 and 52. True: all seats are filled.
bool RankedCount::elect_who_can_be(Round& round) {
  auto reached = continuing();
  std::erase_if(reached, [&](std::uint32_t each) { return votes_[each] < quota_; });
  elect(std::move(reached), round);
  auto left = continuing();
  if (winners_.size() + left.size() <= election_.seats) elect(std::move(left), round);
  return winners_.size() >= election_.seats;
}

std::optional<std::uint32_t> RankedCount::largest_surplus() const {
  std::vector<std::uint32_t> options;
  for (std::uint32_t i = 0; i < standing_.size(); ++i) {
    if (has_pending_surplus_[i]) options.push_back(i);
  }
  if (options.empty()) return std::nullopt;
  return first_by(std::move(options), true);
}

void RankedCount::end_stage_of_several() {
  if (step_ == Step::kFirstPreferences) {
    quota_ = (total_ / kVote / (static_cast<std::int64_t>(election_.seats) + 1) + 1) * kVote;
  }
  Round round = make_round();
  Step next = Step::kDone;
  std::uint32_t option = 0;
  if (total_ > 0 && !elect_who_can_be(round)) {
    if (const auto surplus = largest_surplus()) {
      next = Step::kSurplus;
      option = *surplus;
      has_pending_surplus_[option] = false;
    } else {
      next = Step::kElimination;
      option = first_by(continuing(), false);
      standing_[option] = Standing::kEliminated;
      round.eliminated.push_back(option);
    }
  }
  earlier_.push_back(votes_);
  rounds_.push_back(std::move(round));
  begin(next, option);
}

Outcome RankedCount::outcome() const {
  ICN_ASSERT(step_ == Step::kDone);
  Outcome out;
  out.options = election_.options;
  out.participated = participated_;
  out.abstain = abstaining_;
  out.winners = winners_;
  out.passes = !winners_.empty();
  out.rounds = rounds_;
  out.exhausted = {total_ - std::accumulate(votes_.begin(), votes_.end(), std::int64_t{0})};
  return out;
}

Bytes RankedCount::save() const {
  std::vector<std::uint32_t> order(groups_.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), [&](std::uint32_t left, std::uint32_t right) {
    return groups_.ranking(groups_.at(left)) < groups_.ranking(groups_.at(right));
  });
  codec::CborWriter out;
  out.array(4);
  out.unsigned_integer(participated_);
  out.unsigned_integer(abstaining_);
  out.unsigned_integer(advanced_);
  out.array(order.size());
  for (const std::uint32_t index : order) {
    out.array(2);
    out.bytes(as_bytes(groups_.ranking(groups_.at(index))));
    out.unsigned_integer(groups_.at(index).members);
  }
  return out.take();
}

Result<void> RankedCount::load(ByteView saved) {
  codec::CborReader in(saved, {.size_max = std::size_t{1} << 32});
  ICN_TRY_ASSIGN(parts, in.array());
  if (parts != 4) return Error(kBadSavedCount);
  ICN_TRY_ASSIGN(participated, in.unsigned_integer());
  ICN_TRY_ASSIGN(abstaining, in.unsigned_integer());
  ICN_TRY_ASSIGN(advanced, in.unsigned_integer());
  ICN_TRY_ASSIGN(count, in.array());
  std::string last;
  for (std::uint64_t i = 0; i < count; ++i) {
    ICN_TRY_ASSIGN(pair, in.array());
    if (pair != 2) return Error(kBadSavedCount);
    ICN_TRY_ASSIGN(ranking, in.bytes());
    ICN_TRY_ASSIGN(members, in.unsigned_integer());
    const std::string_view text = as_text(ranking);
    const bool is_in_range = std::all_of(text.begin(), text.end(), [&](char option) {
      return static_cast<std::uint8_t>(option) < election_.options.size();
    });
    if (text.empty() || text.size() > election_.options.size() || text <= last || !is_in_range ||
        members == 0) {
      return Error(kBadSavedCount, "no ranking of this vote, or one out of order");
    }
    groups_.add(text, members);
    last = text;
  }
  ICN_TRY(in.finish());
  participated_ = participated;
  abstaining_ = abstaining;
  if (advanced > 0) {
    advance(advanced);
    if (advanced_ != advanced) return Error(kBadSavedCount, "counted further than it goes");
  }
  return {};
}

}  // namespace icn::governance::tally
