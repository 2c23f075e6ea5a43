#include "network/request_gate.h"

#include <gtest/gtest.h>

namespace icn::network {
namespace {

using Outcome = RequestGate::Outcome;

TEST(RequestGate, RefusesWhatIsAboveTheRate) {
  RequestGate gate({10, 3});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(gate.ask("a", 1'000), Outcome::kRead);
  EXPECT_EQ(gate.ask("a", 1'000), Outcome::kRefused);
  EXPECT_EQ(gate.ask("b", 1'000), Outcome::kRead);  // each peer for itself
  EXPECT_EQ(gate.ask("a", 1'099), Outcome::kRefused);
  EXPECT_EQ(gate.ask("a", 1'100), Outcome::kRead);  // ten a second
}

TEST(RequestGate, HoldsEveryBurstOfRefusedOnesAgainstThePeer) {
  RequestGate gate({1, 3});
  for (int i = 0; i < 3; ++i) gate.ask("a", 0);
  std::vector<Outcome> outcomes;
  for (int i = 0; i < 6; ++i) outcomes.push_back(gate.ask("a", 0));
  const std::vector<Outcome> wanted{Outcome::kRefused, Outcome::kRefused, Outcome::kRefusedTooOften,
                                    Outcome::kRefused, Outcome::kRefused, Outcome::kRefusedTooOften};
  EXPECT_EQ(outcomes, wanted);
}

}  // namespace
}  // namespace icn::network
