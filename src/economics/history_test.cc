#include "economics/history.h"

#include <gtest/gtest.h>

#include "economics/accounts.h"
#include "economics/economics_testing.h"
#include "economics/explain.h"

namespace icn::economics {
namespace {

using testing::person;
using testing::TestLedger;

class HistoryTest : public ::testing::Test {
 protected:
  // `count` times: an hour passes, then 1 mana is locked. Two items each: regen, lock.
  void lock_hourly(int count) {
    for (int i = 0; i < count; ++i) {
      ledger_.advance(3'600);
      const auto done = ledger_.step([&](const BlockContext& block, View& view) {
        return lock(block, view, nullptr, did_, Millimana::from_mana(1), "job " + std::to_string(i));
      });
      ASSERT_TRUE(done.ok());
    }
  }
  HistoryPage read(const HistoryFilter& filter) const {
    return read_history(ledger_.store(), did_, filter).value();
  }
  std::vector<LedgerEntry> read_all(HistoryFilter filter) const {
    std::vector<LedgerEntry> all;
    while (true) {
      HistoryPage page = read(filter);
      EXPECT_LE(page.items.size(), filter.limit);
      all.insert(all.end(), page.items.begin(), page.items.end());
      if (!page.resume) return all;
      filter.below_seq = *page.resume;
    }
  }

  TestLedger ledger_;
  const Did did_ = person(0);
};

TEST_F(HistoryTest, ARowBecomesAnItemALineNewestFirst) {
  lock_hourly(1);
  const std::vector<LedgerEntry> items = read({}).items;
  ASSERT_EQ(items.size(), 3u);
  EXPECT_EQ(items[0].kind, EntryKind::kLock);
  EXPECT_EQ(items[0].amount, -Millimana::from_mana(1));
  EXPECT_EQ(items[0].balance_after, Millimana::from_mana(1'890));
  EXPECT_EQ(items[0].reference, "job 0");
  EXPECT_EQ(items[0].seq, 3u);
  EXPECT_EQ(items[1].kind, EntryKind::kRegen);
  EXPECT_EQ(items[1].amount, Millimana::from_mana(140));
  EXPECT_EQ(items[1].balance_after, Millimana::from_mana(1'890));
  EXPECT_FALSE(items[1].reference);
  EXPECT_EQ(items[1].seq, 2u);
  EXPECT_EQ(items[2].kind, EntryKind::kGrant);
  EXPECT_EQ(items[2].balance_after, Millimana::from_mana(1'750));
  EXPECT_EQ(items[2].id, did_.text() + "/1");
}

TEST_F(HistoryTest, PagesOfEverySizeShowEachItemOnce) {
  lock_hourly(20);
  const std::size_t whole = read_all({}).size();
  EXPECT_EQ(whole, 41u);
  for (std::size_t limit = 1; limit <= 45; ++limit) {
    const std::vector<LedgerEntry> all = read_all({{}, 0, limit, 0});
    ASSERT_EQ(all.size(), whole) << limit;
    for (std::size_t i = 0; i < all.size(); ++i) ASSERT_EQ(all[i].seq, whole - i);
  }
}

TEST_F(HistoryTest, FiltersByKindAndTime) {
  lock_hourly(20);
  EXPECT_EQ(read_all({EntryKind::kLock, 0, 3, 0}).size(), 20u);
  EXPECT_EQ(read_all({EntryKind::kGrant, 0, 3, 0}).size(), 1u);
  EXPECT_EQ(read_all({EntryKind::kFeeBurn, 0, 3, 0}).size(), 0u);
  EXPECT_EQ(read_all({EntryKind::kLock, ledger_.now() - 4 * 3'600, 2, 0}).size(), 5u);
}

TEST_F(HistoryTest, ShowsOneAccountAlone) {
  lock_hourly(2);
  EXPECT_TRUE(read_history(ledger_.store(), person(1), {}).value().items.empty());
}

TEST_F(HistoryTest, ALongTransactionIsSeveralRowsAndStillOneHistory) {
  const auto done = ledger_.step([&](const BlockContext& block, View& view) -> Result<void> {
    Books books(block, view, nullptr);
    for (int i = 0; i < 150; ++i) ICN_TRY(books.burn(did_, Millimana{10}, "fee"));
    return books.finish();
  });
  ASSERT_TRUE(done.ok());
  const std::vector<LedgerEntry> all = read_all({{}, 0, 7, 0});
  ASSERT_EQ(all.size(), 151u);
  EXPECT_EQ(all[0].balance_after, Millimana{1'748'500});
  EXPECT_EQ(all[149].balance_after, Millimana{1'749'990});
}

Inputs newcomer() {
  Inputs inputs;
  inputs.score = reputation::kPointsStart;
  inputs.is_newcomer = true;
  return inputs;
}

TEST(Explain, SaysWhenRegenerationWillHaveFilledTheAccount) {
  TestLedger ledger;
  const Account account = ledger.account(person(0));
  const Explanation shown = explain(person(0), account, newcomer(), ledger::genesis_parameters(true),
                                    testing::kStart, ledger.now());
  EXPECT_EQ(shown.rate_per_hour, Millimana::from_mana(140));
  EXPECT_EQ(shown.cap, Millimana::from_mana(7'000));
  // 5,250 mana at 140 an hour are 37.5 hours.
  EXPECT_EQ(shown.full_at, ledger.now() + 135'000);
  ledger.advance(134'999);
  EXPECT_LT(ledger.account(person(0)).balance, Millimana::from_mana(7'000));
  ledger.advance(1);
  EXPECT_EQ(ledger.account(person(0)).balance, Millimana::from_mana(7'000));
}

TEST(Explain, TheFactorsMultiplyToTheNextRateAndCap) {
  const ledger::Parameters parameters = ledger::genesis_parameters(false);
  Account account;
  Inputs inputs;
  // Three times the mean of cores: 0.25 . 3 + 0.75
  inputs.capacity = Capacity{{}, {3, 0, 0, 0, 0}, 900'000, 0};
  inputs.capacity_sums = {4, {4, 0, 0, 0, 0}, 0};
  inputs.memberships.items = {{"federation:a", Organisation::kFederation},
                              {"federation:b", Organisation::kFederation}};
  inputs.score = {62'500};
  inputs.activity = 8;
  inputs.turnout = {10, 7};
  inputs.suspicion = {{30, "looks like a machine", "with the next transfer"}};
  inputs.sybil_score = 30;
  const Explanation shown = explain(person(0), account, inputs, parameters, 0, 100 * kSecsPerDay);
  // 1.25 . 1.5 . 1.25 . 0.75 . 1.5 (bootstrap of month 4) . 0.7; 1.25 . 1.5 . 1.2 . 1.2 . 0.5
  EXPECT_EQ(shown.next_rate_per_hour, Millimana{184'570});
  EXPECT_EQ(shown.next_cap, Millimana::from_mana(13'500));
  EXPECT_EQ(shown.stage, Stage::kVerified);
  EXPECT_EQ(shown.sybil_reasons.size(), 1u);
  double rate = 100;
  double cap = 10'000;
  for (const FactorShown& factor : shown.factors) {
    if (factor.in_rate) rate *= factor.value;
    if (factor.in_cap) cap *= factor.value;
  }
  EXPECT_NEAR(static_cast<double>(shown.next_rate_per_hour.value) / 1'000, rate, 0.001);
  EXPECT_NEAR(static_cast<double>(shown.next_cap.value) / 1'000, cap, 0.001);
}

// By parameters.def: verified 0.5, contributor 0.7, trusted 0.9; community 0.95, cooperative 1,
// federation 1.25.
TEST(Explain, AdvisesOnlyWhatWouldRaiseTheFactor) {
  const ledger::Parameters parameters = ledger::genesis_parameters(false);
  Inputs inputs;
  inputs.standing.receipts = 3;
  inputs.standing.endorsements = 2;
  inputs.score = {62'500};
  const auto advice = [&](Organisation kind) {
    inputs.memberships.items = {{"body", kind}};
    return explain(person(0), {}, inputs, parameters, 0, 100 * kSecsPerDay).factors.at(0).would_change;
  };
  const std::string join = "joining an organisation that gives more";
  EXPECT_EQ(advice(Organisation::kNone), "becoming a contributor: 10 accepted receipts, it has 3; " + join);
  EXPECT_EQ(advice(Organisation::kCommunity), join);
  EXPECT_EQ(advice(Organisation::kCooperative), join);
  EXPECT_EQ(advice(Organisation::kFederation), "nothing: no stage and no organisation gives more");
  inputs.standing.receipts = 10;
  EXPECT_EQ(advice(Organisation::kNone),
            "becoming trusted: reputation 75, it has 62.5, and 2 people's endorsements, it has 2; " + join);
  inputs.score = {75'000};
  EXPECT_EQ(advice(Organisation::kNone), join + "; it stays so with a reputation of 75");
}

TEST(Explain, AnUnverifiedAccountIsToldSo) {
  const Explanation shown = explain(person(0), {}, newcomer(), ledger::genesis_parameters(true), 0, 1);
  ASSERT_EQ(shown.notes.size(), 1u);
  EXPECT_NE(shown.notes[0].find("7000 mana"), std::string::npos);
  EXPECT_FALSE(shown.full_at);
}

}  // namespace
}  // namespace icn::economics
