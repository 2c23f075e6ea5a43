#include "governance/tally/ranked_stages.h"

#include <algorithm>
#include <numeric>

#include "base/assert.h"
#include "governance/tally/errors.h"

namespace icn::governance::tally {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::int64_t kVote = 100'000;

std::uint8_t option_at(std::string_view ranking, std::size_t place) {
  return static_cast<std::uint8_t>(ranking[place]);
}

}  // namespace

RankedStages::RankedStages(const Election& election)
    : election_(election),
      votes_(election.options.size()),
      stopped_at_(election.options.size(), kNever),
      is_surplus_pending_(election.options.size()) {
  for (const auto& option : election.options) hashes_.push_back(tie_hash(election.proposal_id, option));
}

void RankedStages::take_part(std::uint64_t members, bool abstains) {
  participated_ += members;
  if (abstains) abstaining_ += members;
}

std::uint32_t RankedStages::passed_on(const Transfer& transfer, std::uint32_t value) {
  if (!transfer.is_surplus) return value;
  if (value == kVote && transfer.of_whole != 0) return transfer.of_whole;
  return static_cast<std::uint32_t>(Wide(static_cast<std::uint64_t>(transfer.surplus)) * value /
                                    static_cast<std::uint64_t>(transfer.credited));
}

RankedStages::Transfer RankedStages::make_transfer(bool is_surplus, std::uint32_t option) const {
  Transfer out{is_surplus, option, is_surplus ? votes_[option] - quota() : 0, votes_[option], 0};
  out.of_whole = passed_on(out, kVote);
  return out;
}

// Follows the paper through the stages that ended; it moves now if it lies with the option whose turn it is.
std::uint32_t RankedStages::touch(std::string_view ranking, std::uint64_t members) {
  const auto weight = static_cast<std::int64_t>(members);
  std::uint32_t option = option_at(ranking, 0);
  const std::size_t now = stages_.size();
  if (now == 0) {
    total_ += weight * kVote;
    votes_[option] += weight * kVote;
    return option;
  }
  std::size_t next = 1;
  std::uint32_t value = kVote;
  for (std::size_t stage = 1; stage <= now; ++stage) {
    const Transfer& transfer = stage == now ? transfer_ : stages_[stage].transfer;
    if (transfer.option != option) continue;
    while (next < ranking.size() && stopped_at_[option_at(ranking, next)] < stage) ++next;
    if (next == ranking.size()) return kNowhere;
    value = passed_on(transfer, value);
    option = option_at(ranking, next++);
    if (stage == now) votes_[option] += weight * value;
  }
  return option;
}

void RankedStages::end_stage() {
  ICN_ASSERT(!is_done_);
  do {
    if (!stages_.empty()) votes_[transfer_.option] = transfer_.is_surplus ? quota() : 0;
    Stage stage;
    stage.transfer = transfer_;
    transfer_ = election_.seats == 1 ? end_stage_of_one(stage) : end_stage_of_several(stage);
    stage.votes = votes_;
    stages_.push_back(std::move(stage));
  } while (!is_done_ && votes_[transfer_.option] == 0);
}

RankedStages::Options RankedStages::continuing() const {
  Options out;
  for (std::uint32_t i = 0; i < stopped_at_.size(); ++i) {
    if (continues(i)) out.push_back(i);
  }
  return out;
}

// Of the options with the most (or fewest) votes the one that comes first: by the stages before, the latest
// first, then by the hash, of which the smaller is the better.
std::uint32_t RankedStages::first_by(Options options, bool wants_highest) const {
  const auto keep_best = [&](const std::vector<std::int64_t>& votes) {
    std::int64_t best = votes[options.front()];
    for (const std::uint32_t each : options) {
      best = wants_highest ? std::max(best, votes[each]) : std::min(best, votes[each]);
    }
    std::erase_if(options, [&](std::uint32_t each) { return votes[each] != best; });
  };
  keep_best(votes_);
  for (std::size_t stage = stages_.size(); stage > 0 && options.size() > 1; --stage) {
    keep_best(stages_[stage - 1].votes);
  }
  const auto less = [&](std::uint32_t left, std::uint32_t right) { return hashes_[left] < hashes_[right]; };
  return wants_highest ? *std::min_element(options.begin(), options.end(), less)
                       : *std::max_element(options.begin(), options.end(), less);
}

