#include "bench/http_load.h"

#include <gtest/gtest.h>

#include <cstdio>

namespace icn::bench {
namespace {

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
