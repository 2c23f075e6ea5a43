#include "http/answer_cache.h"

#include <gtest/gtest.h>

#include <atomic>

#include "http/http_testing.h"

namespace icn::http {
namespace {

std::string body_of(const std::optional<Response>& response) {
  return response ? std::string(response->body_text()) : "nothing";
}

TEST(AnswerCache, KnowsAnAnswerOfTheSameVersionOnly) {
  AnswerCache cache(1 << 20, nullptr);
  Response response = Response::json("{\"a\":1}");
  cache.keep("/a", 7, response);
  EXPECT_EQ(response.body_text(), "{\"a\":1}");
  EXPECT_EQ(body_of(cache.find("/a", 7)), "{\"a\":1}");
  EXPECT_EQ(cache.find("/a", 7)->content_type, response.content_type);
  EXPECT_EQ(body_of(cache.find("/a", 8)), "nothing");
  EXPECT_EQ(body_of(cache.find("/b", 7)), "nothing");
  Response newer = Response::json("{\"a\":2}");
  cache.keep("/a", 8, newer);
  EXPECT_EQ(body_of(cache.find("/a", 7)), "nothing");
  EXPECT_EQ(body_of(cache.find("/a", 8)), "{\"a\":2}");
}

TEST(AnswerCache, LeavesRefusalsAndAnswersWithHeadersAlone) {
  AnswerCache cache(1 << 20, nullptr);
  Response refused = Response::json("{}", 404);
  cache.keep("/a", 1, refused);
  Response with_header = Response::json("{}");
  with_header.headers.emplace_back("etag", "\"x\"");
  cache.keep("/b", 1, with_header);
  EXPECT_FALSE(cache.find("/a", 1));
  EXPECT_FALSE(cache.find("/b", 1));
}

TEST(AnswerCache, ForgetsTheLongestUnusedWhenFull) {
  constexpr std::size_t kShards = 16;
  AnswerCache cache(kShards * 10'000, nullptr);
  const auto keep = [&](int number) {
    Response response = Response::json(std::string(4'000, 'x'));
    cache.keep("/" + std::to_string(number), 1, response);
  };
  keep(0);
  for (int i = 1; i < 200; ++i) {
    EXPECT_TRUE(cache.find("/0", 1)) << "used between any two others";
    keep(i);
  }
  int kept = 0;
  for (int i = 0; i < 200; ++i) kept += cache.find("/" + std::to_string(i), 1).has_value();
  EXPECT_GE(kept, 16);
  EXPECT_LE(kept, 32) << "two of 4,000 bytes fit into 10,000";
  Response large = Response::json(std::string(10'000, 'x'));
  cache.keep("/large", 1, large);
  EXPECT_FALSE(cache.find("/large", 1));
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
  AnswerCache cache(1 << 20, nullptr);
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

}  // namespace
}  // namespace icn::http
