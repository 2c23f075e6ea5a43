#include "devnet/rows.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "devnet/node_settings.h"

namespace icn::devnet {
namespace {

const Row& row(const Report& report, RowId id) { return report.rows()[static_cast<std::size_t>(id)]; }

// Bounds are those of issue 4, "Must reach".
TEST(Report, ARowIsMetAtItsBound) {
  Report report(10, 4);
  report.set(RowId::kJobRate, 50);
  report.set(RowId::kJobMean, 0.8);
  EXPECT_EQ(row(report, RowId::kJobRate).is_met(), true);
  EXPECT_EQ(row(report, RowId::kJobMean).is_met(), true);
  report.set(RowId::kJobRate, 49.9);
  report.set(RowId::kJobMean, 0.81);
  EXPECT_EQ(row(report, RowId::kJobRate).is_met(), false);
  EXPECT_EQ(row(report, RowId::kJobMean).is_met(), false);
}

TEST(Report, WhatIsNotMeasuredIsNotMet) {
  Report report(10, 4);
  EXPECT_EQ(row(report, RowId::kDht).is_met(), false);
  report.set(RowId::kDht, 100);
  report.miss(RowId::kDht, "no answer");
  EXPECT_EQ(row(report, RowId::kDht).is_met(), false);
  EXPECT_EQ(row(report, RowId::kDht).note, "not measured: no answer");
  EXPECT_FALSE(report.all_met());
}

TEST(Report, WhatIsOnlyShownHasNothingToReach) {
  Report report(10, 4);
  EXPECT_EQ(row(report, RowId::kJobP50).is_met(), std::nullopt);
}

TEST(Report, PeersAndFinalityDependOnTheNetwork) {
  const Report small(3, 3);
  EXPECT_EQ(row(small, RowId::kPeers).must, 2);
  EXPECT_EQ(row(small, RowId::kFinality).must, 0.3);
  const Report large(10, 10);
  EXPECT_EQ(row(large, RowId::kPeers).must, 9);
  EXPECT_EQ(row(large, RowId::kFinalityIdle).must, 0.5);
}

TEST(Report, AllIsMetWhenEachRowIs) {
  Report report(10, 4);
  for (std::size_t i = 0; i < report.rows().size(); ++i) {
    const auto id = static_cast<RowId>(i);
    report.set(id, kind_of(id).direction == Direction::kAtLeast ? 1'000 : 0);
  }
  EXPECT_TRUE(report.all_met());
  report.set(RowId::kMemory, 251);
  EXPECT_FALSE(report.all_met());
}

TEST(NodeSettings, AFlagThatIsGivenStandsInPlaceOfTheTables) {
  const auto flags = lean_flags({"--http.threads=2", "--node_name=a"});
  EXPECT_EQ(std::ranges::count(flags, "--http.threads=1"), 0);
  EXPECT_EQ(std::ranges::count(flags, "--http.threads=2"), 1);
  EXPECT_EQ(std::ranges::count(flags, "--node_name=a"), 1);
  EXPECT_EQ(flags.size(), node_settings().size() + 1);
}

}  // namespace
}  // namespace icn::devnet
