#include "http/answer_cache.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "http/http_testing.h"

namespace icn::http {
namespace {

std::string body_of(const std::optional<Response>& response) {
  return response ? std::string(response->body_text()) : "nothing";
}

TEST(AnswerCache, KnowsAnAnswerOfTheSameVersionOnly) {
  AnswerCache cache({1 << 20});
  Response response = Response::json("{\"a\":1}");
  cache.keep("/a", 7, response, 0);
  EXPECT_EQ(response.body_text(), "{\"a\":1}");
  EXPECT_EQ(body_of(cache.find("/a", 7, 0)), "{\"a\":1}");
  EXPECT_EQ(cache.find("/a", 7, 0)->content_type, response.content_type);
  EXPECT_EQ(body_of(cache.find("/a", 8, 0)), "nothing");
  EXPECT_EQ(body_of(cache.find("/b", 7, 0)), "nothing");
  Response newer = Response::json("{\"a\":2}");
  cache.keep("/a", 8, newer, 0);
  EXPECT_EQ(body_of(cache.find("/a", 7, 0)), "nothing");
  EXPECT_EQ(body_of(cache.find("/a", 8, 0)), "{\"a\":2}");
}

TEST(AnswerCache, LeavesRefusalsAndAnswersWithHeadersAlone) {
  AnswerCache cache({1 << 20});
  Response refused = Response::json("{}", 404);
  cache.keep("/a", 1, refused, 0);
  Response with_header = Response::json("{}");
  with_header.headers.emplace_back("etag", "\"x\"");
  cache.keep("/b", 1, with_header, 0);
  EXPECT_FALSE(cache.find("/a", 1, 0));
  EXPECT_FALSE(cache.find("/b", 1, 0));
}

TEST(AnswerCache, ForgetsTheLongestUnusedWhenFull) {
  constexpr std::size_t kShards = 16;
  AnswerCache cache({kShards * 10'000});
  const auto keep = [&](int number) {
    Response response = Response::json(std::string(4'000, 'x'));
    cache.keep("/" + std::to_string(number), 1, response, 0);
  };
  keep(0);
  for (int i = 1; i < 200; ++i) {
    EXPECT_TRUE(cache.find("/0", 1, 0)) << "used between any two others";
    keep(i);
  }
  int kept = 0;
  for (int i = 0; i < 200; ++i) kept += cache.find("/" + std::to_string(i), 1, 0).has_value();
  EXPECT_GE(kept, 16);
  EXPECT_LE(kept, 32) << "two of 4,000 bytes fit into 10,000";
  Response large = Response::json(std::string(10'000, 'x'));
  cache.keep("/large", 1, large, 0);
  EXPECT_FALSE(cache.find("/large", 1, 0));
  EXPECT_EQ(large.body_text().size(), 10'000u);
}

// What a handler answers from, and how often it was asked.
struct Board {
  std::atomic<std::uint64_t> version = 1;
  std::atomic<int> calls = 0;
};
template <typename Context>
Context& service(Board& board) {
  return board;
}

struct GetBoard {
  static constexpr std::string_view summary = "The board";
  static std::uint64_t answer_version(const Board& board, const Request&) { return board.version; }
  static Response handle(Board& board, const Request& request) {
    if (request.query_parameter("fail")) return Response::json("{}", 404);
    return Response::json("{\"call\":" + std::to_string(++board.calls) + "}");
  }
};

TEST(AnswerCache, ARouteWithVersionsIsAskedOncePerVersionTargetAndAccept) {
  Board board;
  AnswerCache cache({1 << 20});
  TestServer server({make_route<GetBoard>({Method::kGet, "/board", Access::kPublic, 0, "GetBoard"}, board)});
  server.parts.answers = &cache;
  server.start();
  Client client = server.client();
  const auto ask = [&](const std::string& target, const std::string& accept = "*/*") {
    return client.send({"GET", target, {{"accept", accept}}, "", {}, {}}).value().body;
  };
  EXPECT_EQ(ask("/board"), "{\"call\":1}");
  EXPECT_EQ(ask("/board"), "{\"call\":1}");
  EXPECT_EQ(ask("/board?a=1"), "{\"call\":2}");
  EXPECT_EQ(ask("/board", "text/plain"), "{\"call\":3}");
  EXPECT_EQ(ask("/board"), "{\"call\":1}");
  EXPECT_EQ(client.get("/board?fail=1").value().status, 404);
  EXPECT_EQ(client.get("/board?fail=1").value().status, 404);
  board.version = 2;
  EXPECT_EQ(ask("/board"), "{\"call\":4}");
  EXPECT_EQ(ask("/board"), "{\"call\":4}");
  board.version = 0;
  EXPECT_EQ(ask("/board"), "{\"call\":5}");
  EXPECT_EQ(ask("/board"), "{\"call\":6}") << "version 0 is never kept";
}

TEST(AnswerCache, ForgetsAtTheEndOfItsTimeAndWhenItsPlaceIsDropped) {
  AnswerCache cache({1 << 20});
  AnswerVersion version(1);
  version.seconds_max = 30;
  version.place = 7;
  constexpr std::uint64_t kStartNs = 5'000'000'000;
  const auto keep = [&] {
    Response response = Response::json("{}");
    EXPECT_TRUE(cache.keep("/a", version, response, kStartNs));
  };
  keep();
  EXPECT_TRUE(cache.find("/a", version, kStartNs + 29'999'999'999));
  EXPECT_FALSE(cache.find("/a", version, kStartNs + 30'000'000'000));
  cache.drop(8);
  EXPECT_TRUE(cache.find("/a", version, kStartNs));
  cache.drop(7);
  EXPECT_FALSE(cache.find("/a", version, kStartNs));
  keep();
  cache.drop_all();
  EXPECT_FALSE(cache.find("/a", version, kStartNs));
}

TEST(AnswerCache, OfAnswersThatAreTheNodesOwnAFollowerKeepsNone) {
  AnswerCache cache({.bytes_max = 1 << 20, .is_shared_only = true});
  Response response = Response::json("{}");
  EXPECT_FALSE(cache.keep("/a", 1, response, 0));
  AnswerVersion version(1);
  version.place = 7;
  EXPECT_TRUE(cache.keep("/a", version, response, 0));
}

// Answers when it is told to.
struct SlowBoard {
  std::atomic<int> calls = 0;
  std::mutex mutex;
  std::vector<ExchangePtr> asked;

  std::vector<ExchangePtr> take(std::size_t count) {
    for (int tries = 0; tries < 500; ++tries) {
      {
        const std::lock_guard lock(mutex);
        if (asked.size() >= count) return std::exchange(asked, {});
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return {};
  }
};
template <typename Context>
Context& service(SlowBoard& board) {
  return board;
}
struct GetSlowBoard {
  static constexpr std::string_view summary = "The board, later";
  static AnswerVersion answer_version(const SlowBoard&, const Request&) { return 1; }
  static void handle(SlowBoard& board, ExchangePtr exchange) {
    ++board.calls;
    const std::lock_guard lock(board.mutex);
    board.asked.push_back(std::move(exchange));
  }
};

TEST(AnswerCache, OneMakesAMissingAnswerAndTheOthersWaitForIt) {
  SlowBoard board;
  AnswerCache cache({1 << 20});
  TestServer server(
      {make_route<GetSlowBoard>({Method::kGet, "/board", Access::kPublic, 0, "GetSlowBoard"}, board)});
  server.parts.answers = &cache;
  server.start();
  constexpr int kAsking = 20;
  std::vector<std::string> answers(kAsking);
  const auto ask_all = [&](int status, const std::function<void()>& meanwhile) {
    std::vector<std::thread> threads;
    for (int i = 0; i < kAsking; ++i) {
      threads.emplace_back([&, i] {
        const auto response = server.client().get("/board");
        answers[static_cast<std::size_t>(i)] =
            response.ok() && response->status == status ? response->body : "failed";
      });
    }
    meanwhile();
    for (std::thread& each : threads) each.join();
  };
  const auto all_wait = [&](std::uint64_t count) {
    for (int tries = 0; tries < 500 && cache.stats().joined < count; ++tries)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return cache.stats().joined;
  };
  // An answer that cannot be kept is nobody else's.
  ask_all(404, [&] {
    EXPECT_EQ(all_wait(kAsking - 1), kAsking - 1u);
    EXPECT_EQ(board.calls, 1);
    for (const ExchangePtr& each : board.take(1)) each->reply(Response::json("{}", 404));
    for (const ExchangePtr& each : board.take(kAsking - 1)) each->reply(Response::json("{}", 404));
  });
  EXPECT_EQ(std::ranges::count(answers, "{}"), kAsking);
  EXPECT_EQ(board.calls, kAsking);

  board.calls = 0;
  ask_all(200, [&] {
    EXPECT_EQ(all_wait(2 * (kAsking - 1)), 2u * (kAsking - 1));
    for (const ExchangePtr& each : board.take(1)) each->reply(Response::json("{\"a\":1}"));
  });
  EXPECT_EQ(std::ranges::count(answers, "{\"a\":1}"), kAsking);
  EXPECT_EQ(board.calls, 1);
}

}  // namespace
}  // namespace icn::http
