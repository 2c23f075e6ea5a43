#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "codec/cid.h"
#include "ledger/tables.h"
#include "reputation/score/points.h"

// What several people of good reputation say of somebody, and others may dispute: a claim holds while two
// attested it within 30 days and after the newest challenge. Source: domain.md 6 "Attestation".
namespace icn::reputation {

inline constexpr std::size_t kAttestersNeeded = 2;
inline constexpr Points kAttesterScoreMin{50'000};
inline constexpr Points kChallengerScoreMin{25'000};
inline constexpr std::uint64_t kAttestationSecs = 30 * 86'400;
inline constexpr std::size_t kVoicesMax = 20;  // kept of each side, the newest

// pending: too few; challenged: the newest challenge is not answered by enough; expired: they were enough.
enum class AttestationState { kPending, kHolds, kChallenged, kExpired };
constexpr auto enum_names(AttestationState) {
  using enum AttestationState;
  using Name = std::pair<AttestationState, std::string_view>;
  return std::array{Name(kPending, "pending"), Name(kHolds, "holds"), Name(kChallenged, "challenged"),
                    Name(kExpired, "expired")};
}

// Who says so, or disputes it.
struct Voice {
  Did did;
  TimestampSecs at = 0;
  std::optional<codec::Cid> evidence;
  static constexpr std::string_view schema_name = "AttestationVoice";
  static constexpr auto fields() {
    using codec::field;
    return described(field("did", &Voice::did), field("at", &Voice::at, "Unix seconds"),
                     field("evidence", &Voice::evidence, "block with evidence, or with the reason"));
  }
};

// Key (about whom, claim).
struct Attestation {
  Did about;
  std::string claim;
  std::vector<Voice> attesters;   // by time, each once
  std::vector<Voice> challenges;  // likewise
  static constexpr auto fields() {
    using codec::field;
    return described(field("about", &Attestation::about), field("claim", &Attestation::claim),
                     field("attesters", &Attestation::attesters),
                     field("challenges", &Attestation::challenges));
  }
};
using AttestationKey = std::tuple<Did, std::string>;
inline const ledger::Table<AttestationKey, Attestation> kAttestations{156, "reputation_attestations"};

AttestationState state_at(const Attestation& attestation, TimestampSecs now);
// When it holds no more by itself, if nobody says anything: 0 unless it holds now.
TimestampSecs holds_until(const Attestation& attestation, TimestampSecs now);

// The newest voice of somebody takes the place of an earlier one; the oldest of too many go.
void add_voice(std::vector<Voice>& voices, Voice voice);

}  // namespace icn::reputation
