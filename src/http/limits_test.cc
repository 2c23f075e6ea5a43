#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "http/errors.h"
#include "http/idempotency.h"
#include "http/paging.h"
#include "http/rate_limit.h"
#include "http/statistics.h"
#include "storage/errors.h"
#include "storage/fault/fault_engine.h"
#include "storage/memory/memory_engine.h"

namespace icn::http {
namespace {

TEST(RateLimiter, AllowsABurstThenAnEvenFlow) {
  ManualClock clock;
  RateLimiter limiter(60, clock);
  for (int i = 0; i < 60; ++i) EXPECT_EQ(limiter.take("a"), 0u) << i;
  EXPECT_EQ(limiter.take("a"), 1u);
  EXPECT_EQ(limiter.wait_secs("a"), 1u);
  EXPECT_EQ(limiter.take("b"), 0u);
  clock.advance(std::chrono::seconds(2));
  EXPECT_EQ(limiter.take("a"), 0u);
  EXPECT_EQ(limiter.take("a"), 0u);
  EXPECT_EQ(limiter.take("a"), 1u);
  clock.advance(std::chrono::minutes(1));
  for (int i = 0; i < 60; ++i) EXPECT_EQ(limiter.take("a"), 0u) << i;
}

TEST(RateLimiter, ZeroIsOff) {
  ManualClock clock;
  RateLimiter limiter(0, clock);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(limiter.take("a"), 0u);
}

TEST(RateLimiter, ForgetsTheLongestIdleClient) {
  ManualClock clock;
  RateLimiter limiter(1, clock, 32);  // two a shard
  EXPECT_EQ(limiter.take("first"), 0u);
  EXPECT_GT(limiter.take("first"), 0u);
  for (int i = 0; i < 1000; ++i) limiter.take(std::to_string(i));
  EXPECT_EQ(limiter.take("first"), 0u);
}

TEST(RateLimiter, IPv6ClientsAreTheirNetwork) {
  EXPECT_EQ(client_of("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(client_of("::ffff:192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(client_of("2001:db8:0:1::5"), client_of("2001:db8:0:1:ffff::1"));
  EXPECT_NE(client_of("2001:db8:0:1::5"), client_of("2001:db8:0:2::5"));
  EXPECT_EQ(client_of("fe80::1%eth0"), client_of("fe80::2"));
}

class IdempotencyTest : public testing::Test {
 protected:
  IdempotencyTest() : store_(std::move(engine_.open({IdempotencyStore::table()})).value()) {}

  static IdempotencyStore::Id id(std::string caller, std::string key, std::string_view body) {
    return {std::move(caller), std::move(key), crypto::sha256(as_bytes(body))};
  }
  Result<Bytes> put(IdempotencyStore& store, const IdempotencyStore::Id& id, Bytes bytes) {
    std::promise<Result<Bytes>> kept;
    store.put_before_submit(id, std::move(bytes), executor_,
                            [&](const Result<Bytes>& first) { kept.set_value(first); });
    return kept.get_future().get();
  }
  void complete_durably(IdempotencyStore& store, const IdempotencyStore::Id& id, const Response& response) {
    std::promise<void> kept;
    store.complete_durably(id, response, executor_, [&] { kept.set_value(); });
    kept.get_future().wait();
  }

  ManualClock clock_;
  InlineExecutor executor_;
  std::shared_ptr<storage::FaultScript> faults_ = std::make_shared<storage::FaultScript>();
  storage::FaultEngine engine_{std::make_unique<storage::MemoryEngine>(), faults_};
  std::unique_ptr<storage::Store> store_;
};

TEST_F(IdempotencyTest, FirstAnswerIsKeptFor24Hours) {
  IdempotencyStore store(*store_, clock_);
  const auto first = store.begin(id("a", "k", "body"));
  ASSERT_TRUE(first.ok());
  EXPECT_FALSE(*first);
  EXPECT_TRUE(store.begin(id("a", "k", "body")).error().is(kKeyInProgress));
  EXPECT_TRUE(store.begin(id("a", "k", "other")).error().is(kKeyReused));
  EXPECT_FALSE(*store.begin(id("b", "k", "body")));
  EXPECT_FALSE(*store.begin(id("ak", "", "body")));
  store.complete(id("a", "k", "body"), Response::json("{}", 201));
  const auto again = store.begin(id("a", "k", "body"));
  ASSERT_TRUE(again.ok() && *again);
  EXPECT_EQ((*again)->status, 201);
  EXPECT_EQ((*again)->body_text(), "{}");
  EXPECT_TRUE(store.begin(id("a", "k", "other")).error().is(kKeyReused));
  clock_.advance(std::chrono::hours(24));
  EXPECT_FALSE(*store.begin(id("a", "k", "other")));
}

TEST_F(IdempotencyTest, AbandonedRequestMayRunAgain) {
  IdempotencyStore store(*store_, clock_);
  EXPECT_FALSE(*store.begin(id("a", "k", "body")));
  store.abandon(id("a", "k", "body"));
  EXPECT_FALSE(*store.begin(id("a", "k", "body")));
}

TEST_F(IdempotencyTest, TheOldestAnswersGoWhenTheyFillTheirMemory) {
  IdempotencyStore store(*store_, clock_, {.entries_max = 100, .bytes_max = 1'000});
  const auto keep = [&](const std::string& key, std::size_t bytes) {
    EXPECT_FALSE(*store.begin(id("a", key, "x")));
    store.complete(id("a", key, "x"), Response::text(std::string(bytes, 'y')));
  };
  EXPECT_FALSE(*store.begin(id("a", "running", "x")));
  keep("first", 600);
  keep("second", 400);
  EXPECT_TRUE(*store.begin(id("a", "first", "x")));
  keep("third", 1);
  EXPECT_FALSE(*store.begin(id("a", "first", "x"))) << "made room";
  EXPECT_TRUE(*store.begin(id("a", "second", "x")));
  EXPECT_TRUE(store.begin(id("a", "running", "x")).error().is(kKeyInProgress));
  keep("larger than all", 2'000);
  EXPECT_FALSE(*store.begin(id("a", "larger than all", "x")));
}

TEST_F(IdempotencyTest, DurableAnswersSurviveARestart) {
  {
    IdempotencyStore store(*store_, clock_);
    EXPECT_FALSE(*store.begin(id("a", "durable", "x")));
    complete_durably(store, id("a", "durable", "x"), Response::json("[1]"));
    EXPECT_EQ((*store.begin(id("a", "durable", "x")))->body_text(), "[1]");
    EXPECT_FALSE(*store.begin(id("a", "brief", "x")));
    store.complete(id("a", "brief", "x"), Response::json("[2]"));
  }
  IdempotencyStore store(*store_, clock_);
  EXPECT_EQ((*store.begin(id("a", "durable", "x")))->body_text(), "[1]");
  EXPECT_TRUE(store.begin(id("a", "durable", "y")).error().is(kKeyReused));
  EXPECT_FALSE(*store.begin(id("a", "brief", "x")));
}

TEST_F(IdempotencyTest, SubmissionKeepsTheFirstBytes) {
  {
    IdempotencyStore store(*store_, clock_);
    EXPECT_EQ(*put(store, id("a", "k", "body"), Bytes{1, 2}), (Bytes{1, 2}));
  }
  IdempotencyStore store(*store_, clock_);
  EXPECT_EQ(*put(store, id("a", "k", "body"), Bytes{3}), (Bytes{1, 2}));
  EXPECT_TRUE(put(store, id("a", "k", "other"), Bytes{3}).error().is(kKeyReused));
  EXPECT_FALSE(*store.begin(id("a", "k", "body")));  // the two uses do not meet
  clock_.advance(std::chrono::hours(24));
  EXPECT_EQ(*store.prune(), 1u);
  EXPECT_EQ(store_->get(IdempotencyStore::table(), Bytes(32, 0)).value(), std::nullopt);
  EXPECT_EQ(*put(store, id("a", "k", "other"), Bytes{3}), Bytes{3});
}

// No thread that asks waits for the disk, and two retries at once submit the same bytes.
TEST_F(IdempotencyTest, WhoeverAsksDuringTheWriteGetsTheFirstBytes) {
  storage::GroupCommit writes(*store_);
  IdempotencyStore store(*store_, writes, clock_);
  class LaterExecutor final : public Executor {
   public:
    void post(std::function<void()> task) override {
      const std::lock_guard lock(mutex);
      tasks.push_back(std::move(task));
    }
    bool is_current() const override { return true; }
    std::size_t index() const override { return 0; }
    std::mutex mutex;
    std::vector<std::function<void()>> tasks;
  } later;
  std::vector<Result<Bytes>> answers;
  const auto keep = [&](const Result<Bytes>& first) { answers.push_back(first); };
  store.put_before_submit(id("a", "k", "body"), Bytes{1}, later, keep);
  store.put_before_submit(id("a", "k", "body"), Bytes{2}, later, keep);
  store.put_before_submit(id("a", "k", "other"), Bytes{3}, later, keep);
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_TRUE(answers[0].error().is(kKeyReused));
  writes.stop();  // what waits is written
  EXPECT_EQ(answers.size(), 1u);
  for (const auto& task : later.tasks) task();
  ASSERT_EQ(answers.size(), 3u);
  EXPECT_EQ(*answers[1], Bytes{1});
  EXPECT_EQ(*answers[2], Bytes{1});
}

TEST_F(IdempotencyTest, FullDiskRefusesTheSubmissionAndKeepsNoAnswer) {
  IdempotencyStore store(*store_, clock_);
  faults_->set_full(true);
  EXPECT_TRUE(put(store, id("a", "k", "body"), Bytes{1}).error().is(storage::kFull));
  EXPECT_FALSE(*store.begin(id("a", "k", "body")));
  complete_durably(store, id("a", "k", "body"), Response::json("{}"));
  faults_->set_full(false);
  EXPECT_FALSE(*store.begin(id("a", "k", "body")));
  EXPECT_EQ(*put(store, id("a", "k", "body"), Bytes{2}), Bytes{2});
}

TEST_F(IdempotencyTest, MemoryIsBounded) {
  IdempotencyStore store(*store_, clock_, {.entries_max = 10});
  for (int i = 0; i < 100; ++i) {
    EXPECT_FALSE(*store.begin(id("a", std::to_string(i), "x")));
    store.complete(id("a", std::to_string(i), "x"), Response::json("{}"));
  }
  EXPECT_FALSE(*store.begin(id("a", "0", "x")));
  EXPECT_TRUE(*store.begin(id("a", "99", "x")));
}

TEST(Cursors, OpenOnlyWhatTheySealed) {
  const Cursors cursors(Bytes(32, 1));
  const std::string cursor = cursors.seal("mesh/jobs?status=open", Bytes{1, 2, 3});
  EXPECT_EQ(*cursors.open("mesh/jobs?status=open", cursor), (Bytes{1, 2, 3}));
  EXPECT_TRUE(cursors.open("mesh/jobs", cursor).error().is(kBadCursor));
  EXPECT_TRUE(Cursors(Bytes(32, 2)).open("mesh/jobs?status=open", cursor).error().is(kBadCursor));
  for (const std::string& bad : {std::string(), std::string("AAAA"), std::string("!"), cursor + "AA"}) {
    EXPECT_TRUE(cursors.open("mesh/jobs?status=open", bad).error().is(kBadCursor)) << bad;
  }
}

TEST(RequestStatistics, AddsUpOverThreads) {
  std::vector<Route> routes(2);
  routes[0].path = "/a";
  routes[1].path = "/b";
  RequestStatistics statistics(routes, 2);
  for (int i = 1; i <= 100; ++i)
    statistics.on_request(i % 2, 1, Method::kGet, i == 100 ? 503 : 200,
                          static_cast<std::uint64_t>(i) * 1'000'000);
  statistics.on_request(0, kNoRoute, Method::kPost, 404, 1000);
  statistics.on_bad_credentials();
  statistics.on_rate_limited();
  statistics.on_rate_limited();
  const auto figures = statistics.figures();
  ASSERT_EQ(figures.size(), 2u);
  EXPECT_EQ(figures[0].route, &routes[1]);
  EXPECT_EQ(figures[0].requests, 100u);
  EXPECT_EQ(figures[0].errors, 1u);
  EXPECT_NEAR(figures[0].mean_ms, 50.5, 0.1);
  EXPECT_NEAR(figures[0].p95_ms, 95, 95 / 16.0);
  EXPECT_EQ(figures[0].max_ms, 100);
  const auto families = statistics.families();
  ASSERT_EQ(families.size(), 4u);
  EXPECT_EQ(families[2].samples[0].value, 1);
  EXPECT_EQ(families[3].samples[0].value, 2);
  ASSERT_EQ(families[0].samples.size(), 3u);
  EXPECT_THAT(families[0].samples[0].label_values, testing::ElementsAre("GET", "/b", "200"));
  EXPECT_EQ(families[0].samples[0].value, 99);
  EXPECT_THAT(families[0].samples[2].label_values, testing::ElementsAre("POST", "none", "404"));
}

}  // namespace
}  // namespace icn::http
