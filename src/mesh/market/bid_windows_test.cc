#include <gtest/gtest.h>

#include "mesh/market/market_testing.h"

namespace icn::mesh {
namespace {

using testing::MarketWorld;

// One executor of four may run the job: nothing ends the window early.
TEST(BidWindows, ASubmissionMayAskForItsOwn) {
  MarketWorld world(21, 4);
  world.capabilities[2] = {"CclWasm", "LargeDatasets"};
  JobSpec spec = testing::echo_spec();
  spec.capabilities = {"LargeDatasets"};
  const SubmissionName name{testing::person(1), spec_block(spec).cid};

  world.market(0).set_bid_window(name, 5'000);
  const JobId patient = world.submit(0, spec);
  world.run_for(4'500);
  EXPECT_EQ(world.job(patient).status, JobStatus::kSubmitted);
  EXPECT_EQ(world.market(0).bids(patient).size(), 1u);
  world.run_for(1'500);
  EXPECT_NE(world.job(patient).status, JobStatus::kSubmitted);

  world.market(0).set_bid_window(name, std::nullopt);
  const JobId usual = world.submit(0, spec);
  world.run_for(1'500);
  EXPECT_NE(world.job(usual).status, JobStatus::kSubmitted);
}

TEST(BidWindows, ForgetsTheOldestWhenThereAreTooMany) {
  BidWindows windows;
  const codec::Cid manifest = spec_block(testing::echo_spec()).cid;
  const auto name = [&](std::uint64_t number) { return SubmissionName{testing::person(number), manifest}; };
  for (std::uint64_t i = 0; i < 10'000; ++i)
    windows.set({Did("did:key:" + std::to_string(i)), manifest}, 50, 0);
  windows.set(name(1), 700, 1'000);
  EXPECT_EQ(windows.of(name(1)), std::nullopt);  // none of the others is old yet
  windows.set(name(1), 700, 1'000'000);
  EXPECT_EQ(windows.of(name(1)), 700u);
  EXPECT_EQ(windows.of({Did("did:key:5"), manifest}), std::nullopt);
}

}  // namespace
}  // namespace icn::mesh
