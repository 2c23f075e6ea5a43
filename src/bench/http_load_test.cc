#include <gtest/gtest.h>

#include <cstdio>
#include <ctime>
#include <thread>

#include "bench/bare_epoll_server.h"
#include "bench/wrk.h"
#include "http/server.h"

namespace icn::bench {
namespace {

struct HttpComparison {
  // Processor time of the server's process per answered request. Where other programs share the cores,
  // this still compares the two servers when their rates no longer do.
  double our_cpu_us = 0;
  double bare_cpu_us = 0;
  WrkFigures ours;  // GET of a cached answer through router, dispatcher and statistics
  WrkFigures bare;  // the same bytes from BareEpollServer
  double ratio() const { return ours.requests_per_second / bare.requests_per_second; }
};

// As large as the answer of /system/info.
std::string sample_body() { return R"({"name":"node","capabilities":[")" + std::string(300, 'c') + "\"]}"; }

// User and system time of this process; wrk is another one.
double cpu_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

Result<WrkFigures> measure_ours(std::size_t threads, std::size_t connections, std::size_t seconds) {
  http::Route route;
  route.path = "/system/info";
  route.access = http::Access::kPublic;
  route.handle = [body =
                      std::make_shared<const std::string>(sample_body())](const http::ExchangePtr& exchange) {
    exchange->reply(http::Response::cached("application/json", body));
  };
  const SystemClock clock;
  const http::Router router({std::move(route)});
  http::RequestStatistics statistics(router.routes(), threads);
  http::DispatcherParts parts;
  parts.router = &router;
  parts.observer = &statistics;
  parts.clock = &clock;
  const http::Dispatcher dispatcher(parts);
  http::ServerOptions options;
  options.port = 0;
  options.threads = threads;
  ICN_TRY_ASSIGN(server, http::Server::start(options, dispatcher, make_silent_log()));
  return run_wrk("http://127.0.0.1:" + std::to_string(server->port()) + "/system/info", 2, connections,
                 seconds);
}

Result<WrkFigures> measure_bare(std::size_t threads, std::size_t connections, std::size_t seconds) {
  const std::string body = sample_body();
  ICN_TRY_ASSIGN(
      server, BareEpollServer::start("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: " +
                                         std::to_string(body.size()) + "\r\n\r\n" + body,
                                     threads));
  return run_wrk("http://127.0.0.1:" + std::to_string(server->port()) + "/system/info", 2, connections,
                 seconds);
}

// Both servers one after the other, with one thread per core.
Result<HttpComparison> compare_with_bare_server(std::size_t connections, std::size_t seconds) {
  const std::size_t threads = std::max(1u, std::thread::hardware_concurrency());
  HttpComparison result;
  const auto per_request = [&](double cpu_secs, const WrkFigures& figures) {
    return cpu_secs * 1e6 / (figures.requests_per_second * static_cast<double>(seconds));
  };
  double before = cpu_seconds();
  ICN_TRY_ASSIGN(bare, measure_bare(threads, connections, seconds));
  result.bare = bare;
  result.bare_cpu_us = per_request(cpu_seconds() - before, bare);
  before = cpu_seconds();
  ICN_TRY_ASSIGN(ours, measure_ours(threads, connections, seconds));
  result.ours = ours;
  result.our_cpu_us = per_request(cpu_seconds() - before, ours);
  return result;
}

// A tiny run: that it works, and that we are not far off. The figure that counts is that of `icn bench`.
TEST(HttpLoad, CachedAnswersAgainstABareServer) {
  const auto figures = compare_with_bare_server(64, 1);
  if (!figures.ok() && figures.error().category() == Category::kUnavailable)
    GTEST_SKIP() << "wrk is not installed";
  ASSERT_TRUE(figures.ok()) << figures.error().detail();
  std::printf(
      "ours %.0f/s, p99 %.2f ms; bare epoll %.0f/s, p99 %.2f ms; ratio %.2f; "
      "processor time a request: ours %.2f us, bare %.2f us\n",
      figures->ours.requests_per_second, figures->ours.p99_ms, figures->bare.requests_per_second,
      figures->bare.p99_ms, figures->ratio(), figures->our_cpu_us, figures->bare_cpu_us);
  EXPECT_EQ(figures->ours.errors, 0u);
  EXPECT_GT(figures->ours.requests_per_second, 1000);
}

}  // namespace
}  // namespace icn::bench
