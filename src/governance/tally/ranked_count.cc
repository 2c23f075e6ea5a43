#include "governance/tally/ranked_count.h"

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
  while (!stages_.is_done()) {
    for (; cursor_ < groups_.size() && rows_max > 0; ++cursor_, --rows_max) {
      const RankingGroups::Group& group = groups_.at(cursor_);
      stages_.touch(groups_.ranking(group), group.members);
    }
    if (cursor_ < groups_.size()) return false;
    stages_.end_stage();
    cursor_ = 0;
  }
  return true;
}

}  // namespace icn::governance::tally
