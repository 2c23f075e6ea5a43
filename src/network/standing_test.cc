#include "network/standing.h"

#include <gtest/gtest.h>

namespace icn::network {
namespace {

using std::chrono::seconds;

struct StandingTest : testing::Test {
  ManualClock clock;
  std::vector<std::pair<std::string, bool>> told;
  Standing standing{
      clock, {}, [this](const PeerId& whom, bool is_banned) { told.emplace_back(whom.text(), is_banned); }};
  const PeerId peer{"a"};
};

TEST_F(StandingTest, ThreeInvalidMessagesMuteForTenMinutes) {
  standing.strike(peer);
  standing.strike(peer);
  EXPECT_FALSE(standing.is_muted(peer));
  standing.strike(peer);
  EXPECT_TRUE(standing.is_muted(peer));
  clock.advance(seconds(599));
  EXPECT_TRUE(standing.is_muted(peer));
  clock.advance(seconds(1));
  EXPECT_FALSE(standing.is_muted(peer));
  EXPECT_FALSE(standing.is_muted(PeerId("b")));
}

TEST_F(StandingTest, APointComesBackInAMinute) {
  EXPECT_EQ(standing.strike(peer), -1);
  EXPECT_EQ(standing.strike(peer), -2);
  clock.advance(seconds(60));
  EXPECT_EQ(standing.score(peer), -1);
  clock.advance(seconds(600));
  EXPECT_EQ(standing.score(peer), 0);
}

TEST_F(StandingTest, TenPointsBanForAnHour) {
  for (int i = 0; i < 9; ++i) standing.strike(peer);
  EXPECT_TRUE(told.empty());
  standing.strike(peer);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0], std::pair(std::string("a"), true));
  ASSERT_EQ(standing.bans().size(), 1u);
  EXPECT_EQ(standing.bans()[0].until, clock.now_secs() + 3600);
  clock.advance(seconds(3599));
  standing.tick();
  EXPECT_EQ(told.size(), 1u);
  clock.advance(seconds(1));
  standing.tick();
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[1], std::pair(std::string("a"), false));
  EXPECT_TRUE(standing.bans().empty());
}

TEST_F(StandingTest, NoBanIsLiftedThatIsOver) {
  standing.ban(peer, 100, "by hand");
  clock.advance(seconds(100));
  EXPECT_FALSE(standing.lift(peer));
}

TEST_F(StandingTest, WhatLedToABanIsForgivenWithIt) {
  for (int i = 0; i < 10; ++i) standing.strike(peer);
  ASSERT_TRUE(standing.lift(peer));
  EXPECT_EQ(standing.score(peer), 0);
  EXPECT_FALSE(standing.is_muted(peer));
}

TEST_F(StandingTest, ABanCanBeLifted) {
  EXPECT_FALSE(standing.lift(peer));
  standing.ban(peer, 100, "by hand");
  EXPECT_EQ(standing.bans()[0].reason, "by hand");
  EXPECT_TRUE(standing.lift(peer));
  EXPECT_TRUE(standing.bans().empty());
  EXPECT_EQ(told.back(), std::pair(std::string("a"), false));
}

}  // namespace
}  // namespace icn::network
