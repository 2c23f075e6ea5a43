#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_set>

#include "base/clock.h"

namespace icn::http {

// Remembers each value for 120 s and tells whether it came before. Bounded: when more than `entries_max`
// lie within that time, new ones are refused (as if seen) rather than old ones forgotten.
// Thread: any; sixteen shards, one lock each.
class ReplayCache {
 public:
  static constexpr std::uint64_t kKeptMs = 120'000;

  explicit ReplayCache(const Clock& clock, std::size_t entries_max = 1 << 20)
      : clock_(clock), per_shard_max_(entries_max / kShards) {}

  // True the first time.
  bool insert(std::string_view value);

 private:
  static constexpr std::size_t kShards = 16;
  struct Shard {
    std::mutex mutex;
    std::unordered_set<std::string> seen;
    std::deque<std::pair<std::uint64_t, std::string>> by_time;  // monotonic ms
  };

  const Clock& clock_;
  std::size_t per_shard_max_;
  std::array<Shard, kShards> shards_;
};

}  // namespace icn::http
