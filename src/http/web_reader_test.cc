#include "http/web_reader.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "http/http_testing.h"

namespace icn::http {
namespace {

std::string read_code(const Result<WebUrl>& url) { return url.ok() ? "ok" : std::string(url.error().code()); }

TEST(WebUrl, IsTakenApart) {
  const WebUrl url = parse_web_url("https://A.example:8443/x/did.json?v=1").value();
  EXPECT_TRUE(url.is_tls);
  EXPECT_EQ(url.host, "a.example");
  EXPECT_EQ(url.port, "8443");
  EXPECT_EQ(url.target, "/x/did.json?v=1");
  const WebUrl plain = parse_web_url("http://[::1]?x").value();
  EXPECT_FALSE(plain.is_tls);
  EXPECT_EQ(plain.host, "::1");
  EXPECT_EQ(plain.port, "80");
  EXPECT_EQ(plain.target, "/?x");
  EXPECT_EQ(parse_web_url("https://a.example")->port, "443");
  EXPECT_EQ(parse_web_url("https://a.example")->target, "/");
}

TEST(WebUrl, OthersAreRefused) {
  for (const char* text :
       {"", "a.example", "ftp://a.example/", "https://", "https:///x", "https://user@a.example/",
        "https://a.example:0/", "https://a.example:65536/", "https://a.example:x/", "https://a.example:443x/",
        "https://a.example/#here", "https://a.example/a b", "https://a.example/\r\nhost: b",
        "https://a\xc3\xa9/", "https://a.example\\@b/", "https://[::1/", "https://[a.example]/",
        "file:///etc/passwd"}) {
    EXPECT_EQ(read_code(parse_web_url(text)), "malformed") << text;
  }
  EXPECT_EQ(read_code(parse_web_url("https://a.example/" + std::string(2'000, 'a'))), "malformed");
}

constexpr std::uint32_t ipv4(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  return a << 24 | b << 16 | c << 8 | d;
}

// Origin: IANA IPv4 Special-Purpose Address Registry: first and last of each block, and their neighbours.
TEST(Addresses, OfNetworksOfTheirOwnAreNotPublic) {
  for (const std::uint32_t each :
       {ipv4(0, 0, 0, 0),         ipv4(10, 0, 0, 0),       ipv4(10, 255, 255, 255),  ipv4(100, 64, 0, 1),
        ipv4(100, 127, 255, 255), ipv4(127, 0, 0, 1),      ipv4(127, 255, 255, 255), ipv4(169, 254, 169, 254),
        ipv4(172, 16, 0, 1),      ipv4(172, 31, 255, 255), ipv4(192, 0, 0, 8),       ipv4(192, 0, 2, 1),
        ipv4(192, 168, 1, 1),     ipv4(198, 18, 0, 1),     ipv4(198, 19, 255, 255),  ipv4(198, 51, 100, 1),
        ipv4(203, 0, 113, 1),     ipv4(224, 0, 0, 1),      ipv4(239, 255, 255, 255), ipv4(240, 0, 0, 1),
        ipv4(255, 255, 255, 255)}) {
    EXPECT_FALSE(is_public_ipv4(each)) << std::hex << each;
  }
  for (const std::uint32_t each :
       {ipv4(1, 1, 1, 1), ipv4(9, 255, 255, 255), ipv4(11, 0, 0, 0), ipv4(100, 63, 255, 255),
        ipv4(100, 128, 0, 0), ipv4(128, 0, 0, 1), ipv4(172, 15, 255, 255), ipv4(172, 32, 0, 0),
        ipv4(192, 167, 255, 255), ipv4(192, 169, 0, 0), ipv4(198, 17, 255, 255), ipv4(198, 20, 0, 0),
        ipv4(223, 255, 255, 255)}) {
    EXPECT_TRUE(is_public_ipv4(each)) << std::hex << each;
  }
}

bool is_public_text(const char* text) {
  std::array<std::uint8_t, 16> bytes{};
  ICN_ASSERT(::inet_pton(AF_INET6, text, bytes.data()) == 1);
  return is_public_ipv6(bytes);
}

TEST(Addresses, OfIpv6TooAndNoneThatHidesAnIpv4One) {
  for (const char* each : {"::", "::1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "64:ff9b::a00:1", "fe80::1",
                           "fc00::1", "fd12:3456::1", "ff02::1", "2001::1", "2001:db8::1", "2002:a00:1::1",
                           "3fff::1", "100::1", "4000::1", "5f00::1"}) {
    EXPECT_FALSE(is_public_text(each)) << each;
  }
  for (const char* each : {"2001:4860:4860::8888", "2606:4700::1111", "2a00::1", "2001:200::1", "3ffe::1"})
    EXPECT_TRUE(is_public_text(each)) << each;
}

TEST(Addresses, NamesOfThisMachine) {
  for (const char* each : {"localhost", "127.0.0.1", "127.1.2.3", "::1"}) EXPECT_TRUE(is_loopback_name(each));
  for (const char* each : {"localhost.example", "127.example", "10.0.0.1", "a.localhost", ""})
    EXPECT_FALSE(is_loopback_name(each)) << each;
}

Route page(const char* path, Response response, std::atomic<int>* count = nullptr) {
  Route route;
  route.method = Method::kGet;
  route.path = path;
  route.access = Access::kPublic;
  route.operation = path;
  route.group = "test";
  route.handle = [response, count](const ExchangePtr& exchange) {
    if (count) ++*count;
    exchange->reply(response);
  };
  return route;
}

Response moved() {
  Response response = Response::text("", 302);
  response.headers.emplace_back("location", "/document");
  return response;
}

class ReadingTheWeb : public ::testing::Test {
 protected:
  ReadingTheWeb() : site_(routes()) {
    site_.start();
    options_.timeout_ms = 2'000;
    options_.allows_loopback = true;
  }

  std::vector<Route> routes() {
    std::vector<Route> all;
    all.push_back(page("/document", Response::json(R"({"id":"x"})", 200), &reads_));
    all.push_back(page("/large", Response::text(std::string(5'000, 'a'), 200)));
    all.push_back(page("/moved", moved()));
    return all;
  }

  std::string url(const std::string& path) const { return site_.url() + path; }

  WebReader& reader() {
    if (!reader_) reader_ = std::make_unique<WebReader>(clock_, options_);
    return *reader_;
  }

  // The body, or the code of the error.
  std::string read(const std::string& url, std::size_t bytes_max = 4'096) {
    std::promise<std::string> answer;
    reader().read(url, bytes_max, executor_, [&](const auto& document) {
      answer.set_value(document.ok() ? (*document)->body : std::string(document.error().code()));
    });
    return answer.get_future().get();
  }

  std::atomic<int> reads_ = 0;
  TestServer site_;
  InlineExecutor executor_;
  ManualClock clock_{1'780'000'000};
  WebReaderOptions options_;
  std::unique_ptr<WebReader> reader_;
};

TEST_F(ReadingTheWeb, ADocumentIsReadOnceAndKeptAWhile) {
  EXPECT_EQ(read(url("/document")), R"({"id":"x"})");
  EXPECT_EQ(read(url("/document")), R"({"id":"x"})");
  EXPECT_EQ(reads_, 1);
  clock_.advance(std::chrono::seconds(299));
  EXPECT_EQ(read(url("/document")), R"({"id":"x"})");
  EXPECT_EQ(reads_, 1);
  clock_.advance(std::chrono::seconds(1));
  EXPECT_EQ(read(url("/document")), R"({"id":"x"})");
  EXPECT_EQ(reads_, 2);
  EXPECT_EQ(read(url("/document"), 5), "unavailable");
}

TEST_F(ReadingTheWeb, WhatIsLargeMovedOrMissingIsNotTaken) {
  EXPECT_EQ(read(url("/large")), "unavailable");
  EXPECT_EQ(read(url("/moved")), "unavailable");
  EXPECT_EQ(reads_, 0);
  EXPECT_EQ(read(url("/nothing")), "unavailable");
}

TEST_F(ReadingTheWeb, WithoutTheSettingThisMachineIsNotAsked) {
  options_.allows_loopback = false;
  EXPECT_EQ(read(url("/document")), "malformed");
  // By name over TLS the address is looked at where the connection is made.
  const std::string port = std::to_string(site_.server->port());
  EXPECT_EQ(read("https://localhost:" + port + "/document"), "unreachable");
  EXPECT_EQ(read("https://127.0.0.1:" + port + "/document"), "unreachable");
  EXPECT_EQ(read("https://[::ffff:127.0.0.1]:" + port + "/document"), "unreachable");
  EXPECT_EQ(reads_, 0);
}

TEST_F(ReadingTheWeb, PlainHttpIsForThisMachineAlone) {
  EXPECT_EQ(read("http://a.example/document"), "malformed");
  EXPECT_EQ(read("http://10.0.0.1/document"), "malformed");
}

TEST_F(ReadingTheWeb, AServerThatTricklesIsLeft) {
  std::promise<std::uint16_t> listening;
  std::atomic<bool> is_over = false;
  std::thread slow([&] {
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ICN_ASSERT(::bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
               ::listen(listener, 1) == 0);
    ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
    listening.set_value(ntohs(address.sin_port));
    const int client = ::accept(listener, nullptr, nullptr);
    ::send(client, "HTTP/1.1 200 OK\r\n\r\n", 19, MSG_NOSIGNAL);
    while (!is_over && ::send(client, "a", 1, MSG_NOSIGNAL) == 1)
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    ::close(client);
    ::close(listener);
  });
  options_.timeout_ms = 300;
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(read("http://127.0.0.1:" + std::to_string(listening.get_future().get()) + "/"), "timed_out");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(1'500));
  is_over = true;
  slow.join();
}

TEST_F(ReadingTheWeb, WhatWaitsIsRefusedWhenItStops) {
  reader().stop();
  EXPECT_EQ(read(url("/document")), "stopping");
}

}  // namespace
}  // namespace icn::http
