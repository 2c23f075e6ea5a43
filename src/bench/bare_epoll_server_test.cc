#include "bench/bare_epoll_server.h"

#include <gtest/gtest.h>

#include "bench/wrk.h"
#include "http/client.h"

namespace icn::bench {
namespace {

TEST(BareEpollServer, AnswersOverAKeptConnection) {
  auto server = BareEpollServer::start("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi", 2);
  ASSERT_TRUE(server.ok());
  auto client = http::Client::make("http://127.0.0.1:" + std::to_string((*server)->port()));
  for (int i = 0; i < 10; ++i) EXPECT_EQ(client->get("/x")->body, "hi");
}

// What wrk 4.1.0 prints.
TEST(Wrk, FiguresAreRead) {
  const std::string text =
      "  Thread Stats   Avg      Stdev     Max   +/- Stdev\n    Latency   520.71us  343.06us   8.65ms   "
      "82.68%\n"
      "  Latency Distribution\n     50%  441.00us\n     75%  648.00us\n     90%    0.92ms\n     99%    "
      "1.71ms\n"
      "  619041 requests in 5.10s, 106.26MB read\n  Socket errors: connect 1, read 2, write 3, timeout 4\n"
      "  Non-2xx or 3xx responses: 5\nRequests/sec: 121377.64\nTransfer/sec:     20.84MB\n";
  const auto figures = read_wrk(text);
  ASSERT_TRUE(figures.ok());
  EXPECT_DOUBLE_EQ(figures->requests_per_second, 121377.64);
  EXPECT_DOUBLE_EQ(figures->p99_ms, 1.71);
  EXPECT_EQ(figures->errors, 15u);
  EXPECT_FALSE(read_wrk("unable to connect to 127.0.0.1").ok());
}

}  // namespace
}  // namespace icn::bench
