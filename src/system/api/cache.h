#pragma once

#include "system/api/health.h"

// How much of what is asked was answered from memory, and from the Redis server that nodes share.
namespace icn::system::api {

struct CacheLevel {
  std::string level;
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
  double hit_ratio = 0;
  static constexpr auto fields() {
    using codec::field;
    return described(field("level", &CacheLevel::level, "l1: memory of this node; l2: Redis"),
                     field("hits", &CacheLevel::hits), field("misses", &CacheLevel::misses),
                     field("hit_ratio", &CacheLevel::hit_ratio, "of all that asked this level"));
  }
};

struct RedisView {
  bool is_reachable = false;
  bool is_listening = false;
  std::uint64_t failures = 0;
  std::uint64_t dropped = 0;
  std::uint64_t connections_lost = 0;
  static constexpr std::string_view schema_name = "RedisView";
  static constexpr auto fields() {
    using codec::field;
    return described(
        field("is_reachable", &RedisView::is_reachable, "false: it failed three times and is left alone"),
        field("is_listening", &RedisView::is_listening, "changes are heard of at once"),
        field("failures", &RedisView::failures, "no answer in time, refusals, cut connections"),
        field("dropped", &RedisView::dropped, "writes that were not made"),
        field("connections_lost", &RedisView::connections_lost,
              "each time the memory of this node was emptied"));
  }
};

struct GetCache {
  using Input = NoInput;
  struct Output {
    std::vector<CacheLevel> levels;
    std::uint64_t answers = 0;
    std::uint64_t bytes = 0;
    std::uint64_t bytes_max = 0;
    std::uint64_t joined = 0;
    std::optional<RedisView> redis;
    static constexpr auto fields() {
      using codec::field;
      return described(
          field("levels", &Output::levels), field("answers", &Output::answers, "kept in memory"),
          field("bytes", &Output::bytes), field("bytes_max", &Output::bytes_max, "cache.l1_mb"),
          field("joined", &Output::joined, "requests that waited for the answer to another one like them"),
          field("redis", &Output::redis, "absent: no cache.redis_url"));
    }
  };
  static constexpr std::string_view summary = "Hits and misses of the caches of this node";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

}  // namespace icn::system::api
