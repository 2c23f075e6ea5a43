#include "economics/fees.h"

#include <gtest/gtest.h>

#include "economics/accounts.h"
#include "economics/economics_testing.h"
#include "economics/errors.h"

// Expected values: domain.md 5 "Fees", 6 "Bands", by hand.
namespace icn::economics {
namespace {

using reputation::Points;
using testing::person;

TEST(Fees, TheBandsOfReputationMakeThemCheaperAndDearer) {
  const ledger::Parameters parameters;
  const auto fee = [&](std::int64_t points) {
    return fee_for(parameters, {}, Points{points * 1'000}, Millimana::from_mana(10), 1).value;
  };
  EXPECT_EQ(fee(100), 7'000);
  EXPECT_EQ(fee(90), 7'000);
  EXPECT_EQ(fee(89), 8'500);
  EXPECT_EQ(fee(75), 8'500);
  EXPECT_EQ(fee(74), 10'000);
  EXPECT_EQ(fee(25), 10'000);
  EXPECT_EQ(fee(24), 15'000);
}

class FeesTest : public ::testing::Test {
 protected:
  // What the fee of 10 mana took.
  std::int64_t pay_fee() {
    const Millimana before = ledger_.account(person(0)).balance;
    const auto done = ledger_.step([&](const BlockContext& block, View& view) {
      return economy().burn_fee(block, view, person(0), Millimana::from_mana(10), "fee", "");
    });
    EXPECT_TRUE(done.ok());
    return (before - ledger_.account(person(0)).balance).value;
  }
  testing::TestLedger ledger_{"production"};
};

TEST_F(FeesTest, FromTheEleventhWithinAnHourOnEachCostsATenthMore) {
  for (int i = 0; i < 10; ++i) EXPECT_EQ(pay_fee(), 10'000);
  EXPECT_EQ(pay_fee(), 11'000);
  EXPECT_EQ(pay_fee(), 12'000);
  ledger_.advance(3'600);
  EXPECT_EQ(pay_fee(), 10'000);
}

TEST_F(FeesTest, AFeeAboveTheBalanceChangesNothing) {
  const Account before = ledger_.account(person(0));
  const auto done = ledger_.step([&](const BlockContext& block, View& view) {
    return economy().burn_fee(block, view, person(0), Millimana::from_mana(1'000'000), "fee", "");
  });
  EXPECT_TRUE(done.error().is(kExceedsBalance));
  EXPECT_EQ(ledger_.account(person(0)), before);
}

}  // namespace
}  // namespace icn::economics
