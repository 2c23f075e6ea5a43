#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/errors.h"
#include "http/http_testing.h"

namespace icn::http {
namespace {

using testing::HasSubstr;

constexpr std::size_t kKib = 1024;

class MemoryBoundsTest : public testing::Test {
 protected:
  MemoryBoundsTest() : server_(routes()) { server_.options.anonymous_bytes_max = 150 * kKib; }

  static std::vector<Route> routes() {
    std::vector<Route> all;
    all.push_back(raw_route(Method::kGet, "/own", 0, [](ExchangePtr exchange) {
      exchange->reply(Response::text(std::string(8 << 20, 'o')));
    }));
    all.push_back(raw_route(Method::kPost, "/size", 1 << 20, [](ExchangePtr exchange) {
      exchange->reply(Response::text(std::to_string(exchange->request().body.size())));
    }));
    return all;
  }

  // Until `post` of 200 KiB has this status, 5 s at most: what others send arrives when it does.
  bool comes_to(int status) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    while (std::chrono::steady_clock::now() < deadline) {
      last_ = *server_.client().post("/size", std::string(200 * kKib, 'b'));
      if (last_.status == status) return true;
    }
    return false;
  }

  TestServer server_;
  ClientResponse last_;
};

// 64 KiB of each body are free: 80 KiB of the first count, and 136 KiB of one of 200 KiB.
TEST_F(MemoryBoundsTest, BodiesOfStrangersHoldSoMuchMemoryAndNoMore) {
  server_.start();
  EXPECT_TRUE(comes_to(200));
  {
    RawSocket slow(server_.server->port());
    slow.send("POST /size HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n" +
              std::string(144 * kKib, 'a'));
    EXPECT_TRUE(comes_to(503));
    EXPECT_THAT(last_.body, HasSubstr(kMemoryInUse.code));
    EXPECT_EQ(last_.header("retry-after"), "1");
    EXPECT_EQ(server_.client().post("/size", std::string(64 * kKib, 'c'))->body, "65536");
  }
  EXPECT_TRUE(comes_to(200)) << "what the one that has gone held is free again";
}

// More than the sockets take: what is left waits in memory for a client that does not read.
TEST_F(MemoryBoundsTest, SoDoAnswersThatStrangersDoNotRead) {
  server_.options.anonymous_bytes_max = 10 << 20;
  server_.start();
  {
    RawSocket deaf(server_.server->port(), 64 << 10);
    deaf.send("GET /own HTTP/1.1\r\nHost: x\r\n\r\n");
    ASSERT_THAT(deaf.read_until("200 OK"), HasSubstr("200 OK"));
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    int status = 200;
    while (status != 503 && std::chrono::steady_clock::now() < deadline)
      status = server_.client().get("/own")->status;
    EXPECT_EQ(status, 503);
    EXPECT_EQ(server_.client().post("/size", "small")->status, 200);
  }
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  int status = 503;
  while (status != 200 && std::chrono::steady_clock::now() < deadline)
    status = server_.client().get("/own")->status;
  EXPECT_EQ(status, 200) << "what the one that has gone held is free again";
}

}  // namespace
}  // namespace icn::http
