// What one client may hold of the server: connections, and answers that it does not read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "http/connection_counts.h"
#include "http/event_stream.h"
#include "http/http_testing.h"
#include "http/send_pace.h"

namespace icn::http {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

TEST(ConnectionCounts, AnAddressHasItsPlacesBackWhenItsConnectionsGo) {
  ConnectionCounts counts(2);
  EXPECT_TRUE(counts.open("192.0.2.1"));
  EXPECT_TRUE(counts.open("192.0.2.1"));
  EXPECT_FALSE(counts.open("192.0.2.1"));
  EXPECT_FALSE(counts.open("::ffff:192.0.2.1")) << "the same client on a socket of both families";
  EXPECT_TRUE(counts.open("192.0.2.2"));
  counts.close("192.0.2.1");
  EXPECT_TRUE(counts.open("192.0.2.1"));
  EXPECT_FALSE(counts.open("192.0.2.1"));
}

TEST(ConnectionCounts, AnIPv6NetworkIsOneClient) {
  ConnectionCounts counts(1);
  EXPECT_TRUE(counts.open("2001:db8:0:1::5"));
  EXPECT_FALSE(counts.open("2001:db8:0:1:ffff:ffff:ffff:ffff"));
  EXPECT_TRUE(counts.open("2001:db8:0:2::5"));
}

TEST(ConnectionCounts, ThisMachineIsNotCounted) {
  ConnectionCounts counts(1);
  for (const char* each : {"127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1"}) {
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(counts.open(each)) << each;
    counts.close(each);
  }
  EXPECT_EQ(counts.client_count(), 0u);
  EXPECT_TRUE(counts.open("128.0.0.1"));
  EXPECT_FALSE(counts.open("128.0.0.1"));
  ConnectionCounts strict(1, true);
  EXPECT_TRUE(strict.open("127.0.0.1"));
  EXPECT_FALSE(strict.open("127.0.0.1"));
}

TEST(ConnectionCounts, RemembersNobodyWhoIsGone) {
  ConnectionCounts counts(1);
  for (int i = 0; i < 200; ++i) EXPECT_TRUE(counts.open("192.0.2." + std::to_string(i)));
  EXPECT_EQ(counts.client_count(), 200u);
  for (int i = 0; i < 200; ++i) counts.close("192.0.2." + std::to_string(i));
  EXPECT_EQ(counts.client_count(), 0u);
}

TEST(EventStream, OneAddressHasSoManyReaders) {
  const SystemClock clock;
  EventStream events(clock, {.clients_max = 8});
  const auto open = [&](std::string_view address) {
    Request request;
    request.peer_address = address;
    return events.open(request);
  };
  const auto first = open("192.0.2.1");
  {
    const auto second = open("192.0.2.1");
    EXPECT_TRUE(first.ok() && second.ok());
    EXPECT_FALSE(open("192.0.2.1").ok());
    EXPECT_TRUE(open("192.0.2.2").ok());
    const auto here = {open("127.0.0.1"), open("127.0.0.1"), open("127.0.0.1")};
    for (const auto& each : here) EXPECT_TRUE(each.ok()) << "this machine's programs are not counted";
  }
  EXPECT_TRUE(open("192.0.2.1").ok()) << "a reader that has gone leaves its place";
  EXPECT_EQ(events.client_count(), 1u);
}

TEST(SendPace, EachPeriodNeedsItsBytes) {
  SendPace pace(16'384, 30'000);
  pace.begin_wait(1'000);
  EXPECT_FALSE(pace.is_too_slow(31'000));
  pace.add_sent(16'383);
  EXPECT_TRUE(pace.is_too_slow(31'001));
  pace.add_sent(1);
  EXPECT_FALSE(pace.is_too_slow(31'001));
  EXPECT_FALSE(pace.is_too_slow(61'001)) << "the next period began at 31,001";
  EXPECT_TRUE(pace.is_too_slow(61'002));
}

TEST(SendPace, OnlyTimeInWhichBytesWaitCounts) {
  SendPace pace(16'384, 30'000);
  pace.begin_wait(0);
  pace.add_sent(1);
  pace.end_wait(20'000);
  pace.begin_wait(1'000'000);
  EXPECT_FALSE(pace.is_too_slow(1'010'000));
  EXPECT_TRUE(pace.is_too_slow(1'010'001));
}

TEST(SendPace, TheRestOfAnAnswerIsEnough) {
  SendPace pace(16'384, 30'000);
  pace.begin_wait(0);
  pace.add_sent(1);
  pace.end_wait(29'000);
  pace.restart();
  pace.begin_wait(40'000);
  EXPECT_FALSE(pace.is_too_slow(70'000));
  EXPECT_TRUE(pace.is_too_slow(70'001));
}

class ConnectionLimitsTest : public testing::Test {
 protected:
  static constexpr std::size_t kMarkBytes = 64 * 1024;
  static constexpr std::size_t kMarks = 256;

  ConnectionLimitsTest() : server_(routes()) {}

  std::vector<Route> routes() {
    std::vector<Route> all;
    all.push_back(raw_route(Method::kGet, "/hello", 0,
                            [](ExchangePtr exchange) { exchange->reply(Response::text("hello")); }));
    all.push_back(raw_route(Method::kGet, "/marked", 0, [this](ExchangePtr exchange) {
      std::string text;
      for (std::size_t i = 0; i < kMarks; ++i)
        text.append(std::string(kMarkBytes, 'x')).append("mark " + std::to_string(i) + ".");
      auto shared = std::make_shared<const std::string>(std::move(text));
      answer_ = shared;
      exchange->reply(Response::cached("text/plain", std::move(shared)));
    }));
    all.push_back(raw_route(Method::kGet, "/events", 0, [this](ExchangePtr exchange) {
      auto response = events_.open(exchange->request());
      response.ok() ? exchange->reply(std::move(response).value()) : exchange->reply(response.error());
    }));
    return all;
  }

  // Whether a new connection is answered.
  bool gets_in(RawSocket& socket) {
    return socket.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n") &&
           socket.read_until("hello").ends_with("hello");
  }

  template <class Condition>
  static bool comes_true(Condition&& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(milliseconds(2));
    }
    return true;
  }

  SystemClock clock_;
  EventStream events_{clock_, {.kept_events = 100, .lag_events_max = 50, .clients_max = 2}};
  std::weak_ptr<const std::string> answer_;  // read when the server is done with it
  TestServer server_;
};

TEST_F(ConnectionLimitsTest, OneAddressGetsSoManyConnections) {
  server_.options.connections_per_address_max = 2;
  server_.options.counts_loopback = true;
  server_.start();
  const std::uint16_t port = server_.server->port();
  auto first = std::make_unique<RawSocket>(port);
  RawSocket second(port);
  ASSERT_TRUE(gets_in(*first));
  ASSERT_TRUE(gets_in(second));
  RawSocket third(port);
  EXPECT_EQ(third.read_all(), "");
  EXPECT_TRUE(third.is_closed_by_server());
  EXPECT_TRUE(comes_true([&] { return server_.server->connection_count() == 2; }));
  first.reset();
  EXPECT_TRUE(comes_true([&] { return server_.server->connection_count() == 1; }));
  RawSocket fourth(port);
  EXPECT_TRUE(gets_in(fourth)) << "the first one's place is free again";
  EXPECT_TRUE(gets_in(second)) << "who is in stays in";
}

TEST_F(ConnectionLimitsTest, ProgramsOfThisMachineGetAllThereAre) {
  server_.options.connections_per_address_max = 1;
  server_.start();
  RawSocket first(server_.server->port());
  RawSocket second(server_.server->port());
  EXPECT_TRUE(gets_in(first));
  EXPECT_TRUE(gets_in(second));
}

// At most 64 KiB each 15 ms: all of it takes 3.8 s at least, less what the sockets hold. It never stands
// still for a whole period, which alone would have it cut off.
TEST_F(ConnectionLimitsTest, ReaderThatIsTooSlowIsCutOffAndItsAnswerForgotten) {
  server_.options.transfer_timeout_ms = 1'000;
  server_.options.answer_bytes_min = std::numeric_limits<std::size_t>::max();
  server_.start();
  RawSocket slow(server_.server->port(), 32 << 10);
  slow.send("GET /marked HTTP/1.1\r\nHost: x\r\n\r\n");
  for (std::size_t i = 0; i < kMarks && server_.server->connection_count() + (i == 0) > 0; ++i) {
    slow.read_until("mark " + std::to_string(i) + ".");
    std::this_thread::sleep_for(milliseconds(15));
  }
  EXPECT_TRUE(comes_true([&] { return server_.server->connection_count() == 0; }));
  EXPECT_TRUE(comes_true([&] { return answer_.expired(); }));
  EXPECT_LT(slow.read_all().size(), kMarks * kMarkBytes);
}

TEST_F(ConnectionLimitsTest, ReaderThatTakesEnoughGetsAllOfIt) {
  server_.options.answer_bytes_min = 1;
  server_.start();
  RawSocket steady(server_.server->port(), 32 << 10);
  steady.send("GET /marked HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string last = "mark " + std::to_string(kMarks - 1) + ".";
  EXPECT_TRUE(steady.read_until(last).ends_with(last));
}

TEST_F(ConnectionLimitsTest, StreamWithNothingToSayIsNotTooSlow) {
  server_.options.transfer_timeout_ms = 20;
  server_.options.answer_bytes_min = std::numeric_limits<std::size_t>::max();
  server_.start();
  RawSocket reader(server_.server->port());
  reader.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_THAT(reader.read_until("retry:"), HasSubstr("text/event-stream"));
  std::this_thread::sleep_for(milliseconds(200));
  events_.publish("Tick", "\"late\"");
  EXPECT_THAT(reader.read_until("late"), HasSubstr("late"));
}

}  // namespace
}  // namespace icn::http
