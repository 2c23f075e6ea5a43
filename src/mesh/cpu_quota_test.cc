#include "mesh/cpu_quota.h"

#include <gtest/gtest.h>

#include <ctime>
#include <thread>

namespace icn::mesh {
namespace {

using Clock = std::chrono::steady_clock;

double cpu_ms() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

// Keeps this thread on the processor for that long.
void burn(double duration_ms) {
  const double start = cpu_ms();
  while (cpu_ms() - start < duration_ms) {
  }
}

TEST(CpuQuota, RunsOf10MsAtATenthOfACoreStart100MsApart) {
  CpuQuota quota(10);
  const Clock::time_point start = Clock::now();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(quota.wait());
    const CpuQuota::Run run(quota);
    burn(10);
  }
  ASSERT_TRUE(quota.wait());
  EXPECT_GE(Clock::now() - start, std::chrono::milliseconds(300));
}

// 20 ms at 2 % of a core: a second.
TEST(CpuQuota, TellsWhatARunKeepsTheNextWaiting) {
  CpuQuota quota(2);
  EXPECT_EQ(quota.pause_ns(20'000'000), 1'000'000'000u);
  EXPECT_EQ(quota.owed_ms(), 0u);
  const Clock::time_point start = Clock::now();
  {
    const CpuQuota::Run run(quota);
    burn(20);
    EXPECT_GE(run.cpu_ns(), 20'000'000u);
  }
  const std::uint64_t owed_ms = quota.owed_ms();
  const auto past = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start).count();
  EXPECT_GE(owed_ms + static_cast<std::uint64_t>(past), 999u);
  EXPECT_GT(owed_ms, 0u);
}

TEST(CpuQuota, WithoutALimitNothingWaits) {
  CpuQuota quota(0);
  {
    const CpuQuota::Run run(quota);
    burn(5);
  }
  EXPECT_EQ(quota.owed_ms(), 0u);
  EXPECT_EQ(quota.pause_ns(5'000'000), 0u);
  const Clock::time_point start = Clock::now();
  EXPECT_TRUE(quota.wait());
  EXPECT_LT(Clock::now() - start, std::chrono::milliseconds(50));
}

TEST(CpuQuota, ClosingEndsTheWait) {
  CpuQuota quota(1);
  {
    const CpuQuota::Run run(quota);
    burn(20);
  }
  std::thread closing([&] { quota.close(); });
  EXPECT_FALSE(quota.wait());
  closing.join();
}

}  // namespace
}  // namespace icn::mesh
