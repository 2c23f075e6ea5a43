#include "bench/load_generator.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace icn::bench {
namespace {

LoadResult summary_of(std::vector<std::uint32_t> latencies_us) {
  LoadResult out;
  summarize(std::move(latencies_us), out);
  return out;
}

// 1 ms to 1,000 ms in any order: by nearest rank the 50th, 95th and 99th percentile are 500, 950 and 990 ms.
TEST(LoadGenerator, PercentilesAreThoseOfTheNearestRank) {
  std::vector<std::uint32_t> latencies_us;
  for (std::uint32_t each = 1; each <= 1'000; ++each) latencies_us.push_back((each * 7 % 1'000 + 1) * 1'000);
  const LoadResult out = summary_of(latencies_us);
  EXPECT_DOUBLE_EQ(out.p50_ms, 500);
  EXPECT_DOUBLE_EQ(out.p95_ms, 950);
  EXPECT_DOUBLE_EQ(out.p99_ms, 990);
  EXPECT_DOUBLE_EQ(out.max_ms, 1'000);
  EXPECT_DOUBLE_EQ(out.mean_ms, 500.5);
}

// The worked example of the nearest-rank method: of 15, 20, 35, 40 and 50 the 50th is 35.
TEST(LoadGenerator, FewAnswersGiveTheLaterOne) {
  const LoadResult out = summary_of({50'000, 15'000, 40'000, 20'000, 35'000});
  EXPECT_DOUBLE_EQ(out.p50_ms, 35);
  EXPECT_DOUBLE_EQ(out.p95_ms, 50);
  EXPECT_DOUBLE_EQ(out.p99_ms, 50);
  EXPECT_DOUBLE_EQ(out.mean_ms, 32);
}

TEST(LoadGenerator, OneAnswerIsEveryPercentile) {
  const LoadResult out = summary_of({250});
  EXPECT_DOUBLE_EQ(out.p50_ms, 0.25);
  EXPECT_DOUBLE_EQ(out.p99_ms, 0.25);
  EXPECT_DOUBLE_EQ(out.max_ms, 0.25);
  EXPECT_DOUBLE_EQ(summary_of({}).p99_ms, 0);
}

}  // namespace
}  // namespace icn::bench
