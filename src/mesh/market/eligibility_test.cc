#include <gtest/gtest.h>

#include "mesh/errors.h"
#include "mesh/market/market_testing.h"

namespace icn::mesh {
namespace {

using testing::MarketWorld;

// Node 1 alone is in "fed-a", whatever others say of themselves (affiliation_in_test).
TEST(Market, GivesAJobToWhoHasWhatItAsksFor) {
  MarketWorld world(11, 4);
  world.capabilities[2] = {"CclWasm", "LargeDatasets"};
  world.capabilities[3] = {"CclWasm"};
  JobSpec large = testing::echo_spec();
  large.capabilities = {"LargeDatasets", "CclWasm"};
  JobSpec among = testing::echo_spec();
  among.allowed_federations = {"fed-a"};
  for (const auto& [spec, executor] : {std::pair(large, std::size_t{2}), std::pair(among, std::size_t{1})}) {
    const JobId id = world.submit(0, spec);
    ASSERT_TRUE(world.run_until_ended(id, 20'000));
    EXPECT_EQ(world.job(id).status, JobStatus::kCompleted) << world.job(id).code;
    EXPECT_EQ(world.index_of(world.job(id).executor), executor);
  }
}

TEST(Market, ANodeAloneRefusesWhatItDoesNotHave) {
  MarketWorld world(12, 1);
  world.run_for(20'000);
  JobSpec spec = testing::echo_spec();
  const JobId plain = world.submit(0, spec);
  ASSERT_TRUE(world.run_until_ended(plain, 5'000));
  EXPECT_EQ(world.job(plain).status, JobStatus::kCompleted);
  spec.capabilities = {"LargeDatasets"};
  const JobId large = world.submit(0, spec);
  ASSERT_TRUE(world.run_until_ended(large, 20'000));
  EXPECT_EQ(world.job(large).code, kNoExecutor.code);
  EXPECT_EQ(world.job(large).escrow.refunded, world.job(large).escrow.locked);
}

}  // namespace
}  // namespace icn::mesh
