#include "network/rate_gate.h"

#include <gtest/gtest.h>

namespace icn::network {
namespace {

// domain.md 11: 50 messages a second, burst 100.
TEST(RateGate, LetsABurstThroughAndThenTheRate) {
  RateGate gate(50, 100);
  int passed = 0;
  for (int i = 0; i < 200; ++i) passed += gate.allow("a", 1'000) ? 1 : 0;
  EXPECT_EQ(passed, 100);
  EXPECT_TRUE(gate.allow("b", 1'000));
  EXPECT_FALSE(gate.allow("a", 1'019));
  EXPECT_TRUE(gate.allow("a", 1'020));
  passed = 0;
  for (int i = 0; i < 200; ++i) passed += gate.allow("a", 2'020) ? 1 : 0;
  EXPECT_EQ(passed, 50);
}

TEST(RateGate, ForgetsWhoWasLongSilent) {
  RateGate gate(50, 100);
  for (int i = 0; i < 20'000; ++i) ASSERT_TRUE(gate.allow(std::to_string(i), 0));
  EXPECT_FALSE(gate.allow("new", 1));
  EXPECT_TRUE(gate.allow("new", 1'000));
  EXPECT_EQ(gate.size(), 1u);
}

}  // namespace
}  // namespace icn::network
