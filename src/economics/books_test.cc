#include "economics/accounts.h"

#include <gtest/gtest.h>

#include "economics/economics_testing.h"
#include "economics/errors.h"

namespace icn::economics {
namespace {

using testing::person;
using testing::TestLedger;

Millimana mana(std::int64_t amount) { return Millimana::from_mana(amount); }

// All rows of one account's history, oldest first.
std::vector<Entry> entries_of(const TestLedger& ledger, const Did& did) {
  std::vector<Entry> entries;
  auto rows = kEntries.scan(ledger.store(), ledger::prefix_range(ledger::key_of(did))).value();
  while (auto entry = rows.next().value()) entries.push_back(std::move(*entry));
  return entries;
}

// Development: the operator and person 1 have 1,750 mana each.
class BooksTest : public ::testing::Test {
 protected:
  BooksTest() {
    const auto block = ledger_.run(
        std::array{ledger_.make(operator_, "economics.grant", R"({"to":")" + worker_.text() + R"("})")});
    EXPECT_TRUE(block.outcomes[0].ok);
  }

  Result<void> lock_job(std::int64_t amount_mana) {
    return ledger_.step([&](const BlockContext& block, View& view) {
      return lock(block, view, nullptr, operator_, mana(amount_mana), "job");
    });
  }
  Result<Settlement> settle_job(const SettleOrder& order) {
    return ledger_.step(
        [&](const BlockContext& block, View& view) { return settle(block, view, nullptr, order); });
  }
  Account account(const Did& did) const { return ledger_.account(did); }

