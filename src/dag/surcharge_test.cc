#include "dag/surcharge.h"

#include <gtest/gtest.h>

namespace icn::dag {
namespace {

const ledger::Parameters kProduction = ledger::genesis_parameters(false);

Millimana millimana(std::int64_t value) { return {value}; }

// domain.md 5: "from the 11th action per hour x (1 + 0.1 (n - 10))".
TEST(Surcharge, EleventhActionOfAnHourCostsATenthMore) {
  ManualClock clock;
  Surcharge surcharge(clock, {});
  const Did payer("did:key:a");
  for (int n = 1; n <= 10; ++n)
    EXPECT_EQ(with_factors({100}, surcharge.next_action(kProduction, payer)), millimana(100)) << n;
  EXPECT_EQ(with_factors({100}, surcharge.next_action(kProduction, payer)), millimana(110));
  EXPECT_EQ(with_factors({100}, surcharge.next_action(kProduction, payer)), millimana(120));
  EXPECT_EQ(with_factors({100}, surcharge.next_action(kProduction, Did("did:key:b"))), millimana(100));
  for (int n = 13; n < 110; ++n) surcharge.next_action(kProduction, payer);
  EXPECT_EQ(with_factors({100}, surcharge.next_action(kProduction, payer)), millimana(1'100));
  clock.advance(std::chrono::hours(1));
  EXPECT_EQ(with_factors({100}, surcharge.next_action(kProduction, payer)), millimana(100));
}

// domain.md 5: "x 1.5 when load > 0.8".
TEST(Surcharge, FullQueueCostsHalfMore) {
  ManualClock clock;
  std::int64_t load_ppm = 800'000;
  Surcharge surcharge(clock, [&] { return load_ppm; });
  const Did payer("did:key:a");
  EXPECT_EQ(with_factors({10}, surcharge.next_action(kProduction, payer)), millimana(10));
  load_ppm = 800'001;
  EXPECT_EQ(with_factors({10}, surcharge.next_action(kProduction, payer)), millimana(15));
  for (int n = 3; n <= 10; ++n) surcharge.next_action(kProduction, payer);
  // Down after each factor: 11 x 1.5 = 16, 16 x 1.1 = 17.
  EXPECT_EQ(with_factors({11}, surcharge.next_action(kProduction, payer)), millimana(17));
}

TEST(Surcharge, DevelopmentCountsNoActions) {
  ManualClock clock;
  Surcharge surcharge(clock, {});
  const ledger::Parameters parameters = ledger::genesis_parameters(true);
  FeeFactors factors;
  for (int n = 0; n < 1'000; ++n) factors = surcharge.next_action(parameters, Did("did:key:a"));
  EXPECT_EQ(with_factors({10}, factors), millimana(10));
}

TEST(Surcharge, NoFeeOverflows) {
  EXPECT_EQ(with_factors({2'000'000}, {1'500'000, 1'000'000'000'000}), millimana(3'000'000'000'000));
  EXPECT_EQ(with_factors(kMillimanaMax, {1'500'000, 1'000'000'000'000}), kMillimanaMax);
}

TEST(Surcharge, KnowsSoManyPayersAtATime) {
  ManualClock clock;
  Surcharge surcharge(clock, {}, 2);
  for (int n = 0; n < 10; ++n) {
    for (const char* payer : {"did:key:a", "did:key:b", "did:key:c"})
      surcharge.next_action(kProduction, Did(payer));
  }
  EXPECT_EQ(surcharge.next_action(kProduction, Did("did:key:a")).burst_ppm, 1'100'000);
  EXPECT_EQ(surcharge.next_action(kProduction, Did("did:key:c")).burst_ppm, 1'000'000);
  clock.advance(std::chrono::hours(1));
  for (int n = 0; n < 10; ++n) surcharge.next_action(kProduction, Did("did:key:c"));
  EXPECT_EQ(surcharge.next_action(kProduction, Did("did:key:c")).burst_ppm, 1'100'000);
}

}  // namespace
}  // namespace icn::dag
