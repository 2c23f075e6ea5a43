#include <gtest/gtest.h>

#include "mesh/errors.h"
#include "mesh/market/market_testing.h"

namespace icn::mesh {
namespace {

using testing::MarketWorld;

// A job of node 0 that another node runs for 30 s.
std::size_t run_elsewhere(MarketWorld& world, JobId& id, const JobSpec& spec = testing::echo_spec()) {
  world.runs_secs = 30;
  for (int i = 0; i < 20; ++i) {
    id = world.submit(0, spec);
    EXPECT_TRUE(world.run_until([&] { return world.sees_assigned(0, id); }, 20'000));
    if (world.job(id).executor != world.did(0)) break;
  }
  return world.index_of(world.job(id).executor);
}

bool keeps(const MarketWorld& world, std::size_t i, std::string_view state) {
  return world.has_block(i, codec::Cid::of(codec::kRaw, as_bytes(state)));
}

MeshRequest request_of(const JobId& id, std::string_view state) {
  MeshRequest request;
  request.block = BlockRequest{id, codec::Cid::of(codec::kRaw, as_bytes(state))};
  return request;
}

TEST(SavedState, OfARunElsewhereIsKeptByItsCoordinator) {
  MarketWorld world(40, 5);
  world.saves = "half of the work";
  JobId id;
  const std::size_t executor = run_elsewhere(world, id);
  ASSERT_NE(executor, 0u) << "choose another seed: the coordinator won";
  ASSERT_TRUE(world.run_until([&] { return keeps(world, 0, "half of the work"); }, 10'000));
  // A newer one comes a while later, not at once: a job may save often.
  world.saves = "more of it";
  world.run_for(2'000);
  EXPECT_FALSE(keeps(world, 0, "more of it"));
  EXPECT_TRUE(
      world.run_until([&] { return keeps(world, 0, "more of it"); }, Assignments::kStateEveryMs + 2'000));
}

TEST(SavedState, IsFetchedAsOftenAsTheJobAsks) {
  for (const std::uint32_t interval_secs : {3u, 25u}) {
    MarketWorld world(40, 5);
    world.saves = "half of the work";
    JobSpec spec = testing::echo_spec();
    spec.checkpoint_interval_secs = interval_secs;
    JobId id;
    ASSERT_NE(run_elsewhere(world, id, spec), 0u) << "choose another seed: the coordinator won";
    ASSERT_TRUE(world.run_until([&] { return keeps(world, 0, "half of the work"); }, 10'000));
    world.saves = "more of it";
    world.run_for(1'000);
    EXPECT_FALSE(keeps(world, 0, "more of it")) << interval_secs;
    world.run_for(12'000);
    EXPECT_EQ(keeps(world, 0, "more of it"), interval_secs == 3) << interval_secs;
  }
}

TEST(SavedState, NobodyElseIsGivenIt) {
  MarketWorld world(40, 5);
  world.saves = "half of the work";
  JobId id;
  const std::size_t executor = run_elsewhere(world, id);
  ASSERT_NE(executor, 0u) << "choose another seed: the coordinator won";
  ASSERT_TRUE(world.run_until([&] { return keeps(world, 0, "half of the work"); }, 10'000));
  const MeshRequest request = request_of(id, "half of the work");
  for (std::size_t i = 0; i < 5; ++i) {
    if (i == executor) continue;
    const auto answer = world.ask(i, executor, request);
    EXPECT_EQ(answer.ok() && answer->block.has_value(), i == 0) << i;
    if (i == 0) continue;
    EXPECT_FALSE(keeps(world, i, "half of the work"));
  }
  const auto other = world.ask(0, executor, request_of(id, "another"));
  EXPECT_FALSE(other.ok() && other->block);
}

TEST(SavedState, OtherBytesAreNotKeptAndHeldAgainstTheExecutor) {
  MarketWorld world(40, 5);
  world.saves = "half of the work";
  world.gives_other = true;
  JobId id;
  const std::size_t executor = run_elsewhere(world, id);
  ASSERT_NE(executor, 0u) << "choose another seed: the coordinator won";
  const double before = world.standing(executor, 0);
  world.run_for(5'000);
  EXPECT_FALSE(keeps(world, 0, "half of the work"));
  EXPECT_FALSE(keeps(world, 0, "other bytes"));
  EXPECT_LT(world.standing(executor, 0), before);
}

}  // namespace
}  // namespace icn::mesh
