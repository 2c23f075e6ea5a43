// Server-sent events, batches, idempotency, authentication and TLS over real connections.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/batch.h"
#include "http/errors.h"
#include "http/event_stream.h"
#include "http/http_testing.h"
#include "storage/certificate_testing.h"
#include "storage/memory/memory_engine.h"

namespace icn::http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct NoServices {};

class LiveTest : public testing::Test {
 protected:
  LiveTest()
      : store_(std::move(engine_.open({ApiKeys::table(), IdempotencyStore::table()})).value()),
        keys_(std::move(ApiKeys::open(*store_, Bytes(32, 1), clock_, random_)).value()),
        idempotency_(*store_, clock_),
        limits_{RateLimiter(5, clock_), RateLimiter(0, clock_)},
        authenticator_({keys_.get(), nullptr, nullptr, nullptr, &clock_}),
        server_(routes()) {
    server_.parts.authenticator = &authenticator_;
    server_.parts.idempotency = &idempotency_;
    server_.parts.rate_limits = &limits_;
  }

  std::vector<Route> routes() {
    std::vector<Route> all;
    all.push_back(raw_route(Method::kGet, "/events", 0, [this](ExchangePtr exchange) {
      auto response = events_.open(exchange->request());
      response.ok() ? exchange->reply(std::move(response).value()) : exchange->reply(response.error());
    }));
    all.push_back(raw_route(Method::kPost, "/count", 1000, [this](ExchangePtr exchange) {
      exchange->reply(Response::json("{\"count\":" + std::to_string(++count_) + "}", 201));
    }));
    all.push_back(raw_route(Method::kPost, "/fails", 1000, [this](ExchangePtr exchange) {
      ++count_;
      exchange->reply(Error(errors::kUnavailable));
    }));
    Route durable = raw_route(Method::kPost, "/count/durable", 1000, [this](ExchangePtr exchange) {
      exchange->reply(Response::json("{\"count\":" + std::to_string(++count_) + "}", 201));
    });
    durable.is_idempotency_durable = true;
    all.push_back(std::move(durable));
    Route member = raw_route(Method::kGet, "/members", 0, [](ExchangePtr exchange) {
      exchange->reply(Response::json(to_json_string(exchange->request().caller.id)));
    });
    member.access = Access::kMember;
    all.push_back(std::move(member));
    NoServices services;
    all.push_back(make_route<RunBatch>({Method::kPost, "/system/batch", Access::kPublic, 1 << 20, "RunBatch"},
                                       services));
    return all;
  }
  static std::string to_json_string(const std::string& text) { return codec::to_json_text(text); }

  std::string key(Role role) { return keys_->create("", role, {}, std::nullopt)->key; }

  ClientRequest with(std::string method, std::string target,
                     std::vector<std::pair<std::string, std::string>> headers, std::string body = "") {
    ClientRequest request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.headers = std::move(headers);
    request.body = std::move(body);
    return request;
  }

  SystemClock clock_;
  SeededRandom random_{1};
  storage::MemoryEngine engine_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<ApiKeys> keys_;
  IdempotencyStore idempotency_;
  RateLimits limits_;
  Authenticator authenticator_;
  std::atomic<int> count_ = 0;
  EventStream events_{clock_, {.kept_events = 100, .lag_events_max = 50, .clients_max = 2}};
  TestServer server_;
};

