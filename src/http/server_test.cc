#include "http/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/errors.h"
#include "http/http_testing.h"

namespace icn::http {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// Takes a body as it comes and answers how many bytes there were.
class CountingUpload final : public UploadSession {
 public:
  explicit CountingUpload(std::atomic<int>* aborted) : aborted_(aborted) {}
  ~CountingUpload() override {
    if (!is_finished_) ++*aborted_;
  }
  Result<void> write(ByteView bytes) override {
    bytes_ += bytes.size();
    if (!bytes.empty() && bytes[0] == '!') return Error(errors::kRuleBroken, "no '!' here");
    return {};
  }
  bool wants_pause(const std::function<void()>& resume) override {
    // What it waits for after its last piece is nobody's any more.
    std::thread([resume, alive = std::weak_ptr(alive_)] {
      std::this_thread::sleep_for(milliseconds(1));
      if (!alive.expired()) resume();
    }).detach();
    return true;
  }
  void finish(ExchangePtr exchange) override {
    is_finished_ = true;
    exchange->reply(Response::text(std::to_string(bytes_), 201));
  }

 private:
  std::atomic<int>* aborted_;
  std::shared_ptr<int> alive_ = std::make_shared<int>();
  std::size_t bytes_ = 0;
  bool is_finished_ = false;
};

class ServerTest : public testing::Test {
 protected:
  ServerTest() : test_server(routes()) {}

  std::vector<Route> routes() {
    std::vector<Route> all;
    all.push_back(raw_route(Method::kGet, "/hello/{name}", 0, [](ExchangePtr exchange) {
      exchange->reply(
          Response::text("hello " + *find_parameter(exchange->request().path_parameters, "name")));
    }));
    all.push_back(raw_route(Method::kPost, "/echo", 1000, [](ExchangePtr exchange) {
      exchange->reply(Response::text(to_text(exchange->request().body)));
    }));
    all.push_back(raw_route(Method::kGet, "/later", 0, [this](ExchangePtr exchange) {
      exchange->on_cancel([this] { cancelled.set(); });
      const std::lock_guard lock(mutex);
      waiting.push_back(std::move(exchange));
      arrived.set();
    }));
    all.push_back(raw_route(Method::kGet, "/large", 0, [](ExchangePtr exchange) {
      exchange->reply(Response::cached("text/plain", std::make_shared<const std::string>(4 << 20, 'x')));
    }));
    all.push_back(raw_route(Method::kGet, "/streamed", 0, [](ExchangePtr exchange) {
      exchange->reply(Response::stream("text/plain", {pieces(300), std::nullopt}));
    }));
    all.push_back(raw_route(Method::kGet, "/sized", 0, [](ExchangePtr exchange) {
      exchange->reply(Response::stream("text/plain", {pieces(300), 300 * 1000}));
    }));
    all.push_back(raw_route(Method::kGet, "/short", 0, [](ExchangePtr exchange) {
      exchange->reply(Response::stream("text/plain", {pieces(2), 300 * 1000}));
    }));
    all.push_back(raw_route(Method::kGet, "/throws", 0, [](ExchangePtr) { throw std::bad_alloc(); }));
    Route upload = raw_route(Method::kPost, "/upload", 8 << 20, nullptr);
    upload.open_upload = [this](Exchange&) -> Result<std::unique_ptr<UploadSession>> {
      return std::unique_ptr<UploadSession>(std::make_unique<CountingUpload>(&aborted));
    };
    all.push_back(std::move(upload));
    return all;
  }

  static BodyProducer pieces(int count) {
    return [left = count]() mutable -> Result<std::optional<Bytes>> {
      if (left-- == 0) return std::optional<Bytes>();
      return std::optional(Bytes(1000, 'y'));
    };
  }

  std::string exchange(std::string_view bytes) {
    RawSocket socket(test_server.server->port());
    socket.send(bytes);
    return socket.read_all();
  }

  std::atomic<int> aborted = 0;
  std::mutex mutex;
  std::vector<ExchangePtr> waiting;
  Signal arrived;
  Signal cancelled;
  TestServer test_server;
};

TEST_F(ServerTest, AnswersAndKeepsTheConnection) {
  test_server.start();
  Client client = test_server.client();
  for (const char* name : {"ada", "b%20c", "d%2Fe"}) {
    const auto response = client.get(std::string("/hello/") + name);
    ASSERT_TRUE(response.ok()) << response.error().detail();
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->header("x-content-type-options"), "nosniff");
    EXPECT_FALSE(response->header("date").empty());
    EXPECT_FALSE(response->header("x-correlation-id").empty());
  }
  EXPECT_EQ(client.get("/hello/d%2Fe")->body, "hello d/e");
  EXPECT_EQ(test_server.server->connection_count(), 1u);
}

