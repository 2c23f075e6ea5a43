#include "economics/inputs.h"

#include <gtest/gtest.h>

#include "economics/accounts.h"
#include "economics/economics_testing.h"
#include "reputation/score/record.h"

// Factors as the ledger keeps them. Expected values: domain.md 5, by hand or by fractions computed here.
namespace icn::economics {
namespace {

using reputation::EventKind;
using testing::person;

class InputsTest : public ::testing::Test {
 protected:
  void grant(std::uint64_t who) {
    const auto done = ledger_.run(
        std::array{ledger_.make(person(0), "economics.grant", R"({"to":")" + person(who).text() + R"("})")});
    ASSERT_TRUE(done.outcomes[0].ok) << done.outcomes[0].code;
  }
  std::string pay(std::uint64_t from, std::uint64_t to, const std::string& amount) {
    const auto done = ledger_.run(
        std::array{ledger_.make(person(from), "economics.transfer",
                                R"({"to":")" + person(to).text() + R"(","amount":)" + amount + "}")});
    EXPECT_TRUE(done.failures.empty());
    return done.outcomes[0].ok ? "ok" : done.outcomes[0].code;
  }
  void tell(std::uint64_t who, EventKind kind, const Did& source = {}) {
    const auto done = ledger_.step([&](const BlockContext& block, View& view) -> Result<void> {
      ICN_TRY(reputation::record(block, view, {person(who), kind, source, "test", {}}));
      return mark_inputs_changed(view, person(who));
    });
    ASSERT_TRUE(done.ok());
  }
  void membership(std::uint64_t who, const std::string& scope, Organisation kind, bool is_member) {
    const auto done = ledger_.step([&](const BlockContext&, View& view) {
      return set_membership(view, person(who), scope, kind, is_member);
    });
    ASSERT_TRUE(done.ok());
  }
  Account stored(std::uint64_t who) {
    return kAccounts.get(ledger_.store(), person(who)).value().value_or(Account{});
  }

