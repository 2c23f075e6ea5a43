#include "http/response_parser.h"

#include <gtest/gtest.h>

#include "http/errors.h"

namespace icn::http {
namespace {

bool take_all(const ClientResponse&, std::string_view) { return true; }

TEST(ResponseParser, AServerThatClosesWithoutAWordIsAnError) {
  ResponseParser parser(false, take_all);
  const auto finished = parser.finish();
  ASSERT_FALSE(finished.ok());
  EXPECT_TRUE(finished.error().is(kBadResponse));
}

TEST(ResponseParser, AServerThatClosesWithinItsAnswerIsAnError) {
  for (const std::string_view part :
       {"HTT", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na"}) {
    ResponseParser parser(false, take_all);
    ASSERT_TRUE(parser.feed(part).ok());
    EXPECT_FALSE(parser.finish().ok()) << part;
  }
}

// RFC 9112, 6.3: without a length the body ends with the connection.
TEST(ResponseParser, ABodyWithoutALengthEndsWithTheConnection) {
  ResponseParser parser(false, take_all);
  ASSERT_TRUE(parser.feed("HTTP/1.1 200 OK\r\n\r\nabc").ok());
  EXPECT_TRUE(parser.finish().ok());
  EXPECT_TRUE(parser.is_done());
}

}  // namespace
}  // namespace icn::http
