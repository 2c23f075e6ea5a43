#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/http_testing.h"

namespace icn::http {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kLargeBytes = 4 << 20;  // more than waits in a connection's output

// What is on its way while a client stops sending, or takes its time.
class PipelineTest : public testing::Test {
 protected:
  PipelineTest()
      : test_server({raw_route(Method::kGet, "/hello", 0,
                               [](ExchangePtr exchange) { exchange->reply(Response::text("hello")); }),
                     raw_route(Method::kGet, "/large", 0,
                               [](ExchangePtr exchange) {
                                 exchange->reply(Response::cached(
                                     "text/plain", std::make_shared<const std::string>(kLargeBytes, 'x')));
                               }),
                     raw_route(Method::kGet, "/later", 0, [this](ExchangePtr exchange) {
                       exchange->on_cancel([this] { cancelled.set(); });
                       waiting = std::move(exchange);
                       arrived.set();
                     })}) {}

  static std::string get(const std::string& path) { return "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n"; }

  ExchangePtr waiting;
  Signal arrived;
  Signal cancelled;
  TestServer test_server;
};

TEST_F(PipelineTest, WhatCameBeforeTheEndOfInputIsAnswered) {
  test_server.start();
  RawSocket reads_later(test_server.server->port());
  reads_later.send(get("/large") + get("/large") + get("/large"));
  reads_later.shut_down_sending();
  EXPECT_EQ(count_of(reads_later.read_all(), "HTTP/1.1 200 OK"), 3u);

  RawSocket waits(test_server.server->port());
  waits.send(get("/later") + get("/large"));
  ASSERT_TRUE(arrived.wait());
  waits.shut_down_sending();
  ASSERT_TRUE(cancelled.wait());
  waiting->reply(Response::text("late"));
  EXPECT_EQ(count_of(waits.read_all(), "HTTP/1.1 200 OK"), 2u);
  EXPECT_TRUE(waits.is_closed_by_server());
}

TEST_F(PipelineTest, AnEmptyLineAfterARequestBeginsNone) {
  test_server.options.header_timeout_ms = 50;
  test_server.options.idle_timeout_ms = 200;
  test_server.start();
  RawSocket socket(test_server.server->port());
  socket.send(get("/hello"));
  const std::string answer = socket.read_until("hello");
  EXPECT_THAT(answer, testing::StartsWith("HTTP/1.1 200"));
  socket.send("\r\n");
  EXPECT_EQ(socket.read_all(), answer) << "closed as idle, without a word";
}

TEST_F(PipelineTest, OneEmptyLineBeforeARequestIsPassedOver) {
  test_server.start();
  const std::string last = "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  RawSocket at_once(test_server.server->port());
  at_once.send("\r\n" + get("/hello") + "\r\n" + last);
  EXPECT_EQ(count_of(at_once.read_all(), "HTTP/1.1 200 OK"), 2u);

  RawSocket in_parts(test_server.server->port());
  in_parts.send(get("/hello"));
  in_parts.read_until("hello");
  in_parts.send("\r");
  std::this_thread::sleep_for(milliseconds(20));
  in_parts.send("\n");
  std::this_thread::sleep_for(milliseconds(20));
  in_parts.send(last);
  EXPECT_EQ(count_of(in_parts.read_all(), "HTTP/1.1 200 OK"), 2u);
}

TEST_F(PipelineTest, ASecondEmptyLineIsNoRequest) {
  test_server.start();
  RawSocket at_once(test_server.server->port());
  at_once.send("\r\n\r\n" + get("/hello"));
  EXPECT_THAT(at_once.read_all(), testing::StartsWith("HTTP/1.1 400"));

  RawSocket in_parts(test_server.server->port());
  in_parts.send("\r\n");
  std::this_thread::sleep_for(milliseconds(20));
  in_parts.send("\r\n" + get("/hello"));
  EXPECT_THAT(in_parts.read_all(), testing::StartsWith("HTTP/1.1 400"));
}

// It holds more than the system takes for a reader of so little.
TEST_F(PipelineTest, TheTimeThatAnAnswerTakesIsNoIdleness) {
  test_server.options.idle_timeout_ms = 4'000;
  test_server.start();
  RawSocket socket(test_server.server->port(), 4'096);
  socket.send(get("/large"));
  std::this_thread::sleep_for(milliseconds(4'200));
  ASSERT_EQ(count_of(socket.read_until(std::string(kLargeBytes, 'x')), "HTTP/1.1 200 OK"), 1u);
  std::this_thread::sleep_for(milliseconds(600));  // time to notice that it was idle
  socket.send("GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(socket.read_all(), testing::EndsWith("hello"));
}

}  // namespace
}  // namespace icn::http
