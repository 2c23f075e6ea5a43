#include "economics/shares.h"

#include <gtest/gtest.h>

#include <numeric>

#include "economics/accounts.h"
#include "economics/economics_testing.h"
#include "economics/inputs.h"

// domain.md 5: the regeneration of one organisation's members together is at most 34 % of the federation's,
// once it has three. Expected values by hand, or by the rule itself on exact numbers.
namespace icn::economics {
namespace {

using testing::person;

TEST(Shares, TwoOrganisationsHaveNoLimit) {
  EXPECT_EQ(limits_of({900, 100}, 340'000), (std::vector<std::uint32_t>{kOnePpm, kOnePpm}));
  EXPECT_EQ(limits_of({900, 100, 0}, 340'000), (std::vector<std::uint32_t>{kOnePpm, kOnePpm, kOnePpm}));
  EXPECT_TRUE(limits_of({}, 340'000).empty());
}

// 34 % of what is left: 31.25 = 10.625 + 10.625 + 10.
TEST(Shares, WhatIsAboveItsPartIsCutToIt) {
  EXPECT_EQ(limits_of({50'000, 40'000, 10'000}, 340'000),
            (std::vector<std::uint32_t>{212'500, 265'625, kOnePpm}));
  // One alone: 0.34 / 0.66 of the others' 120.
  EXPECT_EQ(limits_of({40'000, 66'000'000, 60'000, 20'000}, 340'000)[1],
            120'000ull * 340'000 / 660'000 * 1'000'000 / 66'000'000);
  EXPECT_EQ(limits_of({34, 33, 33}, 340'000), (std::vector<std::uint32_t>{kOnePpm, kOnePpm, kOnePpm}));
  // No three can each have a tenth at most: they get equal parts.
  EXPECT_EQ(limits_of({400, 200, 100}, 100'000), (std::vector<std::uint32_t>{250'000, 500'000, kOnePpm}));
}

TEST(Shares, OfRandomOrganisationsNoneHasMoreAndNoneIsCutInVain) {
  SeededRandom random(11);
  for (int i = 0; i < 10'000; ++i) {
    std::vector<std::uint64_t> rates;
    for (std::uint64_t count = 3 + random.below(8); count > 0; --count)
      rates.push_back(random.below(3) == 0 ? 1'000'000 + random.below(1'000'000'000)
                                           : 1'000'000'000 + random.below(1'000'000'000'000));
    const auto share = static_cast<std::uint32_t>(340'000 + random.below(660'000));
    const std::vector<std::uint32_t> limits = limits_of(rates, share);
    long double total = 0;
    for (std::size_t k = 0; k < rates.size(); ++k)
      total += static_cast<long double>(rates[k]) * limits[k] / 1e6L;
    for (std::size_t k = 0; k < rates.size(); ++k) {
      const long double own = static_cast<long double>(rates[k]) * limits[k] / 1e6L;
      // Factors are whole numbers of ppm: each part that is cut may miss its bound by so much, and all
      // together by their sum.
      const long double slack =
          static_cast<long double>(std::accumulate(rates.begin(), rates.end(), std::uint64_t{0})) / 1e6L + 2;
      ASSERT_LE(own, total * share / 1e6L + slack);
      if (limits[k] < kOnePpm) {
        ASSERT_GE(own, total * share / 1e6L - slack);
      }
    }
  }
}

TEST(Shares, AnAccountCountsWithItsBestOrganisation) {
  const Memberships none{{{"federation:f", Organisation::kFederation}, {"group:g", Organisation::kNone}}};
  EXPECT_EQ(home_of(none), "");
  const Memberships several{{{"federation:f", Organisation::kFederation},
                             {"local:a", Organisation::kCommunity},
                             {"local:b", Organisation::kCooperative},
                             {"local:c", Organisation::kCooperative}}};
  EXPECT_EQ(home_of(several), "local:b");
}

class SharesLedgerTest : public ::testing::Test {
 protected:
  void join(std::uint64_t who, const std::string& scope) {
    const auto done =
        ledger_.step([&](const ledger::BlockContext& block, ledger::View& view) -> Result<void> {
          ICN_TRY(set_membership(view, person(who), scope, Organisation::kCooperative, true));
          Books books(block, view, nullptr);
          ICN_TRY(books.open(person(who)));
          ICN_TRY(books.grant_start(person(who), {1'000'000}, "test"));
          return books.finish();
        });
    ASSERT_TRUE(done.ok());
  }
  void touch(std::uint64_t who) {
    const auto done =
        ledger_.step([&](const ledger::BlockContext& block, ledger::View& view) -> Result<void> {
          Books books(block, view, nullptr);
          ICN_TRY(books.burn(person(who), {1}, "test"));
          return books.finish();
        });
    ASSERT_TRUE(done.ok());
  }
  std::uint64_t rate(std::uint64_t who) {
    return kAccounts.get(ledger_.store(), person(who)).value()->rate_nano_per_hour;
  }
  std::uint64_t sum_micro(const std::string& scope) {
    return share_of_organisation(ledger_.store(), scope).value().rate_micro;
  }

  testing::TestLedger ledger_{"production"};
};

// Eight members of one kind and cut: 6 in a, 1 each in b and c. Without a limit a has 75 %.
TEST_F(SharesLedgerTest, TheMembersOfALargeOrganisationRegenerateSlower) {
  for (std::uint64_t who = 1; who <= 6; ++who) join(who, "local:a");
  join(7, "local:b");
  join(8, "local:c");
  const std::uint64_t full = rate(8);
  EXPECT_EQ(sum_micro("local:a"), 6 * full / 1'000);
  EXPECT_EQ(sum_micro("local:b"), full / 1'000);
  EXPECT_EQ(rate(1), full);  // limits are those of the beginning of an interval
  ledger_.advance(2 * kSecsPerDay);
  for (std::uint64_t who = 1; who <= 8; ++who) touch(who);  // the first sets the limits
  ledger_.advance(kSecsPerDay);
  for (std::uint64_t who = 1; who <= 8; ++who) touch(who);
  std::uint64_t of_a = 0;
  for (std::uint64_t who = 1; who <= 6; ++who) of_a += rate(who);
  const std::uint64_t others = rate(7) + rate(8);
  EXPECT_EQ(rate(7), rate(8));
  // 34 of 100 parts to the others' 66, but for factors in whole ppm.
  EXPECT_LE(of_a * 66, others * 34);
  EXPECT_GE(of_a * 66, others * 34 - others * 34 / 10'000);
  // Sums are of rates without limits: a limit does not lift itself.
  EXPECT_EQ(sum_micro("local:a"), 6 * sum_micro("local:b"));
}

}  // namespace
}  // namespace icn::economics
