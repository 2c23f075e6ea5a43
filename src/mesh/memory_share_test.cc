#include "mesh/memory_share.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace icn::mesh {
namespace {

TEST(MemoryShare, HoldsARunBackUntilItFits) {
  MemoryShare share(100);
  std::atomic<bool> is_running{false};
  std::thread second;
  {
    const MemoryShare::Part first(share, 64);
    ASSERT_TRUE(first.is_held());
    const MemoryShare::Part beside(share, 36);
    ASSERT_TRUE(beside.is_held());
    second = std::thread([&] {
      const MemoryShare::Part part(share, 1);
      is_running = part.is_held();
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_FALSE(is_running);
  }
  second.join();
  EXPECT_TRUE(is_running);
}

TEST(MemoryShare, LetsALargeOneRunAlone) {
  MemoryShare share(100);
  const MemoryShare::Part large(share, 500);
  EXPECT_TRUE(large.is_held());
}

TEST(MemoryShare, ClosedGivesNothing) {
  MemoryShare share(10);
  const MemoryShare::Part first(share, 10);
  std::thread closer([&] { share.close(); });
  const MemoryShare::Part second(share, 10);
  EXPECT_FALSE(second.is_held());
  closer.join();
  MemoryShare unlimited(std::nullopt);
  EXPECT_TRUE(MemoryShare::Part(unlimited, 1'000'000).is_held());
}

}  // namespace
}  // namespace icn::mesh
