#include "storage/redis/redis_cache.h"

#include <gtest/gtest.h>

#include <chrono>

#include "storage/redis/test_support.h"

namespace icn::storage {
namespace {

using testing::RedisServer;

struct Heard {
  std::mutex mutex;
  std::vector<std::string> marks;
  std::atomic<int> lost{0};

  RedisCache::Listener listener() {
    return {[this](std::string_view name) {
              const std::lock_guard lock(mutex);
              marks.emplace_back(name);
            },
            [this] { ++lost; }};
  }
  bool has(const std::string& name) {
    return RedisServer::eventually([&] {
      const std::lock_guard lock(mutex);
      return std::ranges::find(marks, name) != marks.end();
    });
  }
};

class RedisCacheTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!RedisServer::is_installed()) GTEST_SKIP() << "redis-server is not installed";
  }
  static std::unique_ptr<RedisCache> cache_of(const RedisServer& server, Heard& heard) {
    RedisOptions options;
    options.url = server.url();
    options.timeout_ms = 200;
    options.pause_min_ms = 20;
    options.pause_max_ms = 100;
    options.check_ms = 100;
    auto made = RedisCache::make(options, make_silent_log());
    ICN_ASSERT(made.ok());
    (*made)->start(heard.listener());
    const bool is_listening = RedisServer::eventually([&] { return (*made)->stats().is_listening; });
    ICN_ASSERT(is_listening);
    return std::move(*made);
  }
  static std::string text_of(const std::optional<Bytes>& value) {
    return value ? to_text(*value) : "nothing";
  }
  static bool eventually_is(RedisCache& cache, const std::string& name, const std::string& value) {
    return RedisServer::eventually([&] { return text_of(cache.get(name)) == value; });
  }
};

TEST_F(RedisCacheTest, GivesBackWhatAnyNodeHasPut) {
  RedisServer server;
  Heard one_heard, other_heard;
  const auto one = cache_of(server, one_heard);
  const auto other = cache_of(server, other_heard);
  EXPECT_EQ(one->get("a"), std::nullopt);
  const std::string odd("\0\r\n\xff$*", 6);
  one->put("a", to_bytes(as_bytes(odd)), 100);
  EXPECT_TRUE(eventually_is(*other, "a", odd));
  EXPECT_EQ(server.ask({"TTL", "a"}), "100");
  one->put("b", to_bytes(as_bytes("short")), 1);
  EXPECT_TRUE(eventually_is(*other, "b", "short"));
  EXPECT_TRUE(eventually_is(*other, "b", "nothing")) << "its second is over";
  EXPECT_GE(other->stats().hits, 2u);
  EXPECT_GE(one->stats().misses, 1u);
}

TEST_F(RedisCacheTest, AMarkIsHeardByAllAndThatOnly) {
  RedisServer server;
  Heard one_heard, other_heard;
  const auto one = cache_of(server, one_heard);
  const auto other = cache_of(server, other_heard);
  one->put("value", to_bytes(as_bytes("x")), 100);
  one->mark({"4a", "4b"});
  for (Heard* heard : {&one_heard, &other_heard}) {
    EXPECT_TRUE(heard->has("4a"));
    EXPECT_TRUE(heard->has("4b"));
    const std::lock_guard lock(heard->mutex);
    EXPECT_EQ(heard->marks.size(), 2u);
  }
}

TEST_F(RedisCacheTest, AServerThatIsEmptiedOrComesBackIsALoss) {
  RedisServer server;
  Heard heard;
  const auto cache = cache_of(server, heard);
  EXPECT_EQ(heard.lost, 1) << "what happened before it listened was not heard";
  cache->put("a", to_bytes(as_bytes("1")), 100);
  ASSERT_TRUE(eventually_is(*cache, "a", "1"));
  server.ask({"FLUSHALL"});
  EXPECT_TRUE(RedisServer::eventually([&] { return heard.lost == 2; }));
  EXPECT_EQ(text_of(cache->get("a")), "nothing");

  server.stop();
  EXPECT_TRUE(RedisServer::eventually([&] { return heard.lost == 3; }));
  EXPECT_FALSE(cache->stats().is_listening);
  server.start();
  EXPECT_TRUE(RedisServer::eventually([&] { return heard.lost == 4 && cache->stats().is_listening; }));
  // The breaker lets nothing pass for a moment; then it is as before.
  EXPECT_TRUE(RedisServer::eventually([&] {
    cache->put("b", to_bytes(as_bytes("2")), 100);
    return text_of(cache->get("b")) == "2";
  }));
  cache->mark({"7"});
  EXPECT_TRUE(heard.has("7"));
  EXPECT_EQ(cache->stats().lost, 1u);
}

