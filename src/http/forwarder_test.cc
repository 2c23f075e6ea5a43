#include "http/forwarder.h"

#include <gtest/gtest.h>

#include <atomic>

#include "base/log.h"
#include "http/http_testing.h"

namespace icn::http {
namespace {

Bytes secret(std::uint8_t byte = 7) { return Bytes(32, byte); }

Request request_to(std::string target, std::string method = "GET") {
  Request request;
  request.method_text = std::move(method);
  request.method = method_named(request.method_text);
  request.set_target(target);
  request.peer_address = "203.0.113.9";
  return request;
}

class ForwardSealTest : public ::testing::Test {
 protected:
  std::string code(const ForwardSeal& seal, Request& request) {
    const auto opened = seal.open(request);
    return opened.ok() ? "open" : std::string(opened.error().code());
  }
  Request sealed(const Request& request, const ForwardSeal& seal) {
    Request out = request;
    out.peer_address = "127.0.0.1";
    out.is_tls = false;
    out.headers.add("X-ICN-Forwarded", seal.seal(request, request.method_text));
    return out;
  }
  ManualClock clock_;
  ForwardSeal seal_{secret(), clock_};
};

TEST_F(ForwardSealTest, TellsWhereARequestCameFrom) {
  Request original = request_to("/a?b=1");
  original.is_tls = true;
  Request arrived = sealed(original, seal_);
  EXPECT_EQ(code(seal_, arrived), "open");
  EXPECT_EQ(arrived.peer_address, "203.0.113.9");
  EXPECT_TRUE(arrived.is_tls);
  EXPECT_TRUE(arrived.is_forwarded);
  Request direct = request_to("/a");
  EXPECT_EQ(code(seal_, direct), "open");
  EXPECT_FALSE(direct.is_forwarded);
}

TEST_F(ForwardSealTest, IsOfOneRequestOneSecretAndItsTime) {
  const Request original = request_to("/a");
  Request other_target = sealed(original, seal_);
  other_target.set_target("/b");
  EXPECT_EQ(code(seal_, other_target), "bad_credentials");
  Request other_method = sealed(original, seal_);
  other_method.method_text = "POST";
  EXPECT_EQ(code(seal_, other_method), "bad_credentials");
  Request other_secret = sealed(original, ForwardSeal(secret(8), clock_));
  EXPECT_EQ(code(seal_, other_secret), "bad_credentials");
  Request late = sealed(original, seal_);
  clock_.advance(std::chrono::seconds(121));
  EXPECT_EQ(code(seal_, late), "bad_credentials");
  EXPECT_EQ(late.peer_address, "127.0.0.1");
  for (const char* odd :
       {"", ";", ";;;", "1.2.3.4;http;1;", "1.2.3.4;http;x;00112233445566778899aabbccddeeff"}) {
    Request forged = request_to("/a");
    forged.headers.add("x-icn-forwarded", odd);
    EXPECT_EQ(code(seal_, forged), "bad_credentials") << odd;
  }
}

// Counts what it takes in.
class CountingUpload final : public UploadSession {
 public:
  Result<void> write(ByteView bytes) override {
    size_ += bytes.size();
    return {};
  }
  void finish(ExchangePtr exchange) override { exchange->reply(Response::text(std::to_string(size_), 201)); }

