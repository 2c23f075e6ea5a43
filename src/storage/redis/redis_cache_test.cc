#include "storage/redis/redis_cache.h"

#include <gtest/gtest.h>

#include <chrono>

#include "base/errors.h"
#include "storage/certificate_testing.h"
#include "storage/redis/test_support.h"

namespace icn::storage {
namespace {

using testing::RedisServer;
using testing::TestCertificate;

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
  EXPECT_FALSE(full->is_tls);
  const auto encrypted = Address::parse("rediss://:word@cache.example/1");
  ASSERT_TRUE(encrypted.ok());
  EXPECT_TRUE(encrypted->is_tls);
  EXPECT_EQ(encrypted->host, "cache.example");
  EXPECT_EQ(encrypted->port, 6379);
  EXPECT_EQ(encrypted->database, "1");
  EXPECT_EQ(Address::parse("unix:///run/redis.sock")->path, "/run/redis.sock");
  for (const char* wrong :
       {"", "redis://", "rediss://", "http://a", "redis://a:0", "redis://a:70000", "redis://a:x",
        "redis://a/b", "redis://a/-1", "redis://word@a", "redis://[::1", "unix://run"}) {
    EXPECT_FALSE(Address::parse(wrong).ok()) << wrong;
  }
}

// A server that speaks TLS on a second port and, as Redis does unless told not to, asks for a certificate.
class RedisTls : public RedisCacheTest {
 protected:
  RedisOptions options(std::string ca_file) const {
    RedisOptions out;
    out.url = "rediss://127.0.0.1:" + std::to_string(port_);
    out.ca_file = std::move(ca_file);
    out.certificate = client_.certificate_file();
    out.private_key = client_.key_file();
    out.timeout_ms = 500;
    out.pause_min_ms = 20;
    out.pause_max_ms = 100;
    out.check_ms = 500;
    return out;
  }
  std::unique_ptr<RedisServer> serve(const TestCertificate& own) const {
    return std::make_unique<RedisServer>(std::vector<std::string>{
        "--tls-port", std::to_string(port_), "--tls-cert-file", own.certificate_file(), "--tls-key-file",
        own.key_file(), "--tls-ca-cert-file", client_.certificate_file()});
  }
  // Asks until the breaker is open; what was put in plain is never seen.
  static void expect_refused(const RedisServer& server, const RedisOptions& options, const char* why) {
    EXPECT_EQ(server.ask({"SET", "a", "1"}), "OK");
    auto made = RedisCache::make(options, make_silent_log());
    ASSERT_TRUE(made.ok()) << why;
    Heard heard;
    (*made)->start(heard.listener());
    EXPECT_TRUE(RedisServer::eventually([&] {
      EXPECT_EQ((*made)->get("a"), std::nullopt) << why;
      return !(*made)->stats().is_reachable;
    })) << why;
    EXPECT_FALSE((*made)->stats().is_listening) << why;
  }

  const std::uint16_t port_ = RedisServer::free_port();
  const TestCertificate client_{"client"};
};

TEST_F(RedisTls, CarriesValuesAndMarks) {
  const TestCertificate own("server");
  const auto server = serve(own);
  Heard one_heard, other_heard;
  std::vector<std::unique_ptr<RedisCache>> caches;
  for (Heard* heard : {&one_heard, &other_heard}) {
    auto made = RedisCache::make(options(own.certificate_file()), make_silent_log());
    ASSERT_TRUE(made.ok()) << made.error().detail();
    (*made)->start(heard->listener());
    caches.push_back(std::move(*made));
    RedisCache& cache = *caches.back();
    ASSERT_TRUE(RedisServer::eventually([&] { return cache.stats().is_listening; }));
  }
  const std::string large(400'000, 'x');  // many records of TLS
  caches[0]->put("a", to_bytes(as_bytes(large)), 100);
  EXPECT_TRUE(eventually_is(*caches[1], "a", large));
  EXPECT_EQ(server->ask({"STRLEN", "a"}), "400000");
  caches[0]->mark({"4a"});
  EXPECT_TRUE(one_heard.has("4a"));
  EXPECT_TRUE(other_heard.has("4a"));
  server->ask({"FLUSHALL"});
  EXPECT_TRUE(RedisServer::eventually([&] { return other_heard.lost == 2; }));
  EXPECT_EQ(caches[1]->get("a"), std::nullopt);
  // Longer than options.check_ms: connections that only listen stay.
  std::this_thread::sleep_for(std::chrono::milliseconds(1'200));
  EXPECT_EQ(caches[0]->stats().lost, 0u);
  EXPECT_TRUE(caches[0]->stats().is_listening);
}

TEST_F(RedisTls, AServerIsTrustedByItsCertificateAlone) {
  const TestCertificate own("server");
  const TestCertificate other("server");
  const TestCertificate elsewhere("server", "IP:127.0.0.2,DNS:cache.example");
  {
    const auto server = serve(own);
    expect_refused(*server, options(other.certificate_file()), "another signed it");
    expect_refused(*server, options(""), "the system does not know it");
    RedisOptions anonymous = options(own.certificate_file());
    anonymous.certificate.clear();
    anonymous.private_key.clear();
    expect_refused(*server, anonymous, "the server wants to know who asks");
    RedisOptions plain = options(own.certificate_file());
    plain.url = server->url();
    plain.url.replace(0, 5, "rediss");
    expect_refused(*server, plain, "no TLS is spoken at that port");
  }
  const auto server = serve(elsewhere);
  expect_refused(*server, options(elsewhere.certificate_file()), "it is of another address");
}

TEST_F(RedisTls, FilesThatCannotBeUsedAreNamed) {
  const auto detail_of = [](const RedisOptions& wrong) {
    const auto made = RedisCache::make(wrong, make_silent_log());
    return made.ok() || !made.error().is(errors::kMalformed) ? "no error" : made.error().detail();
  };
  const RedisOptions right = options(client_.certificate_file());
  EXPECT_EQ(detail_of(right), "no error");
  RedisOptions wrong = right;
  wrong.ca_file = "/no/ca.pem";
  EXPECT_TRUE(detail_of(wrong).starts_with("cache.redis_ca_file /no/ca.pem: ")) << detail_of(wrong);
  wrong = right;
  wrong.certificate = client_.key_file();
  EXPECT_TRUE(detail_of(wrong).starts_with("cache.redis_cert ")) << detail_of(wrong);
  const TestCertificate another;
  wrong = right;
  wrong.private_key = another.key_file();
  EXPECT_TRUE(detail_of(wrong).starts_with("cache.redis_key ")) << detail_of(wrong);
}

}  // namespace
}  // namespace icn::storage
