#include "governance/tally/ranked_count.h"

#include <numeric>

#include "base/assert.h"
#include "governance/tally/packing.h"

namespace icn::governance::tally {

void RankedCount::add(std::string_view packed, Share share) {
  stages_.take_part(share.members, abstains(packed));
  if (!abstains(packed) && share.members > 0) groups_.add(marks_of(packed), share.members);
}

void RankedCount::remove(std::string_view, Share) { ICN_ASSERT(false); }

Bytes RankedCount::save() const {
  ICN_ASSERT(false);
  return {};
}

bool RankedCount::advance(std::uint64_t rows_max) {
  if (!is_begun_) {
    moving_.resize(groups_.size());
    std::iota(moving_.begin(), moving_.end(), 0);
    is_begun_ = true;
  }
  while (!stages_.is_done()) {
    for (; cursor_ < moving_.size() && rows_max > 0; ++cursor_, --rows_max) {
      const RankingGroups::Group& group = groups_.at(moving_[cursor_]);
      const std::uint32_t option = stages_.touch(groups_.ranking(group), group.members);
      if (option != RankedStages::kNowhere) piles_[option].push_back(moving_[cursor_]);
    }
    if (cursor_ < moving_.size()) return false;
    stages_.end_stage();
    cursor_ = 0;
    moving_.clear();
    if (!stages_.is_done()) moving_.swap(piles_[stages_.moving_option()]);
  }
  return true;
}

}  // namespace icn::governance::tally
