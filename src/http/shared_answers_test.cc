#include "http/shared_answers.h"

#include <gtest/gtest.h>

#include <condition_variable>

#include "http/answer_cache.h"
#include "http/http_testing.h"
#include "storage/redis/test_support.h"

namespace icn::http {
namespace {

using storage::testing::RedisServer;

AnswerVersion version_of(std::uint64_t changed, std::uint64_t known, std::uint64_t place = 9) {
  AnswerVersion version(changed + 1);
  version.place = place;
  version.changed_height = changed;
  version.known_height = known;
  return version;
}

storage::RedisOptions options_of(const RedisServer& server) {
  storage::RedisOptions options;
  options.url = server.url();
  return options;
}

// A node that shares answers.
struct Node {
  explicit Node(const RedisServer& server, std::uint8_t secret = 1)
      : redis(storage::RedisCache::make(options_of(server), make_silent_log()).value()),
        shared(*redis, Bytes(32, secret)),
        cache({.bytes_max = 1 << 20, .shared = &shared}) {
    redis->start({[this](std::string_view name) { cache.drop(SharedAnswers::place_of(name)); },
                  [this] { cache.drop_all(); }});
    shared.set_generation("g1");
    const bool is_listening = RedisServer::eventually([this] { return redis->stats().is_listening; });
    ICN_ASSERT(is_listening);
  }
  std::string find(const std::string& name, const AnswerVersion& version) {
    const auto found = shared.find(name, version);
    return found ? found->content_type + " " + std::string(found->body_text()) : "nothing";
  }
  bool eventually_finds(const std::string& name, const AnswerVersion& version, const std::string& text) {
    return RedisServer::eventually([&] { return find(name, version) == text; });
  }
  void keep(const std::string& name, const AnswerVersion& version, std::string body) {
    shared.keep(name, version, Response::text(std::move(body)));
  }

  std::unique_ptr<storage::RedisCache> redis;
  SharedAnswers shared;
  AnswerCache cache;
};

class SharedAnswersTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!RedisServer::is_installed()) GTEST_SKIP() << "redis-server is not installed";
  }
};

constexpr const char* kHello = "text/plain; charset=utf-8 hello";

TEST_F(SharedAnswersTest, AnAnswerHoldsForOtherNodesWhileNothingItDependsOnChanges) {
  RedisServer server;
  Node one(server), other(server);
  one.keep("/a", version_of(5, 8), "hello");
  EXPECT_TRUE(other.eventually_finds("/a", version_of(5, 9), kHello));
  EXPECT_EQ(other.find("/a", version_of(8, 8)), kHello) << "made at 8, when block 8 was there";
  EXPECT_EQ(other.find("/a", version_of(9, 9)), "nothing") << "block 9 has changed it";
  EXPECT_EQ(other.find("/a", version_of(5, 8, 10)), "nothing") << "another place";
  EXPECT_EQ(other.find("/b", version_of(5, 8)), "nothing");
  // A node that is behind puts its old answer late: it is found, and not used.
  one.keep("/a", version_of(9, 12), "newer");
  EXPECT_TRUE(other.eventually_finds("/a", version_of(9, 12), "text/plain; charset=utf-8 newer"));
  one.keep("/a", version_of(5, 8), "hello");
  EXPECT_TRUE(other.eventually_finds("/a", version_of(9, 12), "nothing"));
}