  testing::TestLedger ledger_{"production"};
};

// production: a verified person regenerates 100 . 0.5 . 2 (bootstrap) = 100 mana an hour and holds 5,000.
TEST_F(InputsTest, AChangedReputationCountsFromTheNextWriteOn) {
  grant(1);
  EXPECT_EQ(stored(1).rate_nano_per_hour, 100'000'000'000u);
  tell(1, EventKind::kMediationSuccess);  // 53: beta 1.06
  EXPECT_EQ(stored(1).rate_nano_per_hour, 100'000'000'000u);
  ledger_.advance(36);
  // 1 mana came in at the old rate, before the new one was taken.
  const Millimana before = stored(1).balance;
  EXPECT_EQ(pay(1, 2, "0.001"), "ok");
  EXPECT_EQ(stored(1).balance, before + Millimana{999});
  EXPECT_EQ(stored(1).rate_nano_per_hour, 106'000'000'000u);
}

TEST_F(InputsTest, ReadingComputesAndStoresNothing) {
  grant(1);
  tell(1, EventKind::kMediationSuccess);
  ledger_.advance(86'400);
  const Account before = stored(1);
  ASSERT_TRUE(account_at(ledger_.store(), person(1), ledger_.now()).ok());
  ASSERT_TRUE(read_inputs(ledger_.store(), ledger::genesis_parameters(false), person(1), before,
                          ledger_.now(), ledger_.now())
                  .ok());
  EXPECT_EQ(stored(1), before);
}

TEST_F(InputsTest, AMembershipMakesVerifiedAndTheBestOfThemCounts) {
  ASSERT_EQ(pay(0, 1, "1"), "ok");
  EXPECT_EQ(stored(1).stage, Stage::kUnverified);
  EXPECT_EQ(pay(1, 0, "0.5"), "not_verified");
  membership(1, "local:did:icn:community:x", Organisation::kCommunity, true);
  EXPECT_EQ(pay(1, 0, "0.001"), "ok");
  EXPECT_EQ(stored(1).cap, Millimana::from_mana(9'500));
  membership(1, "local", Organisation::kCooperative, true);
  EXPECT_EQ(pay(1, 0, "0.001"), "ok");
  EXPECT_EQ(stored(1).cap, Millimana::from_mana(10'000));
  membership(1, "local", Organisation::kCooperative, false);
  membership(1, "local:did:icn:community:x", Organisation::kCommunity, false);
  EXPECT_EQ(pay(1, 0, "0.001"), "ok");
  EXPECT_EQ(stored(1).stage, Stage::kVerified);
  EXPECT_EQ(stored(1).cap, Millimana::from_mana(5'000));
}

TEST_F(InputsTest, TenReceiptsMakeAContributor) {
  grant(1);
  for (std::uint64_t i = 0; i < 10; ++i) {
    EXPECT_EQ(pay(1, 0, "0.001"), "ok");
    EXPECT_EQ(stored(1).stage, Stage::kVerified) << i;
    tell(1, EventKind::kSuccessfulJob, person(2 + i));
  }
  EXPECT_EQ(pay(1, 0, "0.001"), "ok");
  EXPECT_EQ(stored(1).stage, Stage::kContributor);
  EXPECT_EQ(stored(1).factors.kappa_ppm, 700'000u);
}

TEST_F(InputsTest, AfterThirtyDaysParticipationIsCounted) {
  grant(1);
  ledger_.advance(30 * kSecsPerDay);
  tell(1, EventKind::kSuccessfulJob, person(2));
  tell(1, EventKind::kSuccessfulJob, person(3));
  EXPECT_EQ(pay(1, 7, "0.001"), "ok");
  EXPECT_EQ(stored(1).factors.eta_ppm, 375'000u);  // 0.25 + 2 . 0.0625
  ledger_.advance(29 * kSecsPerDay);
  EXPECT_EQ(pay(1, 7, "0.001"), "ok");
  EXPECT_EQ(stored(1).factors.eta_ppm, 375'000u);
  ledger_.advance(kSecsPerDay);
  EXPECT_EQ(pay(1, 7, "0.001"), "ok");
  EXPECT_EQ(stored(1).factors.eta_ppm, 250'000u);
}

TEST_F(InputsTest, PolicyMembersLetsMembersOfOneBodyPayEachOther) {
  grant(1);
  ledger_.set_parameter("economics.transfer_policy", 1);
  EXPECT_EQ(pay(1, 2, "1"), "no_common_organisation");
  membership(1, "local", Organisation::kCooperative, true);
  EXPECT_EQ(pay(1, 2, "1"), "no_common_organisation");
  membership(2, "group:x", Organisation::kNone, true);
  EXPECT_EQ(pay(1, 2, "1"), "no_common_organisation");
  membership(2, "local", Organisation::kCooperative, true);
  EXPECT_EQ(pay(1, 2, "1"), "ok");
}

// Conduct, one reason after the other.
TEST(Conduct, EachReasonHasItsPointsAndItsEnd) {
  Account account;
  account.created = 1'000'000;
  note_conduct(account, EntryKind::kTransferOut, Millimana::from_mana(-100), 1'000'010);
  EXPECT_TRUE(sybil_reasons(account, {}, 1'000'010).empty());
  note_conduct(account, EntryKind::kFeeBurn, {-1}, 1'000'011);
  EXPECT_EQ(sybil_score(sybil_reasons(account, {}, 1'000'011)), 20u);
  EXPECT_EQ(sybil_score(sybil_reasons(account, {}, 1'000'000 + 7 * kSecsPerDay)), 0u);
  EXPECT_EQ(sybil_score(sybil_reasons(account, {50'000, 2}, 1'000'000 + 30 * kSecsPerDay)), 15u);
  EXPECT_EQ(sybil_score(sybil_reasons(account, {50'000, 3}, 1'000'000 + 30 * kSecsPerDay)), 0u);
}

TEST(Conduct, MoreThanFiftyActsADayCountOnlyBelowThirtyPoints) {
  Account account;
  account.created = 1;
  const TimestampSecs now = 1'000'000'000;
  for (int i = 0; i < 50; ++i) note_conduct(account, EntryKind::kFeeBurn, {-1}, now);
  EXPECT_EQ(sybil_score(sybil_reasons(account, {29'999, 3}, now)), 0u);
  note_conduct(account, EntryKind::kFeeBurn, {-1}, now);
  EXPECT_EQ(sybil_score(sybil_reasons(account, {29'999, 3}, now)), 25u);
  EXPECT_EQ(sybil_score(sybil_reasons(account, {30'000, 3}, now)), 0u);
  EXPECT_EQ(sybil_score(sybil_reasons(account, {29'999, 3}, now + kSecsPerDay)), 0u);
}

TEST(Conduct, AMachineIsKnownByTwentyEqualGaps) {
  Account account;
  TimestampSecs now = 1'000'000'000;
  account.created = now;
  note_conduct(account, EntryKind::kTransferOut, {-1}, now);
  for (int i = 0; i < 20; ++i) note_conduct(account, EntryKind::kTransferOut, {-1}, now += 60);
  EXPECT_EQ(sybil_score(sybil_reasons(account, {}, now)), 0u);
  note_conduct(account, EntryKind::kTransferOut, {-1}, now += 60);
  EXPECT_EQ(sybil_score(sybil_reasons(account, {}, now)), 30u);
  note_conduct(account, EntryKind::kTransferOut, {-1}, now += 61);
  EXPECT_EQ(sybil_score(sybil_reasons(account, {}, now)), 0u);
  // Many within seconds are a busy person's program, not a clockwork.
  for (int i = 0; i < 50; ++i) note_conduct(account, EntryKind::kTransferOut, {-1}, now += 2);
  EXPECT_EQ(sybil_score(sybil_reasons(account, {}, now)), 0u);
}

TEST(Conduct, TheScoreCutsRateAndCapByItsThreeSteps) {
  const auto cut = [](std::uint32_t score) {
    Factors factors;
    apply_sybil(score, factors);
    return std::pair(factors.sybil_rate_ppm, factors.sybil_cap_ppm);
  };
  EXPECT_EQ(cut(14), std::pair(1'000'000u, 1'000'000u));
  EXPECT_EQ(cut(15), std::pair(900'000u, 1'000'000u));
  EXPECT_EQ(cut(30), std::pair(700'000u, 500'000u));
  EXPECT_EQ(cut(50), std::pair(200'000u, 100'000u));
}

// Random lives: memberships come and go, reputations move, accounts pay, lock and lose. After each step mana
// is conserved (the invariant of the ledger runs too), and the rate each write leaves is the product of the
// factors as exact fractions, less at most the truncations of its eight steps.
TEST_F(InputsTest, RandomLivesConserveManaAndFollowTheFormulaInExactFractions) {
  __extension__ using Wide = unsigned __int128;
  SeededRandom random(23);
  for (std::uint64_t who = 1; who < 6; ++who) grant(who);
  for (int i = 0; i < 1'500; ++i) {
    ledger_.advance(random.below(20'000));
    const std::uint64_t who = 1 + random.below(5);
    const Did did = person(who);
    switch (random.below(5)) {
      case 0:
        tell(who, static_cast<EventKind>(random.below(14)), person(random.below(8)));
        break;
      case 1:
        membership(who, random.below(2) == 0 ? "local" : "federation:a",
                   random.below(2) == 0 ? Organisation::kCooperative : Organisation::kFederation,
                   random.below(2) == 0);
        break;
      case 2: {
        const auto done = ledger_.step([&](const BlockContext& block, View& view) -> Result<void> {
          ICN_TRY_ASSIGN(free, available(view, block, did));
          const Millimana some{static_cast<std::int64_t>(
              random.below(static_cast<std::uint64_t>(std::max<std::int64_t>(free.value, 0)) / 10 + 1))};
          ICN_TRY(lock(block, view, nullptr, did, some, "lock"));
          return random.below(2) == 0 ? slash(block, view, nullptr, did, some, "slash")
                                      : release(block, view, nullptr, did, some, "release");
        });
        ASSERT_TRUE(done.ok()) << done.error().detail();
        break;
      }
      default:
        pay(who, (who + 1 + random.below(6)) % 8, std::to_string(random.below(40) + 1));
    }
    const Account account = stored(who);
    if (account.updated == ledger_.now()) {
      const Factors& own = account.factors;
      const std::uint64_t months = (ledger_.now() - testing::kStart) / (30 * 86'400);
      const std::uint64_t boot = months < 3 ? 200 : months < 6 ? 150 : months < 12 ? 125 : 100;
      // 10^11 nano-mana . ppm^4 / 10^24 . boot / 100
      const Wide product = Wide{own.kappa_ppm} * own.beta_ppm * own.eta_ppm * own.sybil_rate_ppm * boot;
      const auto exact = static_cast<std::uint64_t>(product / 1'000'000'000'000'000u);
      EXPECT_LE(account.rate_nano_per_hour, exact);
      EXPECT_GE(account.rate_nano_per_hour + 16, exact);
    }
    const SupplyReport report = count_supply(ledger_.store()).value();
    ASSERT_TRUE(report.is_consistent) << report.detail;
  }
}

}  // namespace
}  // namespace icn::economics