  TestLedger ledger_;
  const Did operator_ = person(0);
  const Did worker_ = person(1);
};

TEST_F(BooksTest, ALockedAmountStaysInTheBalanceAndIsNotAvailable) {
  ASSERT_TRUE(lock_job(100).ok());
  EXPECT_EQ(account(operator_).balance, mana(1'750));
  EXPECT_EQ(account(operator_).locked, mana(100));
  EXPECT_EQ(available_at(account(operator_), ledger_.running_secs()), mana(1'650));
  const auto more = lock_job(1'651);
  ASSERT_FALSE(more.ok());
  EXPECT_TRUE(more.error().is(kExceedsBalance));
}

TEST_F(BooksTest, ASettlementPaysBurnsAndRefundsInOneStep) {
  ASSERT_TRUE(lock_job(100).ok());
  const auto done = settle_job({operator_, worker_, mana(100), mana(30), mana(5), 0, "job"});
  ASSERT_TRUE(done.ok());
  EXPECT_EQ(done->paid, mana(30));
  EXPECT_EQ(done->burned, mana(5));
  EXPECT_EQ(done->refunded, mana(65));
  EXPECT_EQ(account(operator_).balance, mana(1'715));
  EXPECT_EQ(account(operator_).locked, mana(0));
  EXPECT_EQ(account(worker_).balance, mana(1'780));

  const std::vector<Entry> history = entries_of(ledger_, operator_);
  const std::vector<Line> expected{
      {EntryKind::kSettlePay, -mana(30)}, {EntryKind::kSlashBurn, -mana(5)}, {EntryKind::kRelease, mana(65)}};
  EXPECT_EQ(history.back().lines, expected);
  EXPECT_EQ(history.back().counterparty, worker_.text());
  EXPECT_EQ(account(operator_).entry_count, 1u + 1u + 3u);  // grant, lock, and these
}

TEST_F(BooksTest, PayMayStandAboveTheCapButNotAboveTheCeiling) {
  ledger_.set_parameter("economics.ceiling", 1'760'000);
  ASSERT_TRUE(lock_job(100).ok());
  const auto done = settle_job({operator_, worker_, mana(100), mana(30), {}, 0, "job"});
  ASSERT_TRUE(done.ok());
  EXPECT_EQ(done->paid, mana(10));
  EXPECT_EQ(done->refunded, mana(90));
  EXPECT_EQ(account(worker_).balance, mana(1'760));
}

TEST_F(BooksTest, HeldPayCanBeSpentAfterItsTime) {
  ASSERT_TRUE(lock_job(100).ok());
  ASSERT_TRUE(settle_job({operator_, worker_, mana(100), mana(100), {}, 3'600, "job"}).ok());
  EXPECT_EQ(available_at(account(worker_), ledger_.running_secs()), mana(1'750));
  ledger_.advance(3'660);
  EXPECT_EQ(available_at(account(worker_), ledger_.running_secs()), account(worker_).balance);
}

TEST_F(BooksTest, AnExecutorsLockCanStayHeld) {
  ASSERT_TRUE(lock_job(100).ok());
  const auto done = ledger_.step([&](const BlockContext& block, View& view) {
    return release(block, view, nullptr, operator_, mana(100), "job", 600);
  });
  ASSERT_TRUE(done.ok());
  EXPECT_EQ(account(operator_).locked, mana(0));
  EXPECT_EQ(available_at(account(operator_), ledger_.running_secs()), mana(1'650));
}

TEST_F(BooksTest, WhatIsHeldCanBeLockedAgainOnce) {
  ASSERT_TRUE(lock_job(100).ok());
  const std::uint64_t free_secs = free_secs_of(ledger_.running_secs(), 600);
  ASSERT_TRUE(settle_job({operator_, worker_, mana(100), mana(60), {}, 600, "job"}).ok());
  const auto seize = [&](Millimana amount) {
    return ledger_.step([&](const BlockContext& block, View& view) -> Result<void> {
      Books books(block, view, nullptr);
      ICN_TRY(books.seize(worker_, amount, free_secs, "job"));
      return books.finish();
    });
  };
  const auto more = seize(mana(61));
  ASSERT_FALSE(more.ok());
  EXPECT_TRUE(more.error().is(kExceedsLock));
  ASSERT_TRUE(seize(mana(60)).ok());
  EXPECT_EQ(account(worker_).locked, mana(60));
  EXPECT_EQ(account(worker_).balance, mana(1'810));
  EXPECT_EQ(available_at(account(worker_), ledger_.running_secs()), mana(1'750));
  EXPECT_FALSE(seize(mana(1)).ok());
}

TEST_F(BooksTest, PayingOneselfIsARelease) {
  ASSERT_TRUE(lock_job(100).ok());
  const auto done = settle_job({operator_, operator_, mana(100), mana(40), {}, 3'600, "job"});
  ASSERT_TRUE(done.ok());
  EXPECT_EQ(done->refunded, mana(100));
  EXPECT_EQ(account(operator_).balance, mana(1'750));
  EXPECT_EQ(available_at(account(operator_), ledger_.running_secs()), mana(1'750));
}

TEST_F(BooksTest, MoreThanWasLockedIsRefused) {
  ASSERT_TRUE(lock_job(100).ok());
  for (const SettleOrder& order : {SettleOrder{operator_, worker_, mana(101), mana(1), {}, 0, "job"},
                                   SettleOrder{operator_, worker_, mana(100), mana(99), mana(2), 0, "job"},
                                   SettleOrder{operator_, worker_, mana(100), -mana(1), {}, 0, "job"},
                                   SettleOrder{person(9), worker_, mana(1), mana(1), {}, 0, "job"}}) {
    const auto done = settle_job(order);
    ASSERT_FALSE(done.ok());
    EXPECT_TRUE(done.error().is(kExceedsLock));
  }
  EXPECT_EQ(account(operator_).locked, mana(100));
}

TEST_F(BooksTest, RegenerationStandsInFrontOfWhatFollowedIt) {
  ledger_.advance(3'600);
  ASSERT_TRUE(lock_job(100).ok());
  const Entry last = entries_of(ledger_, operator_).back();
  const std::vector<Line> expected{{EntryKind::kRegen, mana(140)}, {EntryKind::kLock, -mana(100)}};
  EXPECT_EQ(last.lines, expected);
  EXPECT_EQ(last.balance_after, mana(1'890));
  EXPECT_EQ(last.reference, "job");
}

TEST_F(BooksTest, SeveralCausesInOneTransactionAreSeveralRows) {
  ledger_.advance(3'600);
  const auto done = ledger_.step([&](const BlockContext& block, View& view) -> Result<void> {
    Books books(block, view, nullptr);
    ICN_TRY(books.lock(operator_, mana(10), "job a"));
    ICN_TRY(books.lock(operator_, mana(20), "job b"));
    ICN_TRY(books.burn(operator_, mana(1), "job b"));
    return books.finish();
  });
  ASSERT_TRUE(done.ok());
  const std::vector<Entry> history = entries_of(ledger_, operator_);
  ASSERT_EQ(history.size(), 3u);
  EXPECT_EQ(history[1].reference, "job a");
  EXPECT_EQ(history[2].reference, "job b");
  EXPECT_EQ(history[2].lines.size(), 2u);
  EXPECT_EQ(account(operator_).entry_count, 1u + 2u + 2u);
}

TEST_F(BooksTest, LookingAtAnAccountDoesNotWriteIt) {
  ledger_.advance(3'600);
  const auto done = ledger_.step([&](const BlockContext& block, View& view) -> Result<void> {
    Books books(block, view, nullptr);
    ICN_TRY(books.find(operator_));
    ICN_TRY(books.find(person(7)));
    ICN_TRY(books.finish());
    EXPECT_TRUE(view.take_rows().empty());
    return {};
  });
  ASSERT_TRUE(done.ok());
}

TEST_F(BooksTest, FeesOfOtherDomainsAreBurnedFromWhatIsAvailable) {
  const ledger::Economy economy = economics::economy();
  const auto pay = [&](Millimana fee) {
    return ledger_.step([&](const BlockContext& block, View& view) {
      return economy.burn_fee(block, view, operator_, fee, "identity.create", "did:icn:x");
    });
  };
  ASSERT_TRUE(pay(mana(10)).ok());
  EXPECT_EQ(account(operator_).balance, mana(1'740));
  EXPECT_EQ(entries_of(ledger_, operator_).back().reference, "identity.create did:icn:x");
  const auto refused = pay(mana(1'741));
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(refused.error().is(kExceedsBalance));
}

TEST_F(BooksTest, TheStartGrantOfOtherDomainsIsPaidOnceAndWithinTheEpochsShare) {
  const ledger::Economy economy = economics::economy();
  const auto grant = [&](const Did& did) {
    const auto done = ledger_.step([&](const BlockContext& block, View& view) {
      return economy.grant_start(block, view, did, "new member");
    });
    EXPECT_TRUE(done.ok());
    return account(did);
  };
  EXPECT_EQ(grant(person(2)).balance, mana(1'750));
  EXPECT_EQ(grant(person(2)).balance, mana(1'750));
  EXPECT_EQ(account(person(2)).stage, Stage::kVerified);
  ledger_.set_parameter("economics.grants_per_epoch", 3);  // operator, 1 and 2 had theirs
  EXPECT_EQ(grant(person(3)).balance, mana(0));
  EXPECT_EQ(account(person(3)).stage, Stage::kUnverified);
}

TEST_F(BooksTest, ConservationSeesManaThatNobodyGave) {
  View view(ledger_.store());
  Account account = kAccounts.get(view, operator_).value().value();
  account.balance += Millimana{1};
  ASSERT_TRUE(kAccounts.put(view, operator_, account).ok());
  const auto held = conserved(view, 0);
  ASSERT_FALSE(held.ok());
  EXPECT_TRUE(held.error().is(kNotConserved));
}

TEST_F(BooksTest, ConservationSeesMoreLockedThanThereIs) {
  View view(ledger_.store());
  Account account = kAccounts.get(view, operator_).value().value();
  Supply supply = kSupply.get(view, kSupplyKey).value().value();
  account.locked = account.balance + Millimana{1};
  supply.locked = account.locked;
  ASSERT_TRUE(kAccounts.put(view, operator_, account).ok());
  ASSERT_TRUE(kSupply.put(view, kSupplyKey, supply).ok());
  EXPECT_FALSE(conserved(view, 0).ok());
}

TEST_F(BooksTest, CountingTheSupplyFindsADamagedAccount) {
  EXPECT_TRUE(count_supply(ledger_.store()).value().is_consistent);
  View view(ledger_.store());
  Account account = kAccounts.get(view, operator_).value().value();
  account.balance -= Millimana{1};
  ASSERT_TRUE(kAccounts.put(view, operator_, account).ok());
  const SupplyReport report = count_supply(view).value();
  EXPECT_FALSE(report.is_consistent);
  EXPECT_EQ(report.detail, "accounts hold 3499999 millimana, the supply says 3500000");
}

}  // namespace
}  // namespace icn::economics