TEST_F(SharedAnswersTest, WhatIsOfAnotherGenerationSecretOrHandIsNotUsed) {
  RedisServer server;
  Node one(server), other(server), stranger(server, 2);
  one.keep("/a", version_of(5, 8), "hello");
  ASSERT_TRUE(other.eventually_finds("/a", version_of(5, 8), kHello));
  EXPECT_EQ(stranger.find("/a", version_of(5, 8)), "nothing");
  other.shared.set_generation("g2");
  EXPECT_EQ(other.find("/a", version_of(5, 8)), "nothing");
  other.shared.set_generation("");
  EXPECT_EQ(other.find("/a", version_of(5, 8)), "nothing");
  other.shared.set_generation("g1");
  // Somebody writes to the server.
  const std::string key = server.ask({"RANDOMKEY"});
  for (const std::string& forged : {std::string(), std::string(24, 'x'), std::string(100, '\xff')}) {
    server.ask({"SET", key, forged});
    EXPECT_EQ(other.find("/a", version_of(5, 8)), "nothing");
  }
}

TEST_F(SharedAnswersTest, MemoryForgetsWhatIsMarkedAndAllWhenMarksMayBeMissed) {
  RedisServer server;
  Node node(server);
  const AnswerVersion version = version_of(5, 8);
  const auto keep = [&] {
    Response response = Response::text("hello");
    EXPECT_TRUE(node.cache.keep("/a", version, response, 0));
    EXPECT_TRUE(node.cache.find("/a", version, 0));
  };
  const auto is_gone = [&] {
    return RedisServer::eventually([&] { return !node.cache.find("/a", version, 0); });
  };
  keep();
  node.redis->mark({SharedAnswers::mark_of(9)});
  EXPECT_TRUE(is_gone());
  keep();
  node.redis->mark({SharedAnswers::mark_of(10)});
  server.ask({"PING"});
  EXPECT_TRUE(node.cache.find("/a", version, 0)) << "another place";
  server.stop();
  EXPECT_TRUE(is_gone());
  keep();
  EXPECT_TRUE(node.cache.find("/a", version, 0)) << "it is kept without the server, too";
  server.start();
  EXPECT_TRUE(is_gone());
}

// What a handler answers from, and how often it was asked.
struct Board {
  AnswerVersion version = version_of(1, 1);
  std::atomic<int> calls = 0;
};
template <typename Context>
Context& service(Board& board) {
  return board;
}
struct GetBoard {
  static constexpr std::string_view summary = "The board";
  static AnswerVersion answer_version(const Board& board, const Request&) { return board.version; }
  static Response handle(Board& board, const Request&) {
    return Response::json("{\"call\":" + std::to_string(++board.calls) + "}");
  }
};

TEST_F(SharedAnswersTest, ASecondNodeAnswersFromWhatTheFirstHasMade) {
  RedisServer server;
  Board board;
  Node nodes[] = {Node(server), Node(server)};
  std::vector<std::unique_ptr<TestServer>> servers;
  for (Node& node : nodes) {
    servers.push_back(std::make_unique<TestServer>(std::vector<Route>{
        make_route<GetBoard>({Method::kGet, "/board", Access::kPublic, 0, "GetBoard"}, board)}));
    servers.back()->parts.answers = &node.cache;
    servers.back()->start();
  }
  EXPECT_EQ(servers[0]->client().get("/board")->body, "{\"call\":1}");
  EXPECT_TRUE(RedisServer::eventually([&] { return server.ask({"DBSIZE"}) == "1"; }));
  const auto second = servers[1]->client().get("/board");
  EXPECT_EQ(second->body, "{\"call\":1}");
  EXPECT_EQ(second->header("content-type"), "application/json");
  EXPECT_EQ(nodes[1].cache.stats().shared_hits, 1u);
  board.version = version_of(2, 2);
  EXPECT_EQ(servers[1]->client().get("/board")->body, "{\"call\":2}");
  server.stop();
  board.version = version_of(3, 3);
  EXPECT_EQ(servers[0]->client().get("/board")->body, "{\"call\":3}");
  // What is in memory when the loss of the server is noticed is dropped, and kept from then on.
  EXPECT_TRUE(RedisServer::eventually([&] {
    const std::string first = servers[0]->client().get("/board")->body;
    return servers[0]->client().get("/board")->body == first;
  }));
}

}  // namespace
}  // namespace icn::http
