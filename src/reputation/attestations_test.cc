#include "reputation/attestations.h"

#include <gtest/gtest.h>

// domain.md 6: two attest it at least, and it is valid for 30 days.
namespace icn::reputation {
namespace {

constexpr TimestampSecs kNow = 1'700'000'000;
constexpr std::uint64_t kDay = 86'400;

Attestation attested(const std::vector<std::pair<std::string, TimestampSecs>>& voices) {
  Attestation out;
  for (const auto& [name, at] : voices) add_voice(out.attesters, {Did("did:key:" + name), at, {}});
  return out;
}

TEST(Attestation, OneIsTooFewTwoHoldFor30Days) {
  EXPECT_EQ(state_at(attested({{"ada", kNow}}), kNow), AttestationState::kPending);
  const Attestation two = attested({{"ada", kNow}, {"ben", kNow + kDay}});
  EXPECT_EQ(state_at(two, kNow + kDay), AttestationState::kHolds);
  EXPECT_EQ(holds_until(two, kNow + kDay), kNow + 30 * kDay);
  EXPECT_EQ(state_at(two, kNow + 30 * kDay - 1), AttestationState::kHolds);
  EXPECT_EQ(state_at(two, kNow + 30 * kDay), AttestationState::kExpired);
  EXPECT_EQ(holds_until(two, kNow + 30 * kDay), 0u);
}

TEST(Attestation, WhoSaysItTwiceCountsOnceAndRenewsIt) {
  EXPECT_EQ(state_at(attested({{"ada", kNow}, {"ada", kNow + 1}}), kNow + 1), AttestationState::kPending);
  const Attestation renewed = attested({{"ada", kNow}, {"ben", kNow + kDay}, {"ada", kNow + 20 * kDay}});
  EXPECT_EQ(renewed.attesters.size(), 2u);
  EXPECT_EQ(holds_until(renewed, kNow + 20 * kDay), kNow + 31 * kDay);
}

TEST(Attestation, AChallengeIsAnsweredByTwoWhoAttestItAnew) {
  Attestation claim = attested({{"ada", kNow}, {"ben", kNow}, {"cyd", kNow}});
  add_voice(claim.challenges, {Did("did:key:eve"), kNow + kDay, {}});
  EXPECT_EQ(state_at(claim, kNow + kDay), AttestationState::kChallenged);
  add_voice(claim.attesters, {Did("did:key:ada"), kNow + 2 * kDay, {}});
  EXPECT_EQ(state_at(claim, kNow + 2 * kDay), AttestationState::kChallenged);
  add_voice(claim.attesters, {Did("did:key:dee"), kNow + 3 * kDay, {}});
  EXPECT_EQ(state_at(claim, kNow + 3 * kDay), AttestationState::kHolds);
  EXPECT_EQ(holds_until(claim, kNow + 3 * kDay), kNow + 32 * kDay);
}

TEST(Attestation, KeepsTheNewestTwentyOfEachSide) {
  std::vector<std::pair<std::string, TimestampSecs>> many;
  for (int i = 0; i < 30; ++i) many.emplace_back(std::to_string(i), kNow + static_cast<TimestampSecs>(i));
  const Attestation claim = attested(many);
  EXPECT_EQ(claim.attesters.size(), 20u);
  EXPECT_EQ(claim.attesters.front().did, Did("did:key:10"));
}

}  // namespace
}  // namespace icn::reputation
