#include "economics/capacity.h"

#include <gtest/gtest.h>

#include "economics/accounts.h"
#include "economics/economics_testing.h"
#include "economics/inputs.h"
#include "reputation/score/record.h"

// Expected values: domain.md 5 "sigma", by hand.
namespace icn::economics {
namespace {

using testing::person;

TEST(Sigma, RatiosAreCutAtFourAndTheFactorAtItsEnds) {
  const CapacitySums sums{10, {10, 10, 10, 10, 10}, 9'000'000};
  // Ten times the mean of everything: 4 . 0.85 + 0.1 + 0.05
  EXPECT_EQ(sigma_ppm({{}, {10, 10, 10, 10, 10}, 900'000, 0}, sums), 2'000'000u);
  // Ten times the mean of cores alone: 0.25 . 4 + 0.1 + 0.05
  EXPECT_EQ(sigma_ppm({{}, {10, 0, 0, 0, 0}, 900'000, 0}, sums), 1'150'000u);
  // Nothing at all: uptime, which nobody measures.
  EXPECT_EQ(sigma_ppm({{}, {}, 0, 0}, sums), 100'000u);
  // Of what nobody has the mean is 0 and the ratio 1.
  EXPECT_EQ(sigma_ppm({{}, {}, 900'000, 0}, {}), 1'000'000u);
}

TEST(Sigma, WhatReceiptsDoNotBearOutCountsAsWhatEverybodyHas) {
  EXPECT_EQ(counted_of({64, 65'536, 10'000, 1'000, 8}, {}), (Figures{4, 8'192, 500, 100, 0}));
  EXPECT_EQ(counted_of({2, 1'024, 100, 10, 0}, {}), (Figures{2, 1'024, 100, 10, 0}));
  EXPECT_EQ(counted_of({64, 65'536, 10'000, 1'000, 8}, {16, 4'096, 2'000'000, 2}),
            (Figures{16, 8'192, 2'000, 100, 2}));
}

class CapacityTest : public ::testing::Test {
 protected:
  CapacityTest() {
    for (std::uint64_t who = 1; who < 4; ++who) {
      const auto done = ledger_.run(std::array{
          ledger_.make(person(0), "economics.grant", R"({"to":")" + person(who).text() + R"("})")});
      EXPECT_TRUE(done.outcomes[0].ok);
    }
  }
  std::string declare(std::uint64_t who, const Figures& figures) {
    const auto done = ledger_.run(
        std::array{ledger_.make(person(who), "economics.declare_capacity", codec::to_json_text(figures))});
    return done.outcomes[0].ok ? "ok" : done.outcomes[0].code;
  }
  // As the account's next write takes it.
  std::uint32_t sigma(std::uint64_t who) {
    const auto done = ledger_.step([&](const BlockContext& block, View& view) {
      return burn(block, view, nullptr, person(who), {1}, "a write");
    });
    EXPECT_TRUE(done.ok());
    return kAccounts.get(ledger_.store(), person(who)).value()->factors.sigma_ppm;
  }
  void run_job(std::uint64_t who, const reputation::Proven& asked) {
    const auto done = ledger_.step([&](const BlockContext& block, View& view) {
      return reputation::record(
          block, view, {person(who), reputation::EventKind::kSuccessfulJob, person(9), "j", {}, asked});
    });
    ASSERT_TRUE(done.ok());
  }
  testing::TestLedger ledger_{"production"};
};

TEST_F(CapacityTest, MeansAreThoseOfTheBeginningOfTheInterval) {
  EXPECT_EQ(sigma(1), 1'000'000u);
  ASSERT_EQ(declare(1, {4, 8'192, 500, 100, 0}), "ok");
  ASSERT_EQ(declare(2, {2, 4'096, 250, 50, 0}), "ok");
  ASSERT_EQ(declare(3, {64, 1'000'000, 90'000, 10'000, 0}), "ok");  // counts as 1 does
  EXPECT_EQ(sigma(1), 1'000'000u);
  EXPECT_EQ(sigma(2), 1'000'000u);
  ledger_.advance(86'400);
  // Means: cores 10/3, memory 20480/3, storage 1250/3, bandwidth 250/3: ratios 1.2 and 0.6, weight 0.75.
  EXPECT_EQ(sigma(1), 1'150'000u);
  EXPECT_EQ(sigma(2), 700'000u);
  EXPECT_EQ(sigma(3), 1'150'000u);
  EXPECT_EQ(kAccounts.get(ledger_.store(), person(2)).value()->cap, Millimana::from_mana(3'500));
}

TEST_F(CapacityTest, LargerJobsForOthersBearOutMoreWhenItIsDeclaredAnew) {
  ASSERT_EQ(declare(1, {4, 8'192, 500, 100, 0}), "ok");
  ASSERT_EQ(declare(2, {2, 4'096, 250, 50, 0}), "ok");
  ASSERT_EQ(declare(3, {64, 65'536, 500, 100, 0}), "ok");
  run_job(3, {64, 65'536, 0, 0});
  ledger_.advance(86'400);
  EXPECT_EQ(sigma(3), 1'150'000u);
  ASSERT_EQ(declare(3, {64, 65'536, 500, 100, 0}), "ok");
  ledger_.advance(86'400);
  // cores 64 . 3 / 70, memory 65536 . 3 / 77824, storage and bandwidth 1.2, jobs 1 . 3 / 2.8
  EXPECT_EQ(sigma(3), 685'714u + 505'263u + 360'000u + 200'000u + 53'571u);
}

TEST_F(CapacityTest, ADeclarationIsTakenBackByNothing) {
  EXPECT_EQ(declare(1, {}), "nothing_declared");
  ASSERT_EQ(declare(1, {2, 1, 1, 1, 0}), "ok");
  ASSERT_EQ(declare(2, {4, 8'192, 500, 100, 0}), "ok");
  ASSERT_EQ(declare(1, {}), "ok");
  EXPECT_EQ(declare(1, {}), "nothing_declared");
  ledger_.advance(86'400);
  const auto sums = capacity_sums(ledger_.store(), ledger::genesis_parameters(false), ledger_.now()).value();
  EXPECT_EQ(sums, (CapacitySums{1, {4, 8'192, 500, 100, 0}, 900'000}));
  EXPECT_EQ(sigma(1), 1'000'000u);
}

TEST_F(CapacityTest, KeysThatNobodyKnowsDeclareNothing) {
  EXPECT_EQ(declare(7, {4, 8'192, 500, 100, 0}), "not_verified");
}

}  // namespace
}  // namespace icn::economics
