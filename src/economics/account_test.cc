#include "economics/account.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "economics/tables.h"

namespace icn::economics {
namespace {

constexpr TimestampSecs kStart = 1'700'000'000;
constexpr TimestampSecs kFounded = kStart - 400 * kSecsPerDay;  // no bootstrap any more

Account account_of(Stage stage, std::int64_t balance_mana) {
  Account account;
  account.balance = Millimana::from_mana(balance_mana);
  account.updated = account.created = kStart;
  account.stage = stage;
  refresh(account, ledger::genesis_parameters(false), kFounded, kStart);
  return account;
}

TEST(Account, AnHourGivesTheRate) {
  Account account = account_of(Stage::kVerified, 10);
  EXPECT_EQ(account.cap, Millimana::from_mana(5'000));
  const Passed passed = settle_time(account, kStart + 3'600);
  EXPECT_EQ(passed.regenerated, Millimana::from_mana(50));
  EXPECT_EQ(account.balance, Millimana::from_mana(60));
  EXPECT_EQ(account.updated, kStart + 3'600);
}

TEST(Account, TimeDoesNotGoBack) {
  Account account = account_of(Stage::kVerified, 10);
  const Account before = account;
  settle_time(account, kStart - 1);
  EXPECT_EQ(account, before);
}

TEST(Account, EarnedManaAboveTheCapPausesRegeneration) {
  Account account = account_of(Stage::kVerified, 6'000);
  EXPECT_FALSE(account.trim);
  settle_time(account, kStart + 1'000'000);
  EXPECT_EQ(account.balance, Millimana::from_mana(6'000));
  account.balance = Millimana::from_mana(4'999);
  settle_time(account, kStart + 1'000'036);
  EXPECT_EQ(account.balance, Millimana{4'999'500});  // 50 mana an hour for 36 s
  settle_time(account, kStart + 2'000'000);
  EXPECT_EQ(account.balance, account.cap);
}

TEST(Account, WhatAFallOfTheCapCutsOffGoesInThirtyDailyParts) {
  Account account = account_of(Stage::kTrusted, 8'000);
  ASSERT_EQ(account.cap, Millimana::from_mana(9'000));
  account.stage = Stage::kVerified;
  refresh(account, ledger::genesis_parameters(false), kFounded, kStart);
  ASSERT_EQ(account.cap, Millimana::from_mana(5'000));
  settle_time(account, kStart + kSecsPerDay - 1);
  EXPECT_EQ(account.balance, Millimana::from_mana(8'000));
  EXPECT_EQ(settle_time(account, kStart + kSecsPerDay).trimmed, Millimana::from_mana(100));
  settle_time(account, kStart + 15 * kSecsPerDay);
  EXPECT_EQ(account.balance, Millimana::from_mana(6'500));
  settle_time(account, kStart + 30 * kSecsPerDay);
  EXPECT_EQ(account.balance, Millimana::from_mana(5'000));
  EXPECT_FALSE(account.trim);
}

TEST(Account, ATrimLeavesEarnedManaAndWhatIsLocked) {
  Account account = account_of(Stage::kTrusted, 9'500);  // 500 of it earned above the cap
  account.locked = Millimana::from_mana(9'400);
  account.stage = Stage::kVerified;
  refresh(account, ledger::genesis_parameters(false), kFounded, kStart);
  ASSERT_TRUE(account.trim);
  EXPECT_EQ(account.trim->total, Millimana::from_mana(4'000));
  EXPECT_EQ(settle_time(account, kStart + kSecsPerDay).trimmed, Millimana::from_mana(100));
  EXPECT_EQ(account.balance, account.locked);
}

TEST(Account, ARiseOfTheCapEndsTheTrim) {
  Account account = account_of(Stage::kTrusted, 8'000);
  account.stage = Stage::kVerified;
  refresh(account, ledger::genesis_parameters(false), kFounded, kStart);
  account.stage = Stage::kContributor;  // cap 7,000: of the 3,000 above 5,000 only 1,000 are left to cut
  refresh(account, ledger::genesis_parameters(false), kFounded, kStart);
  ASSERT_TRUE(account.trim);
  EXPECT_EQ(account.trim->total, Millimana::from_mana(1'000));
  account.stage = Stage::kTrusted;
  refresh(account, ledger::genesis_parameters(false), kFounded, kStart);
  EXPECT_FALSE(account.trim);
}

// Many reads or writes lose nothing and gain nothing.
TEST(Account, ManySmallStepsComeToTheSameAsOneBigStep) {
  SeededRandom random(7);
  for (int round = 0; round < 2'000; ++round) {
    Account start;
    start.balance = {static_cast<std::int64_t>(random.below(9'000'000))};
    start.locked = {
        static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(start.balance.value) + 1))};
    start.cap = {static_cast<std::int64_t>(random.below(9'000'000))};
    start.rate_nano_per_hour = random.below(3'000'000'000'000);
    start.updated = kStart;
    if (random.below(2) == 0)
      start.trim = Trim{{static_cast<std::int64_t>(random.below(3'000'000))}, kStart, 0};
    Account big = start;
    Account small = start;
    const TimestampSecs end = kStart + random.below(round % 2 == 0 ? 5'000 : 40 * kSecsPerDay);
    Passed sum;
    for (TimestampSecs now = kStart; now < end;) {
      now = std::min(end, now + 1 + random.below(round % 2 == 0 ? 20 : 100'000));
      const Passed passed = settle_time(small, now);
      sum.regenerated += passed.regenerated;
      sum.trimmed += passed.trimmed;
    }
    const Passed once = settle_time(big, end);
    ASSERT_EQ(small, big) << "seed 7, round " << round;
    ASSERT_EQ(sum.regenerated, once.regenerated);
    ASSERT_EQ(sum.trimmed, once.trimmed);
  }
}

TEST(Account, HeldPayIsFreeOnceItsMinuteIsPast) {
  Account account = account_of(Stage::kVerified, 100);
  hold(account, Millimana::from_mana(30), 1'000, 3'600);  // 4,600 s, rounded up to 4,620
  hold(account, Millimana::from_mana(20), 1'010, 3'600);  // the same minute
  hold(account, Millimana::from_mana(5), 1'080, 3'600);
  EXPECT_EQ(account.held.size(), 2u);
  EXPECT_EQ(available_at(account, 4'619), Millimana::from_mana(45));
  EXPECT_EQ(available_at(account, 4'620), Millimana::from_mana(95));
  drop_free(account, 4'620);
  EXPECT_EQ(account.held, (std::vector<Held>{{4'680, Millimana::from_mana(5)}}));
}

TEST(Account, HeldPayIsTakenFromItsOwnMinuteAlone) {
  Account account = account_of(Stage::kVerified, 100);
  EXPECT_EQ(free_secs_of(1'000, 3'600), 4'620u);
  hold(account, Millimana::from_mana(30), 1'000, 3'600);
  hold(account, Millimana::from_mana(5), 1'080, 3'600);
  EXPECT_FALSE(take_held(account, Millimana::from_mana(31), 4'620));
  EXPECT_FALSE(take_held(account, Millimana::from_mana(1), 4'560));
  EXPECT_EQ(available_at(account, 4'619), Millimana::from_mana(65));
  EXPECT_TRUE(take_held(account, Millimana::from_mana(10), 4'620));
  EXPECT_TRUE(take_held(account, Millimana::from_mana(20), 4'620));
  EXPECT_EQ(account.held, (std::vector<Held>{{4'680, Millimana::from_mana(5)}}));
}

TEST(Account, HoldingForNoTimeHoldsNothing) {
  Account account = account_of(Stage::kVerified, 100);
  hold(account, Millimana::from_mana(30), 1'000, 0);
  EXPECT_TRUE(account.held.empty());
}

TEST(Account, AWeekOfHeldPayNeverTakesMoreThan61Buckets) {
  Account account = account_of(Stage::kVerified, 1'000);
  for (std::uint64_t now = 0; now < 2 * 604'800; now += 600) {
    drop_free(account, now);
    hold(account, Millimana{1}, now, 604'800);
    ASSERT_LE(account.held.size(), 61u);
  }
}

TEST(Account, SurvivesItsRecord) {
  Account account = account_of(Stage::kContributor, 123);
  account.locked = {5};
  account.held = {{60, {7}}};
  account.trim = Trim{{9}, kStart, 3};
  account.remainder = 12'345;
  account.is_granted = true;
  const auto again = codec::decode_record<Account>(codec::encode_record(account));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(*again, account);
}

}  // namespace
}  // namespace icn::economics
