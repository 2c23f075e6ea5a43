#include <gtest/gtest.h>

#include "mesh/errors.h"
#include "mesh/market/market_testing.h"

namespace icn::mesh {
namespace {

using testing::MarketWorld;
using testing::redundant_spec;

TEST(RedundantMarket, ThreeExecutorsRunARedundantJobAndEachIsPaid) {
  MarketWorld world(21, 5);
  const JobId id = world.submit(0, redundant_spec(RedundancyKind::kFull, 3));
  ASSERT_TRUE(world.run_until_ended(id, 120'000));
  EXPECT_EQ(world.job(id).status, JobStatus::kCompleted) << world.job(id).code;
  EXPECT_EQ(world.result(0, world.job(id)), "hello");
  std::set<Did> executors;
  for (const JobId& each : world.replicas_of(id)) {
    executors.insert(world.job(each).executor);
    EXPECT_GT(world.job(each).escrow.paid.value, 0);
  }
  EXPECT_EQ(executors.size(), 3u);
  EXPECT_TRUE(world.failures().empty());
}

TEST(RedundantMarket, OneThatLiesIsNotPaidWhereTwoOfThreeAreEnough) {
  MarketWorld world(22, 3);  // all three run it
  world.liars = {2};
  const JobId id = world.submit(0, redundant_spec(RedundancyKind::kSampling, 3));
  ASSERT_TRUE(world.run_until_ended(id, 120'000));
  EXPECT_EQ(world.job(id).status, JobStatus::kCompleted) << world.job(id).code;
  EXPECT_EQ(world.result(0, world.job(id)), "hello");
  for (const JobId& each : world.replicas_of(id)) {
    const bool lied = world.job(each).executor == world.did(2);
    EXPECT_EQ(world.job(each).escrow.paid.value == 0, lied);
  }
}

TEST(RedundantMarket, MoreExecutorsThanThereAreGiveTheMoneyBack) {
  MarketWorld world(23, 3);
  const JobId id = world.submit(0, redundant_spec(RedundancyKind::kFull, 4));
  ASSERT_TRUE(world.run_until_ended(id, 600'000));
  EXPECT_EQ(world.job(id).code, kNoExecutor.code);
  EXPECT_TRUE(world.failures().empty());
}

}  // namespace
}  // namespace icn::mesh
