#include "system/api/cache.h"

namespace icn::system::api {
namespace {

CacheLevel level_of(std::string name, std::uint64_t hits, std::uint64_t misses) {
  const std::uint64_t all = hits + misses;
  const double ratio = all == 0 ? 0 : static_cast<double>(hits) / static_cast<double>(all);
  return {std::move(name), hits, misses, ratio};
}

}  // namespace

Result<GetCache::Output> GetCache::handle(const Api& api, const http::Call&, const Input&) {
  const http::AnswerCacheStats stats = api.cache_figures();
  Output output;
  output.levels.push_back(level_of("l1", stats.hits, stats.misses));
  output.answers = stats.answers;
  output.bytes = stats.bytes;
  output.bytes_max = stats.bytes_max;
  output.joined = stats.joined;
  if (const auto redis = api.redis_figures()) {
    output.levels.push_back(level_of("l2", stats.shared_hits, stats.shared_misses));
    output.redis =
        RedisView{redis->is_reachable, redis->is_listening, redis->failures, redis->dropped, redis->lost};
  }
  return output;
}

}  // namespace icn::system::api
