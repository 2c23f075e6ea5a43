#include "economics/formula.h"

#include <gtest/gtest.h>

#include <boost/multiprecision/cpp_int.hpp>

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

using Exact = boost::multiprecision::cpp_rational;

// The product as an exact fraction, and how much the truncations of its steps can take off at most.
struct Product {
  Exact value;
  Exact lost = 0;
  void times(std::uint64_t ppm) {
    const Exact factor(ppm, 1'000'000);
    value *= factor;
    lost = lost * factor + 1;
  }
};

// 10,000 random accounts against exact rational arithmetic.
TEST(Formula, RateAndCapAreTheExactProductsLessTheirTruncations) {
  SeededRandom random(5);
  const auto ppm = [&random](std::uint64_t low, std::uint64_t high) {
    return static_cast<std::uint32_t>(low + random.below(high - low + 1));
  };
  for (int i = 0; i < 10'000; ++i) {
    Factors own;
    own.kappa_ppm = ppm(0, 1'250'000);
    own.sigma_ppm = ppm(100'000, 2'000'000);
    own.beta_ppm = ppm(500'000, 2'000'000);
    own.eta_ppm = ppm(250'000, 1'500'000);
    own.gamma_ppm = ppm(500'000, 1'500'000);
    own.federation_bonus_ppm = ppm(0, 500'000);
    own.sybil_rate_ppm = ppm(200'000, 1'000'000);
    own.sybil_cap_ppm = ppm(100'000, 1'000'000);
    own.share_ppm = ppm(100'000, 1'000'000);
    const NetworkFactors network{ppm(500'000, 1'500'000), ppm(100'000, 1'000'000), ppm(1'000'000, 2'000'000)};
    const Millimana base{static_cast<std::int64_t>(random.below(100'000'000))};

    Product rate{Exact(base.value) * 1'000'000};
    for (const std::uint32_t factor :
         {own.kappa_ppm, own.sigma_ppm, own.beta_ppm, own.eta_ppm, network.network_health_ppm,
          network.emergency_ppm, network.bootstrap_ppm, own.sybil_rate_ppm, own.share_ppm})
      rate.times(factor);
    const Exact rate_found(rate_nano_per_hour(base, own, network));
    ASSERT_LE(rate_found, rate.value);
    ASSERT_LT(rate.value - rate_found, rate.lost);

    Product cap{Exact(base.value) * 1'000'000};
    for (const std::uint32_t factor : {own.kappa_ppm, own.sigma_ppm, own.gamma_ppm,
                                       1'000'000 + own.federation_bonus_ppm, own.sybil_cap_ppm})
      cap.times(factor);
    const Exact cap_found = Exact(cap_of(base, own, kCeiling).value) * 1'000'000;
    if (cap.value >= Exact(kCeiling.value + 1) * 1'000'000) {
      ASSERT_EQ(cap_found, Exact(kCeiling.value) * 1'000'000);
      continue;
    }
    ASSERT_LE(cap_found, cap.value);
    ASSERT_LT(cap.value - cap_found, cap.lost + 1'000'000);
  }
}

// A balance that is written at random moments holds, to the last part, what the rate gave in all that time.
TEST(Formula, ManyWritesGiveTheExactSum) {
  SeededRandom random(6);
  for (int i = 0; i < 1'000; ++i) {
    const std::uint64_t rate = random.below(1'000'000'000'000);
    Exact exact = 0;
    Millimana balance;
    std::uint64_t remainder = 0;
    for (std::uint64_t write = random.below(50); write > 0; --write) {
      const std::uint64_t secs = random.below(100'000);
      exact += Exact(rate) * secs / (3'600 * 1'000'000ull);  // millimana
      const Growth growth = grow(rate, secs, remainder, kMillimanaMax);
      balance += growth.regenerated;
      remainder = growth.remainder;
    }
    ASSERT_EQ(Exact(balance.value) + Exact(remainder, 3'600 * 1'000'000ull), exact);
  }
}

}  // namespace
}  // namespace icn::economics
