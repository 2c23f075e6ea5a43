#include "economics/formula.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace icn::economics {
namespace {

constexpr Millimana kBaseRate = Millimana::from_mana(100);
constexpr Millimana kBaseCap = Millimana::from_mana(10'000);
constexpr Millimana kCeiling = Millimana::from_mana(1'000'000);

// docs/formats/economics.md works this example through by hand.
TEST(Formula, RateAndCapOfTheWorkedExample) {
  const Factors own{950'000, 1'234'567, 1'030'000, 812'500, 1'200'000, 100'000};
  EXPECT_EQ(rate_nano_per_hour(kBaseRate, own, {1'000'000, 250'000, 1'500'000}), 36'806'975'445u);
  EXPECT_EQ(cap_of(kBaseCap, own, kCeiling), Millimana{15'481'470});
  const Growth growth = grow(36'806'975'445, 100, 0, kCeiling);
  EXPECT_EQ(growth.regenerated, Millimana{1'022});
  EXPECT_EQ(growth.remainder, 1'497'544'500u);
}

TEST(Formula, AMemberOfACooperativeWithDefaultsHasTheNominalFigures) {
  const Factors own{.kappa_ppm = 1'000'000};
  EXPECT_EQ(rate_nano_per_hour(kBaseRate, own, {}), 100'000'000'000u);
  EXPECT_EQ(cap_of(kBaseCap, own, kCeiling), kBaseCap);
}

TEST(Formula, AnUnverifiedAccountNeitherRegeneratesNorHolds) {
  EXPECT_EQ(rate_nano_per_hour(kBaseRate, {}, {}), 0u);
  EXPECT_EQ(cap_of(kBaseCap, {}, kCeiling), Millimana{0});
}

TEST(Formula, TheCapNeverPassesTheCeiling) {
  const Factors own{.kappa_ppm = 2'000'000, .sigma_ppm = 2'000'000};
  EXPECT_EQ(cap_of(Millimana::from_mana(300'000), own, kCeiling), kCeiling);
}

TEST(Formula, LargestFactorsOfAllDoNotOverflow) {
  const Factors own{2'000'000, 2'000'000, 2'000'000, 1'500'000, 1'500'000, 500'000};
  // 1,000 mana . 2 . 2 . 2 . 1.5 . 1.5 . 1 . 2
  EXPECT_EQ(rate_nano_per_hour(Millimana::from_mana(1'000), own, {1'500'000, 1'000'000, 2'000'000}),
            36'000'000'000'000u);
  // 100,000 mana . 2 . 2 . 1.5 . 1.5
  EXPECT_EQ(cap_of(Millimana::from_mana(100'000), own, kCeiling), Millimana::from_mana(900'000));
}

TEST(Formula, BootstrapFallsAfterMonthsThreeSixAndTwelve) {
  constexpr std::uint64_t kMonth = 30 * 86'400;
  EXPECT_EQ(bootstrap_ppm(1'000, 0), 2'000'000u);
  EXPECT_EQ(bootstrap_ppm(1'000, 1'000 + 3 * kMonth - 1), 2'000'000u);
  EXPECT_EQ(bootstrap_ppm(1'000, 1'000 + 3 * kMonth), 1'500'000u);
  EXPECT_EQ(bootstrap_ppm(1'000, 1'000 + 6 * kMonth - 1), 1'500'000u);
  EXPECT_EQ(bootstrap_ppm(1'000, 1'000 + 6 * kMonth), 1'250'000u);
  EXPECT_EQ(bootstrap_ppm(1'000, 1'000 + 12 * kMonth - 1), 1'250'000u);
  EXPECT_EQ(bootstrap_ppm(1'000, 1'000 + 12 * kMonth), 1'000'000u);
}

TEST(Formula, GrowthKeepsWhatIsLessThanAMillimana) {
  // 100 mana an hour for 1 s are 27 7/9 millimana.
  const Growth first = grow(100'000'000'000, 1, 0, Millimana{1'000'000});
  EXPECT_EQ(first.regenerated, Millimana{27});
  EXPECT_EQ(first.remainder, 2'800'000'000u);  // 7/9 of 3.6 . 10^9
  const Growth second = grow(100'000'000'000, 1, first.remainder, Millimana{1'000'000});
  EXPECT_EQ(second.regenerated, Millimana{28});
}

TEST(Formula, GrowthEndsAtTheCapAndForgetsTheRest) {
  const Growth growth = grow(100'000'000'000, 3'600, 0, Millimana{5});
  EXPECT_EQ(growth.regenerated, Millimana{5});
  EXPECT_EQ(growth.remainder, 0u);
  EXPECT_EQ(grow(100'000'000'000, 3'600, 7, Millimana{-5}).regenerated, Millimana{0});
  EXPECT_EQ(grow(100'000'000'000, 3'600, 7, Millimana{0}).remainder, 0u);
}

TEST(Formula, ACenturyAtTheHighestRateDoesNotOverflow) {
  // 36,000 mana an hour, 876,000 hours
  const Growth growth = grow(36'000'000'000'000, 100ull * 365 * 86'400, 0, kMillimanaMax);
  EXPECT_EQ(growth.regenerated, Millimana::from_mana(31'536'000'000));
}

TEST(Formula, ShareTruncates) {
  EXPECT_EQ(share_of(Millimana::from_mana(7'000), 250'000), Millimana::from_mana(1'750));
  EXPECT_EQ(share_of(Millimana{7}, 500'000), Millimana{3});
  EXPECT_EQ(share_of(kMillimanaMax, 1'000'000), kMillimanaMax);
}

}  // namespace
}  // namespace icn::economics