TEST_F(LiveTest, EventsArriveAndResume) {
  server_.start();
  Client client = server_.client();
  std::thread publisher([this] {
    while (events_.client_count() == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    for (int i = 0; i < 10; ++i) events_.publish(i % 2 ? "Odd" : "Even", std::to_string(i));
  });
  std::vector<std::string> data;
  std::string last_id;
  ASSERT_TRUE(client
                  .events("/events", "",
                          [&](const ServerSentEvent& event) {
                            const auto json = codec::parse_json(event.data);
                            EXPECT_EQ(json->find("seq")->number()->text, event.id);
                            EXPECT_EQ(*json->find("type")->string(), event.type);
                            data.push_back(json->find("data")->number()->text);
                            if (data.size() == 4) last_id = event.id;
                            return data.size() < 4;
                          })
                  .ok());
  publisher.join();
  EXPECT_THAT(data, ElementsAre("0", "1", "2", "3"));
  data.clear();
  ASSERT_TRUE(client
                  .events("/events?types=Odd", last_id,
                          [&](const ServerSentEvent& event) {
                            data.push_back(event.type +
                                           codec::parse_json(event.data)->find("data")->number()->text);
                            return data.size() < 3;
                          })
                  .ok());
  EXPECT_THAT(data, ElementsAre("Odd5", "Odd7", "Odd9"));
}

TEST_F(LiveTest, LostEventsAreToldAsAGap) {
  server_.start();
  const std::uint64_t first = events_.publish("Tick", "0");
  for (int i = 1; i < 150; ++i) events_.publish("Tick", std::to_string(i));
  Client client = server_.client();
  std::vector<std::string> types;
  std::string gap;
  ASSERT_TRUE(client
                  .events("/events?since=" + std::to_string(first), "",
                          [&](const ServerSentEvent& event) {
                            types.push_back(event.type);
                            if (event.type == "Gap") gap = event.data;
                            return types.size() < 101;
                          })
                  .ok());
  EXPECT_EQ(types[0], "Gap");
  EXPECT_EQ(types[100], "Tick");
  EXPECT_THAT(gap, HasSubstr("{\"from\":" + std::to_string(first + 1) +
                             ",\"to\":" + std::to_string(first + 49) + "}"));
  EXPECT_FALSE(client.events("/events?since=x", "", [](const auto&) { return true; }).ok());
}

TEST_F(LiveTest, SlowReaderIsDroppedAndTheOthersGoOn) {
  server_.start();
  RawSocket slow(server_.server->port());
  slow.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
  slow.read_until("retry:");
  const std::string large = "\"" + std::string(200'000, 'x') + "\"";
  for (int i = 0; i < 200; ++i) events_.publish("Large", large);
  const std::string all = slow.read_until("too slow");
  EXPECT_THAT(all.substr(all.size() - 100), HasSubstr("too slow; resume with Last-Event-ID"));
}

TEST_F(LiveTest, EventsBeatAndSayFarewell) {
  server_.options.heartbeat_ms = 50;
  server_.start();
  RawSocket reader(server_.server->port());
  reader.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(reader.read_until("\n:\n\n"), HasSubstr("text/event-stream"));
  EXPECT_EQ(server_.server->stop(std::chrono::seconds(5)), 0u);
  const std::string all = reader.read_all();
  EXPECT_THAT(all, HasSubstr("the node is stopping"));
  EXPECT_TRUE(all.ends_with("0\r\n\r\n"));
}

TEST_F(LiveTest, ReadersAreBounded) {
  server_.start();
  RawSocket first(server_.server->port());
  RawSocket second(server_.server->port());
  for (RawSocket* each : {&first, &second}) {
    each->send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
    each->read_until("retry:");
  }
  const auto third = server_.client().get("/events");
  EXPECT_EQ(third->status, 503);
  EXPECT_EQ(third->header("retry-after"), "1");
}

TEST_F(LiveTest, RolesAreNeeded) {
  server_.start();
  Client client = server_.client();
  EXPECT_EQ(client.get("/members")->status, 401);
  EXPECT_EQ(client.send(with("GET", "/members", {{"x-api-key", key(Role::kRead)}}))->status, 403);
  EXPECT_EQ(client.send(with("GET", "/members", {{"x-api-key", key(Role::kMember)}}))->status, 200);
  EXPECT_EQ(client.send(with("GET", "/members", {{"x-api-key", key(Role::kOperator)}}))->status, 200);
  EXPECT_EQ(client.send(with("GET", "/members", {{"x-api-key", std::string(47, 'x')}}))->status, 401);
}

TEST_F(LiveTest, OpenRateLimitCountsChangesOnly) {
  server_.start();
  Client client = server_.client();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(client.post("/count", "{}")->status, 201);
  const auto refused = client.post("/count", "{}");
  EXPECT_EQ(refused->status, 429);
  EXPECT_GE(std::stoi(refused->header("retry-after")), 11);  // five a minute: one each 12 s
  EXPECT_EQ(client.get("/members")->status, 401);
  EXPECT_EQ(client.send(with("POST", "/count", {{"x-api-key", key(Role::kRead)}}, "{}"))->status, 201);
}

TEST_F(LiveTest, IdempotencyKeyGivesTheFirstAnswer) {
  server_.start();
  Client client = server_.client();
  const std::string api_key = key(Role::kMember);
  const auto post = [&](const std::string& idempotency_key, const std::string& body,
                        const char* path = "/count") {
    return client
        .send(with("POST", path, {{"x-api-key", api_key}, {"idempotency-key", idempotency_key}}, body))
        .value();
  };
  EXPECT_EQ(post("k", "{}").body, "{\"count\":1}");
  const ClientResponse again = post("k", "{}");
  EXPECT_EQ(again.body, "{\"count\":1}");
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.header("idempotency-replayed"), "true");
  EXPECT_EQ(post("k", "{ }").status, 409);
  EXPECT_EQ(post("k2", "{}").body, "{\"count\":2}");
  EXPECT_EQ(post("k", "{}", "/count/durable").body, "{\"count\":3}");
  EXPECT_EQ(post("k", "{}", "/count/durable").header("idempotency-replayed"), "true");
  EXPECT_EQ(post("bad key", "{}").status, 400);
  EXPECT_EQ(post("f", "{}", "/fails").status, 503);
  EXPECT_EQ(post("f", "{}", "/fails").status, 503);
  EXPECT_EQ(count_, 5);  // what failed for now ran again
}

TEST_F(LiveTest, BatchRunsEachRequestAlone) {
  server_.start();
  Client client = server_.client();
  const auto response = client.send(with(
      "POST", "/system/batch", {{"x-api-key", key(Role::kRead)}, {"content-type", "application/json"}},
      R"({"requests":[{"method":"POST","path":"/count","body":{}},{"path":"/members"},{"path":"/none"},)"
      R"({"path":"no"},{"path":"/events"},{"method":"POST","path":"/system/batch","body":{"requests":[{"path":"/"}]}}]})"));
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(response->status, 200);
  const auto json = codec::parse_json(response->body);
  std::vector<std::string> statuses;
  for (const auto& each : *json->find("results")->array())
    statuses.push_back(each.find("status")->number()->text);
  EXPECT_THAT(statuses, ElementsAre("201", "403", "404", "400", "400", "400"));
  EXPECT_EQ(codec::write_json(*(*json->find("results")->array())[0].find("body")), "{\"count\":1}");
}

TEST_F(LiveTest, BatchItemsCountAgainstTheRateLimit) {
  server_.start();
  Client client = server_.client();
  std::string items;
  for (int i = 0; i < 7; ++i)
    items += std::string(i ? "," : "") + R"({"method":"POST","path":"/count","body":{}})";
  const auto response = client.post("/system/batch", "{\"requests\":[" + items + "]}");
  EXPECT_EQ(count_of(response->body, "\"status\":201"), 5u);
  EXPECT_EQ(count_of(response->body, "\"code\":\"rate_limited\""), 2u);
  EXPECT_EQ(client.post("/system/batch", R"({"requests":[]})")->status, 400);
}

TEST_F(LiveTest, TlsServesTheSame) {
  const storage::testing::TestCertificate certificate;
  server_.options.tls = TlsFiles{certificate.certificate_file(), certificate.key_file()};
  server_.start();
  ClientOptions options;
  options.ca_file = certificate.certificate_file();
  Client client = server_.client(options);
  const std::string api_key = key(Role::kMember);
  for (int i = 0; i < 3; ++i) {
    const auto response = client.send(with("GET", "/members", {{"x-api-key", api_key}}));
    ASSERT_TRUE(response.ok()) << response.error().detail();
    EXPECT_EQ(response->status, 200);
  }
  EXPECT_EQ(client.send(with("POST", "/count", {{"x-api-key", api_key}}, std::string(900, 'x')))->status,
            201);
  EXPECT_FALSE(server_.client().get("/members").ok());  // the system does not know this certificate
  options = ClientOptions{};
  options.is_certificate_checked = false;
  EXPECT_EQ(server_.client(options).get("/members")->status, 401);
  RawSocket plain(server_.server->port());
  plain.send("GET /members HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(plain.read_all(), testing::Not(HasSubstr("HTTP/1.1 200")));
}

TEST(Client, TellsWhyItCannot) {
  EXPECT_FALSE(Client::make("ftp://x").ok());
  EXPECT_FALSE(Client::make("http://x/path").ok());
  EXPECT_EQ(Client::make("http://[::1]:80/")->authority(), "[::1]:80");
  auto client = Client::make("http://127.0.0.1:1");
  EXPECT_TRUE(client->get("/").error().is(kUnreachable));
}

}  // namespace
}  // namespace icn::http
