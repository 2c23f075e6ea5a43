#include "governance/warning_signs.h"

#include <gtest/gtest.h>

namespace icn::governance {
namespace {

constexpr TimestampSecs kNow = 1'700'000'000;

TEST(LastHour, ForgetsWhatIsOlder) {
  LastHour hour;
  hour.add(kNow, 3);
  hour.add(kNow + 30, 4);
  EXPECT_EQ(hour.sum(kNow + 30), 7u);
  hour.add(kNow + 1'800, 10);
  EXPECT_EQ(hour.sum(kNow + 1'800), 17u);
  EXPECT_EQ(hour.most(kNow + 1'800), 10u);
  EXPECT_EQ(hour.sum(kNow + 3'660), 10u);
  EXPECT_EQ(hour.sum(kNow + 5'460), 0u);
  hour.add(kNow + 5'460, 1);  // takes the place of a minute that is long past
  EXPECT_EQ(hour.sum(kNow + 5'460), 1u);
}

TEST(LastHour, KeepsTheMostOfAMinute) {
  LastHour hour;
  hour.at_least(kNow, 5);
  hour.at_least(kNow + 1, 3);
  EXPECT_EQ(hour.most(kNow + 1), 5u);
  EXPECT_EQ(hour.most(kNow + 3'700), 0u);
}

}  // namespace
}  // namespace icn::governance