TEST_F(ServerTest, EchoesTheCorrelationIdUnlessItIsStrange) {
  test_server.start();
  Client client = test_server.client();
  ClientRequest request;
  request.target = "/hello/x";
  request.headers = {{"X-Correlation-ID", "abc-123"}};
  EXPECT_EQ(client.send(request)->header("x-correlation-id"), "abc-123");
  request.headers = {{"X-Correlation-ID", "a b"}};
  EXPECT_THAT(client.send(request)->header("x-correlation-id"), Not(HasSubstr(" ")));
}

TEST_F(ServerTest, PipelinedRequestsAreAnsweredInOrder) {
  test_server.start();
  std::string all;
  for (int i = 0; i < 200; ++i) {
    all += "GET /hello/" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n" +
           (i == 199 ? "Connection: close\r\n" : "") + "\r\n";
  }
  const std::string answer = exchange(all);
  EXPECT_EQ(count_of(answer, "HTTP/1.1 200 OK"), 200u);
  EXPECT_LT(answer.find("hello 7HTTP"), answer.find("hello 8HTTP"));
  EXPECT_TRUE(answer.ends_with("hello 199"));
}

TEST_F(ServerTest, PipelineWaitsForAnAnswerThatComesLater) {
  test_server.start();
  RawSocket socket(test_server.server->port());
  socket.send(
      "GET /later HTTP/1.1\r\nHost: x\r\n\r\nGET /hello/2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  ASSERT_TRUE(arrived.wait());
  waiting.front()->reply(Response::text("first"));  // from this thread
  const std::string answer = socket.read_all();
  EXPECT_EQ(count_of(answer, "HTTP/1.1 200 OK"), 2u);
  EXPECT_LT(answer.find("first"), answer.find("hello 2"));
}

TEST_F(ServerTest, RequestInSingleBytes) {
  test_server.start();
  RawSocket socket(test_server.server->port());
  for (const char c : std::string("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
                                  "Connection: close\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")) {
    socket.send({&c, 1});
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  EXPECT_THAT(socket.read_all(), testing::EndsWith("\r\n\r\nabcde"));
}

TEST_F(ServerTest, HeadAnswersWithoutBody) {
  test_server.start();
  const std::string answer = exchange(
      "HEAD /hello/x HTTP/1.1\r\nHost: x\r\n\r\nHEAD /streamed HTTP/1.1\r\nHost: x\r\nConnection: "
      "close\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("content-length: 7\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("hello")));
  EXPECT_EQ(count_of(answer, "HTTP/1.1 200"), 2u);
}

TEST_F(ServerTest, UnknownPathAndMethodAreTold) {
  test_server.start();
  Client client = test_server.client();
  const auto missing = client.get("/nothing");
  EXPECT_EQ(missing->status, 404);
  EXPECT_EQ(missing->header("content-type"), "application/problem+json");
  EXPECT_THAT(missing->body, HasSubstr(R"("code":"route_not_found")"));
  EXPECT_THAT(missing->body, HasSubstr(R"("instance":"/nothing")"));
  EXPECT_THAT(missing->body, HasSubstr(R"("correlation_id":")" + missing->header("x-correlation-id")));
  const auto wrong = client.post("/hello/x", "{}");
  EXPECT_EQ(wrong->status, 405);
  EXPECT_EQ(wrong->header("allow"), "GET, HEAD, OPTIONS");
  ClientRequest options;
  options.method = "OPTIONS";
  options.target = "/echo";
  EXPECT_EQ(client.send(options)->status, 204);
  options.method = "BREW";
  EXPECT_EQ(client.send(options)->status, 501);
}

TEST_F(ServerTest, TargetsAreUtf8) {
  test_server.start();
  Client client = test_server.client();
  for (const char* target :
       {"/hello/%ff", "/hello/\xff", "/hello/x?a=%c0%af", "/hello/x?%ed%a0%80", "/hello/x?a=\xc3"})
    EXPECT_EQ(client.get(target)->status, 400) << target;
  EXPECT_EQ(client.get("/hello/%c3%a9?a=%c3%a9&b=%")->body, "hello \xc3\xa9");
}

TEST_F(ServerTest, CrossOriginHeadersOnlyForAllowedOrigins) {
  test_server.dispatcher_options.cors_origins = {"https://coop.example"};
  test_server.start();
  Client client = test_server.client();
  ClientRequest request;
  request.target = "/hello/x";
  request.headers = {{"origin", "https://coop.example"}};
  EXPECT_EQ(client.send(request)->header("access-control-allow-origin"), "https://coop.example");
  request.headers = {{"origin", "https://evil.example"}};
  EXPECT_EQ(client.send(request)->header("access-control-allow-origin"), "");
  request.method = "OPTIONS";
  request.headers = {{"origin", "https://coop.example"}, {"access-control-request-method", "GET"}};
  const auto preflight = client.send(request);
  EXPECT_EQ(preflight->status, 204);
  EXPECT_EQ(preflight->header("access-control-allow-methods"), "GET, HEAD");
}

TEST_F(ServerTest, BadRequestsAreRefusedAndClosed) {
  test_server.start();
  const std::pair<const char*, const char*> cases[] = {
      {"GET  HTTP/1.1\r\n\r\n", "400"},
      {"GET /hello/x HTTP/1.1\r\n\r\n", "400"},  // no Host
      {"GET /hello/x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"},
      {"GET hello HTTP/1.1\r\nHost: x\r\n\r\n", "400"},
      {"GET /hello/x HTTP/3.1\r\nHost: x\r\n\r\n", "505"},
      {"GET /hello/x HTTP/1.1\r\nHost: x\r\nBad Name: y\r\n\r\n", "400"},
      {"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", "400"},
      {"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n", "400"},
      {"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: -3\r\n\r\n", "400"},
      {"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "400"},
      {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "400"},
  };
  for (const auto& [bytes, status] : cases) {
    const std::string answer = exchange(bytes);
    EXPECT_THAT(answer, StartsWith(std::string("HTTP/1.1 ") + status)) << bytes;
    EXPECT_THAT(answer, HasSubstr("connection: close")) << bytes;
    EXPECT_THAT(answer, HasSubstr("application/problem+json")) << bytes;
  }
}

// SO_REUSEPORT would let the second one share the port.
TEST_F(ServerTest, TwoServersDoNotShareAPort) {
  test_server.start();
  const auto second = Server::check_address("127.0.0.1", test_server.server->port());
  ASSERT_FALSE(second.ok());
  EXPECT_TRUE(second.error().is(kListenFailed));
  EXPECT_TRUE(Server::check_address("127.0.0.1", 0).ok());
}

TEST_F(ServerTest, HeadersAreBoundedInBytesAndCount) {
  test_server.start();
  EXPECT_THAT(exchange("GET /hello/x HTTP/1.1\r\nHost: x\r\nA: " + std::string(9000, 'a') + "\r\n\r\n"),
              StartsWith("HTTP/1.1 431"));
  EXPECT_THAT(exchange("GET /" + std::string(9000, 'a')), StartsWith("HTTP/1.1 431"));
  const std::string chunked = "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_THAT(exchange(chunked + "1;" + std::string(20'000, 'a')), StartsWith("HTTP/1.1 431"));
  EXPECT_THAT(exchange(chunked + "0\r\nA: " + std::string(20'000, 'a')), StartsWith("HTTP/1.1 431"));
  std::string many = "GET /hello/x HTTP/1.1\r\nHost: x\r\n";
  for (int i = 0; i < 63; ++i) many += "A: b\r\n";
  EXPECT_THAT(exchange(many + "Connection: close\r\n\r\n"), StartsWith("HTTP/1.1 431"));
  many.erase(many.size() - 6);
  EXPECT_THAT(exchange(many + "Connection: close\r\n\r\n"), StartsWith("HTTP/1.1 200"));
}

TEST_F(ServerTest, BodyAboveTheLimitOfItsRouteIsRefused) {
  test_server.start();
  Client client = test_server.client();
  EXPECT_EQ(client.post("/echo", std::string(1000, 'a'))->status, 200);
  EXPECT_EQ(client.post("/echo", std::string(1001, 'a'))->status, 413);
  EXPECT_EQ(client.post("/echo", std::string(1000, 'b'))->body, std::string(1000, 'b'));
  EXPECT_EQ(client.post("/echo", std::string(2'000'000, 'a'))->status, 413);
  const std::string announced =
      exchange("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\nabc");
  EXPECT_THAT(announced, StartsWith("HTTP/1.1 413"));
  const std::string chunked =
      exchange("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" +
               std::string(1001, 'a') + "\r\n0\r\n\r\n");
  EXPECT_THAT(chunked, StartsWith("HTTP/1.1 413"));
}

TEST_F(ServerTest, ExpectContinueIsAnsweredOrRefused) {
  test_server.start();
  RawSocket socket(test_server.server->port());
  socket.send(
      "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\nConnection: "
      "close\r\n\r\n");
  EXPECT_EQ(socket.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  socket.send("abc");
  EXPECT_THAT(socket.read_all(), testing::EndsWith("abc"));
  EXPECT_THAT(
      exchange("POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"),
      StartsWith("HTTP/1.1 404"));
}

TEST_F(ServerTest, SlowClientsAreCutOff) {
  test_server.options.header_timeout_ms = 100;
  test_server.options.idle_timeout_ms = 150;
  test_server.options.transfer_timeout_ms = 200;
  test_server.start();
  EXPECT_THAT(exchange("GET /hello/x HTTP/1.1\r\nHost:"), StartsWith("HTTP/1.1 408"));
  EXPECT_THAT(exchange("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc"),
              StartsWith("HTTP/1.1 408"));
  EXPECT_EQ(exchange(""), "");  // idle: closed without a word

  RawSocket dripping(test_server.server->port());
  dripping.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n");
  for (int i = 0; i < 40 && dripping.send("a"); ++i) std::this_thread::sleep_for(milliseconds(20));
  EXPECT_THAT(dripping.read_all(), StartsWith("HTTP/1.1 408"));
}

TEST_F(ServerTest, ClientThatDoesNotReadIsCutOff) {
  test_server.options.transfer_timeout_ms = 100;
  test_server.start();
  RawSocket socket(test_server.server->port());
  socket.send("GET /hello/x HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(socket.read_until("\r\n\r\n"), HasSubstr("200"));
  ASSERT_EQ(test_server.server->connection_count(), 1u);
  for (int i = 0; i < 8; ++i) socket.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
  for (int i = 0; i < 1'000 && test_server.server->connection_count() > 0; ++i) {
    std::this_thread::sleep_for(milliseconds(10));
  }
  EXPECT_EQ(test_server.server->connection_count(), 0u);
}

TEST_F(ServerTest, LargeAndStreamedBodies) {
  test_server.start();
  Client client = test_server.client();
  EXPECT_EQ(client.get("/large")->body, std::string(4 << 20, 'x'));
  const auto streamed = client.get("/streamed");
  EXPECT_EQ(streamed->body, std::string(300'000, 'y'));
  EXPECT_EQ(streamed->header("transfer-encoding"), "chunked");
  const auto sized = client.get("/sized");
  EXPECT_EQ(sized->body, std::string(300'000, 'y'));
  EXPECT_EQ(sized->header("content-length"), "300000");
  EXPECT_EQ(client.get("/hello/x")->status, 200);
  EXPECT_FALSE(client.get("/short").ok());  // cut off, so that nobody takes it for complete
  const std::string old = exchange("GET /streamed HTTP/1.0\r\n\r\n");
  EXPECT_THAT(old, Not(HasSubstr("chunked")));
  EXPECT_EQ(old.size() - old.find("\r\n\r\n") - 4, 300'000u);
}

TEST_F(ServerTest, UploadComesInPieces) {
  test_server.start();
  Client client = test_server.client();
  const auto response = client.post("/upload", std::string(3'000'000, 'u'));
  ASSERT_TRUE(response.ok()) << response.error().detail();
  EXPECT_EQ(response->status, 201);
  EXPECT_EQ(response->body, "3000000");
  ClientRequest chunked;
  chunked.method = "POST";
  chunked.target = "/upload";
  int pieces_left = 5;
  chunked.body_source = [&]() -> Result<Bytes> { return Bytes(pieces_left-- > 0 ? 100'000 : 0, 'c'); };
  EXPECT_EQ(client.send(chunked)->body, "500000");
  EXPECT_EQ(aborted, 0);
  EXPECT_EQ(client.post("/upload", "!")->status, 422);
  EXPECT_EQ(aborted, 1);
}

TEST_F(ServerTest, UploadIsAbortedWhenTheClientGoes) {
  test_server.start();
  {
    RawSocket socket(test_server.server->port());
    socket.send("POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc");
    for (int i = 0; i < 50 && test_server.server->connection_count() == 0; ++i)
      std::this_thread::sleep_for(milliseconds(2));
  }
  for (int i = 0; i < 500 && aborted == 0; ++i) std::this_thread::sleep_for(milliseconds(2));
  EXPECT_EQ(aborted, 1);
}

TEST_F(ServerTest, HandlerHearsThatItsClientHasGone) {
  test_server.start();
  {
    RawSocket socket(test_server.server->port());
    socket.send("GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
    ASSERT_TRUE(arrived.wait());
  }
  EXPECT_TRUE(cancelled.wait());
  EXPECT_TRUE(waiting.front()->is_cancelled());
  waiting.front()->reply(Response::text("nobody reads this"));
}

TEST_F(ServerTest, HalfClosedClientStillGetsItsAnswer) {
  test_server.start();
  RawSocket socket(test_server.server->port());
  socket.send("GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_TRUE(arrived.wait());
  socket.shut_down_sending();
  ASSERT_TRUE(cancelled.wait());
  waiting.front()->reply(Response::text("late"));
  EXPECT_THAT(socket.read_all(), testing::EndsWith("late"));
}

TEST_F(ServerTest, HandlerThatThrowsAnswers500) {
  test_server.start();
  Client client = test_server.client();
  EXPECT_EQ(client.get("/throws")->status, 500);
  EXPECT_EQ(client.get("/hello/x")->status, 200);
}

TEST_F(ServerTest, ConnectionsAreBounded) {
  test_server.options.connections_max = 2;
  test_server.start();
  RawSocket first(test_server.server->port());
  RawSocket second(test_server.server->port());
  first.send("GET /hello/x HTTP/1.1\r\nHost: x\r\n\r\n");
  first.read_until("hello x");
  second.send("GET /hello/x HTTP/1.1\r\nHost: x\r\n\r\n");
  second.read_until("hello x");
  RawSocket third(test_server.server->port());
  EXPECT_EQ(third.read_all(), "");
  EXPECT_TRUE(third.is_closed_by_server());
}

TEST_F(ServerTest, StopFinishesWhatRunsAndClosesWhatIdles) {
  test_server.start();
  RawSocket idle(test_server.server->port());
  idle.send("GET /hello/x HTTP/1.1\r\nHost: x\r\n\r\n");
  idle.read_until("hello x");
  RawSocket busy(test_server.server->port());
  busy.send("GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_TRUE(arrived.wait());
  std::thread answering([this] {
    std::this_thread::sleep_for(milliseconds(50));
    waiting.front()->reply(Response::text("done"));
  });
  EXPECT_EQ(test_server.server->stop(std::chrono::seconds(5)), 0u);
  answering.join();
  const std::string answer = busy.read_all();
  EXPECT_THAT(answer, HasSubstr("connection: close"));
  EXPECT_THAT(answer, testing::EndsWith("done"));
  idle.read_all();
  EXPECT_TRUE(idle.is_closed_by_server());
}

TEST_F(ServerTest, StopCutsWhatDoesNotEnd) {
  test_server.start();
  RawSocket busy(test_server.server->port());
  busy.send("GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_TRUE(arrived.wait());
  EXPECT_EQ(test_server.server->stop(milliseconds(30)), 1u);
  EXPECT_TRUE(waiting.front()->is_cancelled());
}

TEST(ServerStart, RefusesAPublicAddressWithoutTls) {
  Router router({});
  SystemClock clock;
  DispatcherParts parts;
  parts.router = &router;
  parts.clock = &clock;
  // Not on the stack: the address sanitizer of GCC 12 aligns its frames by less than a dispatcher asks for.
  const auto made = std::make_unique<Dispatcher>(parts);
  const Dispatcher& dispatcher = *made;
  ServerOptions options;
  options.address = "0.0.0.0";
  options.port = 0;
  auto refused = Server::start(options, dispatcher, make_silent_log());
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(refused.error().is(kPublicWithoutTls));
  options.is_public_without_tls_allowed = true;
  EXPECT_TRUE(Server::start(options, dispatcher, make_silent_log()).ok());
  options.address = "localhost";
  EXPECT_TRUE(Server::start(options, dispatcher, make_silent_log()).error().is(kListenFailed));
  options.address = "127.0.0.1";
  options.tls = TlsFiles{"/nonexistent.pem", "/nonexistent.key"};
  EXPECT_TRUE(Server::start(options, dispatcher, make_silent_log()).error().is(kTlsFiles));
}

TEST_F(ServerTest, EveryRequestIsCountedByRoute) {
  test_server.start();
  Client client = test_server.client();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(client.get("/hello/x").ok());
  ASSERT_TRUE(client.get("/nothing").ok());
  std::uint64_t hello = 0, none = 0;
  for (const RouteFigures& each : test_server.statistics->figures()) {
    if (each.route == nullptr)
      none += each.requests;
    else if (each.route->path == "/hello/{name}")
      hello += each.requests;
  }
  EXPECT_EQ(hello, 5u);
  EXPECT_EQ(none, 1u);
}

}  // namespace
}  // namespace icn::http
