#include "governance/live_counts.h"

#include <algorithm>

namespace icn::governance {

std::shared_ptr<const LiveCounts::Counted> LiveCounts::find(const std::string& vote_id) {
  const auto found = std::ranges::find(kept_, vote_id, &Kept::vote_id);
  if (found == kept_.end()) return nullptr;
  kept_.splice(kept_.begin(), kept_, found);
  return kept_.front().counted;
}

void LiveCounts::keep(const std::string& vote_id, std::shared_ptr<const Counted> counted) {
  const auto known = find(vote_id);
  if (known && known->ballots >= counted->ballots) return;
  if (known) {
    kept_.front().counted = std::move(counted);
    return;
  }
  kept_.push_front({vote_id, std::move(counted)});
  if (kept_.size() > kVotesMax) kept_.pop_back();
}

Result<std::shared_ptr<const LiveCounts::Counted>> LiveCounts::get(const Clock& clock,
                                                                   const std::string& vote_id,
                                                                   std::uint64_t ballots,
                                                                   const CountNow& count) {
  const std::uint64_t begun_ns = clock.monotonic_ns();
  {
    const std::lock_guard lock(mutex_);
    const auto known = find(vote_id);
    const bool is_resting = running_ > 0 || begun_ns < rested_at_ns_;
    if (known && (known->ballots >= ballots || is_resting)) return known;
    ++running_;
  }
  Result<tally::Outcome> outcome = count();
  const std::uint64_t ended_ns = clock.monotonic_ns();
  const std::lock_guard lock(mutex_);
  --running_;
  rested_at_ns_ = std::max(rested_at_ns_, ended_ns + kRest * (ended_ns - begun_ns));
  if (!outcome.ok()) return outcome.error();
  const auto counted = std::make_shared<const Counted>(Counted{ballots, std::move(outcome).value()});
  keep(vote_id, counted);
  return counted;
}

}  // namespace icn::governance
