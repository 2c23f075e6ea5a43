#pragma once

#include <cstdint>
#include <deque>
#include <unordered_set>
#include <utility>

#include "base/ids.h"

namespace icn::mesh {

// The jobs whose end was told lately, so that who has just submitted one need not read it to learn that it
// goes on. Thread: one at a time.
class EndedJobs {
 public:
  static constexpr std::size_t kKept = 4'096;

  // Ends up to this height were not told here.
  void begin(std::uint64_t height) { unknown_height_ = height; }
  // `height`: of the block it ended in; rising.
  void add(const JobId& id, std::uint64_t height) {
    if (!ids_.insert(id).second) return;
    in_order_.emplace_back(height, id);
    if (in_order_.size() <= kKept) return;
    unknown_height_ = in_order_.front().first;
    ids_.erase(in_order_.front().second);
    in_order_.pop_front();
  }
  // False: a job that was submitted in the block of this height has not been told to have ended.
  bool may_hold(const JobId& id, std::uint64_t height) const {
    return height <= unknown_height_ || ids_.contains(id);
  }

 private:
  std::unordered_set<JobId> ids_;
  std::deque<std::pair<std::uint64_t, JobId>> in_order_;
  std::uint64_t unknown_height_ = 0;  // ends of this height and below may be missing
};

}  // namespace icn::mesh
