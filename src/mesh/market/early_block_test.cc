#include <gtest/gtest.h>

#include "mesh/market/market_testing.h"

namespace icn::mesh {
namespace {

using testing::MarketWorld;

// The executor's node is a block ahead of its coordinator: what it asks for is held until that has seen it
// too.
TEST(EarlyBlock, IsGivenWhenItsCoordinatorSeesTheAssignment) {
  int given = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    MarketWorld world(seed, 2);
    world.runs_secs = 30;
    world.capabilities[1] = {"LargeDatasets"};
    JobSpec spec = testing::echo_spec();
    spec.capabilities = {"LargeDatasets"};  // else the coordinator, which is the nearest, wins
    const JobId id = world.submit_through_pool(0, spec, 700);
    MeshRequest request;
    request.block = BlockRequest{id, spec_block(spec).cid};
    int early = 0;
    Result<MeshAnswer> answer = world.ask(1, 0, request);
    while (answer.ok() && answer->is_early && early < 100) {
      ++early;
      answer = world.ask(1, 0, request);
    }
    if (world.job(id).executor != world.did(1)) continue;
    ++given;
    ASSERT_TRUE(answer.ok());
    EXPECT_TRUE(answer->block.has_value());
    EXPECT_GE(early, 1) << "it is not held for ever";
    EXPECT_LE(early, 8) << "and not answered at once";
  }
  EXPECT_GT(given, 0);
}

// Nobody keeps more than a thousand waiting; who is not the executor learns nothing by it.
TEST(EarlyBlock, AStrangerGetsNothingByWaiting) {
  MarketWorld world(9, 3);
  world.runs_secs = 30;
  const JobSpec spec = testing::echo_spec();
  const JobId id = world.submit_through_pool(0, spec, 200);
  MeshRequest request;
  request.block = BlockRequest{id, spec_block(spec).cid};
  for (const std::size_t i : {1u, 2u}) {
    Result<MeshAnswer> answer = world.ask(i, 0, request);
    while (answer.ok() && answer->is_early) answer = world.ask(i, 0, request);
    EXPECT_EQ(answer.ok() && answer->block.has_value(), world.job(id).executor == world.did(i)) << i;
  }
}

}  // namespace
}  // namespace icn::mesh
