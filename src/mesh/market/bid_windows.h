#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "base/ids.h"
#include "codec/cid.h"

namespace icn::mesh {

// Bounds of what a submission may ask for. Source: domain.md 7 "announced".
inline constexpr std::uint32_t kBidWindowMsMin = 50;
inline constexpr std::uint32_t kBidWindowMsMax = 30'000;

// A submission before its job has an id: who submits, and the manifest.
using SubmissionName = std::pair<Did, codec::Cid>;

// How long jobs wait for bids whose submissions ask for another time than the node's. Held in memory for as
// long as a job may take to get its first bids: after a restart the node's own time holds.
class BidWindows {
 public:
  // None: the node's own time. `now_ms`: of one clock.
  void set(const SubmissionName& name, std::optional<std::uint64_t> window_ms, std::uint64_t now_ms) {
    if (!window_ms) {
      windows_.erase(name);
      return;
    }
    if (windows_.size() >= kKeptMax) {
      std::erase_if(windows_, [&](const auto& each) { return each.second.until_ms < now_ms; });
      if (windows_.size() >= kKeptMax) return;
    }
    windows_[name] = {*window_ms, now_ms + kKeptMs};
  }
  std::optional<std::uint64_t> of(const SubmissionName& name) const {
    const auto found = windows_.find(name);
    if (found == windows_.end()) return std::nullopt;
    return found->second.window_ms;
  }

 private:
  static constexpr std::size_t kKeptMax = 10'000;
  static constexpr std::uint64_t kKeptMs = 300'000;
  struct Window {
    std::uint64_t window_ms = 0;
    std::uint64_t until_ms = 0;
  };
  std::map<SubmissionName, Window> windows_;
};

}  // namespace icn::mesh
