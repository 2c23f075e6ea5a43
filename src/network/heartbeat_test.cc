#include "network/heartbeat.h"

#include <gtest/gtest.h>

namespace icn::network {
namespace {

// Expected values are counted by hand from the heartbeats each test sends.
class HeartbeatWatchTest : public testing::Test {
 protected:
  void receive(const std::string& sender, std::uint64_t started_ms, std::uint64_t number,
               std::uint64_t age_ms = 0) {
    const Heartbeat heartbeat{PeerId("p"), {}, started_ms, number, clock.now_ms() - age_ms, std::nullopt};
    watch.observe(Did(sender), codec::encode_block(heartbeat));
  }

  ManualClock clock;
  HeartbeatWatch watch{clock};
};

TEST_F(HeartbeatWatchTest, AGapCountsUntilItIsFilled) {
  receive("a", 1, 5);
  receive("a", 1, 8);
  EXPECT_EQ(watch.figures().missing, 2u);
  receive("a", 1, 6);
  EXPECT_EQ(watch.figures().missing, 1u);
  EXPECT_EQ(watch.figures().received, 3u);
}

TEST_F(HeartbeatWatchTest, WhatWasSentBeforeTheFirstThatCameIsNotMissing) {
  receive("a", 1, 5);
  receive("a", 1, 4);
  EXPECT_EQ(watch.figures().missing, 0u);
  EXPECT_EQ(watch.figures().received, 1u);
}

TEST_F(HeartbeatWatchTest, ARestartOfTheSenderIsNoGapAndForgivesNone) {
  receive("a", 1, 1);
  receive("a", 1, 3);
  receive("a", 2, 1);
  receive("a", 1, 4);  // of its earlier life
  EXPECT_EQ(watch.figures().missing, 1u);
}

TEST_F(HeartbeatWatchTest, SendersAreCountedApart) {
  receive("a", 1, 1);
  receive("b", 1, 9);
  receive("a", 1, 2);
  EXPECT_EQ(watch.figures().missing, 0u);
}

TEST_F(HeartbeatWatchTest, AgesAreFromSentToReceived) {
  EXPECT_FALSE(watch.figures().mean_ms);
  for (std::uint64_t i = 1; i <= 20; ++i) receive("a", 1, i, i * 10);
  EXPECT_DOUBLE_EQ(*watch.figures().mean_ms, 105);
  EXPECT_DOUBLE_EQ(*watch.figures().p95_ms, 190);  // nearest rank: the 19th of 20
}

TEST_F(HeartbeatWatchTest, AnotherPayloadIsNotCounted) {
  watch.observe(Did("a"), Bytes{0xa0});
  EXPECT_EQ(watch.figures().received, 0u);
}

}  // namespace
}  // namespace icn::network