TEST_F(RedisCacheTest, AServerThatHangsCostsItsTimeAFewTimesAndThenNothing) {
  RedisServer server;
  Heard heard;
  const auto cache = cache_of(server, heard);
  cache->put("a", to_bytes(as_bytes("1")), 100);
  ASSERT_TRUE(eventually_is(*cache, "a", "1"));
  server.pause();
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(cache->get("a"), std::nullopt);
  const auto waited = std::chrono::steady_clock::now() - start;
  EXPECT_GE(waited, std::chrono::milliseconds(190));
  EXPECT_LE(waited, std::chrono::milliseconds(3 * 2 * 200 + 300)) << "twice timeout_ms a call at most";
  // Now one call of many waits, after each pause.
  const auto left_alone = std::chrono::steady_clock::now();
  for (int i = 0; i < 1'000; ++i) EXPECT_EQ(cache->get("a"), std::nullopt);
  EXPECT_LE(std::chrono::steady_clock::now() - left_alone, std::chrono::milliseconds(700));
  EXPECT_FALSE(cache->stats().is_reachable);
  EXPECT_TRUE(RedisServer::eventually([&] { return !cache->stats().is_listening; }))
      << "the hanging is found out";
  server.go_on();
  EXPECT_TRUE(eventually_is(*cache, "a", "1"));
  EXPECT_TRUE(RedisServer::eventually([&] { return cache->stats().is_listening; }));
}

TEST_F(RedisCacheTest, AServerThatIsFullRefusesAndStillAnswers) {
  RedisServer server({"--maxmemory", "3mb", "--maxmemory-policy", "noeviction"});
  Heard heard;
  const auto cache = cache_of(server, heard);
  cache->put("first", to_bytes(as_bytes("1")), 100);
  ASSERT_TRUE(eventually_is(*cache, "first", "1"));
  for (int i = 0; i < 40; ++i) cache->put("big" + std::to_string(i), Bytes(100'000, 7), 100);
  EXPECT_TRUE(RedisServer::eventually([&] { return cache->stats().failures >= 5; }));
  EXPECT_EQ(text_of(cache->get("first")), "1");
  EXPECT_TRUE(cache->stats().is_reachable);
}

TEST_F(RedisCacheTest, WhatDoesNotFitIntoTheQueueIsDropped) {
  RedisServer server;
  Heard heard;
  const auto cache = cache_of(server, heard);
  cache->put("huge", Bytes(9 << 20, 1), 100);
  EXPECT_EQ(cache->stats().dropped, 1u);
}

TEST_F(RedisCacheTest, LogsInWithThePasswordOfTheUrl) {
  RedisServer server;
  server.ask({"CONFIG", "SET", "requirepass", "geheim"});
  RedisOptions options;
  options.url = "redis://:geheim@" + server.url().substr(8) + "/2";
  auto cache = RedisCache::make(options, make_silent_log());
  ASSERT_TRUE(cache.ok());
  Heard heard;
  (*cache)->start(heard.listener());
  (*cache)->put("a", to_bytes(as_bytes("1")), 100);
  EXPECT_TRUE(eventually_is(**cache, "a", "1"));
  EXPECT_TRUE(RedisServer::eventually([&] { return (*cache)->stats().is_listening; }));
}

TEST(RedisAddress, IsReadFromAUrl) {
  using redis::Address;
  const auto plain = Address::parse("redis://cache.example");
  ASSERT_TRUE(plain.ok());
  EXPECT_EQ(plain->host, "cache.example");
  EXPECT_EQ(plain->port, 6379);
  const auto full = Address::parse("redis://icn:p@ss:word@[::1]:7000/3");
  ASSERT_TRUE(full.ok());
  EXPECT_EQ(full->host, "::1");
  EXPECT_EQ(full->port, 7000);
  EXPECT_EQ(full->user, "icn");
  EXPECT_EQ(full->password, "p@ss:word");
  EXPECT_EQ(full->database, "3");
  EXPECT_EQ(Address::parse("unix:///run/redis.sock")->path, "/run/redis.sock");
  for (const char* wrong :
       {"", "redis://", "rediss://a", "http://a", "redis://a:0", "redis://a:70000", "redis://a:x",
        "redis://a/b", "redis://a/-1", "redis://word@a", "redis://[::1", "unix://run"}) {
    EXPECT_FALSE(Address::parse(wrong).ok()) << wrong;
  }
}

}  // namespace
}  // namespace icn::storage