RankedStages::Transfer RankedStages::end_stage_of_one(Stage& stage) {
  const Options options = continuing();
  std::int64_t active = 0;
  for (const std::uint32_t option : options) active += votes_[option];
  const std::int64_t votes = active / kVote;
  is_done_ = votes == 0;
  if (is_done_) return {};
  const std::uint32_t highest = first_by(options, true);
  if (votes_[highest] / kVote >= votes / 2 + 1) {
    is_done_ = true;
    elect({highest}, stage);
    return {};
  }
  const std::uint32_t lowest = first_by(options, false);
  stop(lowest);
  stage.eliminated = lowest;
  return make_transfer(false, lowest);
}

std::int64_t RankedStages::quota() const {
  return (total_ / kVote / (static_cast<std::int64_t>(election_.seats) + 1) + 1) * kVote;
}

// In the order of their votes.
void RankedStages::elect(Options options, Stage& stage) {
  while (!options.empty()) {
    const std::uint32_t next = first_by(options, true);
    std::erase(options, next);
    stop(next);
    is_surplus_pending_[next] = votes_[next] > quota();
    stage.elected.push_back(next);
    ++elected_;
  }
}

// Rules 47 and 52. True: all seats are filled.
bool RankedStages::elect_who_can_be(Stage& stage) {
  Options reached = continuing();
  std::erase_if(reached, [&](std::uint32_t each) { return votes_[each] < quota(); });
  elect(std::move(reached), stage);
  Options left = continuing();
  if (elected_ + left.size() <= election_.seats) elect(std::move(left), stage);
  return elected_ >= election_.seats;
}

std::optional<std::uint32_t> RankedStages::largest_surplus() const {
  Options options;
  for (std::uint32_t i = 0; i < is_surplus_pending_.size(); ++i) {
    if (is_surplus_pending_[i]) options.push_back(i);
  }
  if (options.empty()) return std::nullopt;
  return first_by(std::move(options), true);
}

RankedStages::Transfer RankedStages::end_stage_of_several(Stage& stage) {
  is_done_ = total_ == 0 || elect_who_can_be(stage);
  if (is_done_) return {};
  if (const auto surplus = largest_surplus()) {
    is_surplus_pending_[*surplus] = false;
    return make_transfer(true, *surplus);
  }
  const std::uint32_t lowest = first_by(continuing(), false);
  stop(lowest);
  stage.eliminated = lowest;
  return make_transfer(false, lowest);
}

Outcome RankedStages::outcome() const {
  ICN_ASSERT(is_done_);
  Outcome out;
  out.options = election_.options;
  out.participated = participated_;
  out.abstain = abstaining_;
  std::vector<bool> is_gone(votes_.size());
  for (std::size_t i = 0; i < stages_.size(); ++i) {
    const Stage& stage = stages_[i];
    Round round;
    for (std::uint32_t option = 0; option < votes_.size(); ++option) {
      if (!is_gone[option]) round.counts.emplace_back(option, Votes{stage.votes[option]});
    }
    if (i > 0 && stage.transfer.is_surplus) round.transferred = stage.transfer.option;
    round.elected = stage.elected;
    out.winners.insert(out.winners.end(), stage.elected.begin(), stage.elected.end());
    if (stage.eliminated) {
      round.eliminated.push_back(*stage.eliminated);
      is_gone[*stage.eliminated] = true;
    }
    out.rounds.push_back(std::move(round));
  }
  out.passes = !out.winners.empty();
  out.exhausted = {total_ - std::accumulate(votes_.begin(), votes_.end(), std::int64_t{0})};
  return out;
}

}  // namespace icn::governance::tally
