#include "reputation/attestations.h"

#include <algorithm>

namespace icn::reputation {
namespace {

// Times from which those count who attested after the newest challenge, the oldest first.
std::vector<TimestampSecs> counted(const Attestation& attestation) {
  const TimestampSecs challenged_at = attestation.challenges.empty() ? 0 : attestation.challenges.back().at;
  std::vector<TimestampSecs> out;
  for (const Voice& each : attestation.attesters) {
    if (each.at > challenged_at) out.push_back(each.at);
  }
  return out;
}

}  // namespace

TimestampSecs holds_until(const Attestation& attestation, TimestampSecs now) {
  const std::vector<TimestampSecs> times = counted(attestation);
  if (times.size() < kAttestersNeeded) return 0;
  // It ends with the oldest of the newest two.
  const TimestampSecs ends = times[times.size() - kAttestersNeeded] + kAttestationSecs;
  return now < ends ? ends : 0;
}

AttestationState state_at(const Attestation& attestation, TimestampSecs now) {
  if (holds_until(attestation, now) != 0) return AttestationState::kHolds;
  if (counted(attestation).size() >= kAttestersNeeded) return AttestationState::kExpired;
  return attestation.challenges.empty() ? AttestationState::kPending : AttestationState::kChallenged;
}

void add_voice(std::vector<Voice>& voices, Voice voice) {
  std::erase_if(voices, [&](const Voice& each) { return each.did == voice.did; });
  voices.push_back(std::move(voice));
  if (voices.size() > kVoicesMax) voices.erase(voices.begin());
}

}  // namespace icn::reputation