 private:
  std::size_t size_ = 0;
};

Route upload_route() {
  Route route = raw_route(Method::kPost, "/upload", std::size_t{1} << 30, nullptr);
  route.open_upload = [](Exchange&) -> Result<std::unique_ptr<UploadSession>> {
    return std::unique_ptr<UploadSession>(std::make_unique<CountingUpload>());
  };
  return route;
}

// A body of `count` blocks of 64 KiB; none: it breaks after the third.
Response blocks(std::optional<int> count) {
  auto sent = std::make_shared<int>(0);
  return Response::stream("application/octet-stream",
                          {[sent, count]() -> Result<std::optional<Bytes>> {
                             if (!count && *sent == 3) return Error(errors::kInternal, "the disk is gone");
                             if (count && *sent == *count) return std::optional<Bytes>();
                             return std::optional(Bytes(65'536, static_cast<std::uint8_t>((*sent)++)));
                           },
                           std::nullopt});
}

class ForwarderTest : public ::testing::Test {
 protected:
  ForwarderTest()
      : leader_(
            {raw_route(Method::kGet, "/echo", 0,
                       [](const ExchangePtr& exchange) {
                         const Request& request = exchange->request();
                         Response response = Response::text(
                             request.target + "|" + std::string(request.headers.find("host").value_or("")) +
                             "|" + std::string(request.headers.find("x-own").value_or("")) + "|" +
                             request.peer_address + "|" + (request.is_forwarded ? "forwarded" : "direct"));
                         response.headers.emplace_back("x-answer", "yes");
                         exchange->reply(std::move(response));
                       }),
             raw_route(Method::kPost, "/echo", 1'000'000,
                       [this](const ExchangePtr& exchange) {
                         ++posts_;
                         exchange->reply(Response::bytes("text/plain", exchange->request().body));
                       }),
             raw_route(Method::kGet, "/blocks", 0,
                       [](const ExchangePtr& exchange) { exchange->reply(blocks(100)); }),
             raw_route(Method::kGet, "/endless", 0,
                       [](const ExchangePtr& exchange) { exchange->reply(blocks(1'000'000)); }),
             raw_route(Method::kGet, "/broken", 0,
                       [](const ExchangePtr& exchange) { exchange->reply(blocks(std::nullopt)); }),
             raw_route(Method::kPost, "/refused", 1'000,
                       [](const ExchangePtr& exchange) { exchange->reply(Error(errors::kConflict, "no")); }),
             raw_route(Method::kGet, "/alone", 0,
                       [](const ExchangePtr& exchange) { exchange->reply(Response::text("leader")); }),
             upload_route()}),
        door_(forwarded({raw_route(Method::kGet, "/echo", 0, nullptr),
                         raw_route(Method::kPost, "/echo", 1'000'000, nullptr),
                         raw_route(Method::kGet, "/blocks", 0, nullptr),
                         raw_route(Method::kGet, "/endless", 0, nullptr),
                         raw_route(Method::kGet, "/broken", 0, nullptr),
                         raw_route(Method::kPost, "/refused", 1'000, nullptr), upload_route(),
                         raw_route(Method::kGet, "/alone", 0, nullptr)})) {
    leader_.parts.forward_seal = &seal_;
    leader_.start();
    ForwarderOptions options;
    options.url = leader_.url();
    options.requests_max = 4;
    forwarder_ = Forwarder::make(options, seal_, make_silent_log()).value();
    forwarder_->set_knowledge(
        {[this] { return is_known_.load(); }, [this](bool is_reachable) { heard_ = is_reachable ? 1 : -1; }});
    door_.parts.forwarder = forwarder_.get();
    door_.start();
  }
  ~ForwarderTest() override {
    door_.stop();
    forwarder_->stop();
    leader_.stop();
  }
  static std::vector<Route> forwarded(std::vector<Route> routes) {
    for (Route& route : routes) {
      route.is_forwarded = true;
      if (!route.open_upload) route.handle = [](const ExchangePtr&) { ADD_FAILURE(); };
    }
    routes.back().is_answered_alone = true;
    routes.back().handle = [](const ExchangePtr& exchange) { exchange->reply(Response::text("door")); };
    return routes;
  }

  SystemClock clock_;
  ForwardSeal seal_{secret(), clock_};
  std::atomic<int> posts_{0};
  std::atomic<int> heard_{0};
  std::atomic<bool> is_known_{true};
  TestServer leader_;
  TestServer door_;
  std::unique_ptr<Forwarder> forwarder_;
};

TEST_F(ForwarderTest, PassesOnWhatTheCallerSentAndBackWhatWasAnswered) {
  Client client = door_.client();
  ClientRequest request;
  request.target = "/echo?x=%20y";
  request.host = "coop.example";
  request.headers = {{"x-own", "mine"}, {"x-icn-forwarded", "10.0.0.1;http;1;00"}};
  const auto answer = client.send(request);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "/echo?x=%20y|coop.example|mine|127.0.0.1|forwarded");
  EXPECT_EQ(answer->header("x-answer"), "yes");
  EXPECT_EQ(answer->header("content-type"), "text/plain; charset=utf-8");
  EXPECT_EQ(client.post("/echo", "{\"a\":1}")->body, "{\"a\":1}");
  EXPECT_EQ(client.post("/refused", "{}")->status, 409);
  EXPECT_EQ(heard_, 1);
  request.method = "HEAD";
  const auto head = client.send(request);
  ASSERT_TRUE(head.ok());
  EXPECT_EQ(head->status, 200);
  EXPECT_EQ(head->body, "");
}

TEST_F(ForwarderTest, StreamsLongBodiesAndAnswers) {
  Client client = door_.client();
  const auto answer = client.get("/blocks");
  ASSERT_TRUE(answer.ok());
  ASSERT_EQ(answer->body.size(), 100u * 65'536);
  EXPECT_EQ(answer->body[65'536 * 42], 42);
  ClientRequest request;
  request.method = "POST";
  request.target = "/upload";
  int left = 200;
  request.body_source = [&left]() -> Result<Bytes> { return left-- > 0 ? Bytes(65'536, 1) : Bytes(); };
  const auto uploaded = client.send(request);
  ASSERT_TRUE(uploaded.ok());
  EXPECT_EQ(uploaded->status, 201);
  EXPECT_EQ(uploaded->body, std::to_string(200 * 65'536));
}

TEST_F(ForwarderTest, AnAnswerThatBreaksOffBreaksOffForTheCallerToo) {
  Client client = door_.client();
  EXPECT_FALSE(client.get("/broken").ok());
  EXPECT_EQ(client.get("/echo")->status, 200);
}

TEST_F(ForwarderTest, LongAnswersLeaveRoomForOthers) {
  const std::string request = "GET /endless HTTP/1.1\r\nHost: x\r\n\r\n";
  std::vector<std::unique_ptr<RawSocket>> readers;
  for (int i = 0; i < 3; ++i) {
    readers.push_back(std::make_unique<RawSocket>(door_.server->port(), 4'096));
    readers.back()->send(request);
    EXPECT_NE(readers.back()->read_until("\r\n\r\n").find("HTTP/1.1 200 OK"), std::string::npos);
  }
  Client client = door_.client();
  const auto refused = client.get("/endless");
  ASSERT_TRUE(refused.ok());
  EXPECT_EQ(refused->status, 503);
  EXPECT_NE(refused->body.find("gateway_busy"), std::string::npos);
  EXPECT_EQ(client.post("/echo", "1")->body, "1");
}

TEST_F(ForwarderTest, SaysWhetherSomethingMayHaveHappened) {
  Client client = door_.client();
  EXPECT_EQ(client.post("/echo", "1")->body, "1");
  leader_.stop();
  const auto refused = client.post("/echo", "2");
  ASSERT_TRUE(refused.ok());
  EXPECT_EQ(refused->status, 503);
  EXPECT_NE(refused->body.find("leader_unreachable"), std::string::npos);
  EXPECT_FALSE(refused->header("retry-after").empty());
  EXPECT_EQ(posts_, 1);
  EXPECT_EQ(heard_, -1);
}

TEST_F(ForwarderTest, TriesNothingWhileTheOtherNodeIsKnownToBeAway) {
  Client client = door_.client();
  is_known_ = false;
  const auto refused = client.post("/echo", "1");
  ASSERT_TRUE(refused.ok());
  EXPECT_EQ(refused->status, 503);
  EXPECT_NE(refused->body.find("leader_unreachable"), std::string::npos);
  EXPECT_EQ(client.post("/upload", "1")->status, 503);
  EXPECT_EQ(posts_, 0);
  EXPECT_EQ(heard_, 0);
  is_known_ = true;
  EXPECT_EQ(client.post("/echo", "2")->body, "2");
}

TEST_F(ForwarderTest, SomeRequestsAreAnsweredHereWhileTheOtherNodeIsAway) {
  Client client = door_.client();
  EXPECT_EQ(client.get("/alone")->body, "leader");
  is_known_ = false;
  EXPECT_EQ(client.get("/alone")->body, "door");
  ClientRequest with_session;
  with_session.target = "/alone";
  with_session.headers = {{"authorization", "Bearer t"}};
  EXPECT_EQ(client.send(with_session)->status, 503) << "only the other node can check it";
  is_known_ = true;
  EXPECT_EQ(client.get("/alone")->body, "leader");
}

TEST_F(ForwarderTest, MustPassOnWhatOnlyTheOtherNodeCanCheck) {
  Request request = request_to("/a");
  EXPECT_FALSE(Forwarder::must_take(request));
  request.headers.add("x-api-key", "k");
  EXPECT_FALSE(Forwarder::must_take(request));
  request.headers.add("Authorization", "Bearer t");
  EXPECT_TRUE(Forwarder::must_take(request));
  Request signed_request = request_to("/a");
  signed_request.headers.add("signature-input", "sig1=()");
  EXPECT_TRUE(Forwarder::must_take(signed_request));
}

}  // namespace
}  // namespace icn::http
