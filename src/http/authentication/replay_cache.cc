#include "http/authentication/replay_cache.h"

#include <functional>

namespace icn::http {

bool ReplayCache::insert(std::string_view value) {
  const std::uint64_t now_ms = clock_.monotonic_ns() / 1'000'000;
  Shard& shard = shards_[std::hash<std::string_view>{}(value) % kShards];
  const std::lock_guard lock(shard.mutex);
  while (!shard.by_time.empty() && shard.by_time.front().first + kKeptMs < now_ms) {
    shard.seen.erase(shard.by_time.front().second);
    shard.by_time.pop_front();
  }
  if (shard.seen.size() >= per_shard_max_) return false;
  if (!shard.seen.emplace(value).second) return false;
  shard.by_time.emplace_back(now_ms, std::string(value));
  return true;
}

}  // namespace icn::http
