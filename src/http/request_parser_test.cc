#include "http/request_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace icn::http {
namespace {

using testing::HasSubstr;

// One request of a stream, its body kept whatever its length.
class Parsed {
 public:
  explicit Parsed(std::string_view bytes) : parser_({8192, 8}) {
    parser_.begin(request);
    while (true) {
      const RequestParser::Fed fed = parser_.feed(bytes);
      bytes.remove_prefix(fed.consumed);
      rest = bytes;
      step = fed.step;
      if (step != RequestParser::Step::kHead) break;
      parser_.set_body_max(1 << 20);
    }
    if (step == RequestParser::Step::kFailed) refusal = parser_.failure();
    if (step == RequestParser::Step::kDone) keeps_alive = parser_.keeps_alive();
  }

  Request request;
  RequestParser::Step step = RequestParser::Step::kNeedMore;
  Response refusal;
  std::string_view rest;
  bool keeps_alive = false;

 private:
  RequestParser parser_;
};

bool takes_host(const std::string& host) {
  return Parsed("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n").step == RequestParser::Step::kDone;
}

TEST(RequestParser, HostIsANameOrAnAddressAndItsPort) {
  for (const char* each : {"", "a", "a:", "a-b_c.example:80", "127.0.0.1:7845", "[::1]",
                           "[::ffff:127.0.0.1]:7845", "a%20b", "a,b"}) {
    EXPECT_TRUE(takes_host(each)) << each;
  }
  for (const char* each : {"a b", "a/b", "a?b", "a#b", "u@a", "a:8x", "a:80:80", "::1", "[::1", "[]",
                           "[::1]x", "[fe80::1%25eth0]", "a\"b", "a<b", "a\\b"}) {
    EXPECT_FALSE(takes_host(each)) << each;
  }
  EXPECT_EQ(Parsed("GET / HTTP/1.1\r\nHost: a b\r\n\r\n").refusal.status, 400);
}

TEST(RequestParser, ChunksInHttp10EndTheConnection) {
  const std::string_view fields =
      "Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
  const Parsed old("POST / HTTP/1.0\r\n" + std::string(fields));
  EXPECT_EQ(old.step, RequestParser::Step::kDone);
  EXPECT_FALSE(old.keeps_alive);
  EXPECT_TRUE(Parsed("POST / HTTP/1.1\r\nHost: a\r\n" + std::string(fields)).keeps_alive);
  EXPECT_TRUE(Parsed("POST / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").keeps_alive);
}

TEST(RequestParser, TrailersAreNoFields) {
  const std::string head =
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n";
  const Parsed parsed(head + "Idempotency-Key: k\r\nHost: b c\r\nX-Api-Key: l\r\n\r\nGET");
  ASSERT_EQ(parsed.step, RequestParser::Step::kDone);
  EXPECT_EQ(parsed.request.headers.size(), 2u);
  EXPECT_EQ(parsed.request.headers.find("host"), "a");
  EXPECT_EQ(parsed.request.headers.find("idempotency-key"), std::nullopt);
  EXPECT_EQ(as_text(parsed.request.body), "abc");
  EXPECT_EQ(parsed.rest, "GET");
  std::string many = head;
  for (int i = 0; i < 7; ++i) many += "A: b\r\n";
  EXPECT_EQ(Parsed(many + "\r\n").refusal.status, 431) << "they count as fields";
}

TEST(RequestParser, TheAsteriskIsForOptions) {
  const Parsed options("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_EQ(options.step, RequestParser::Step::kDone);
  EXPECT_EQ(options.request.path, "*");
  const Parsed get("GET * HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_EQ(get.step, RequestParser::Step::kFailed);
  EXPECT_EQ(get.refusal.status, 400);
  EXPECT_THAT(get.refusal.body_text(), HasSubstr("bad_request"));
}

}  // namespace
}  // namespace icn::http
