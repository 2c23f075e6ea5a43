#pragma once

#include "base/result.h"

// How reputation can refuse, beside event_not_found of score/record.h.
namespace icn::reputation {

inline constexpr ErrorKind kSelfEndorsement{Category::kRule, "endorses_self", "nobody endorses themselves"};
inline constexpr ErrorKind kNotVerified{Category::kForbidden, "not_verified",
                                        "an unverified account cannot do this"};
inline constexpr ErrorKind kAlreadyEndorsed{Category::kConflict, "already_endorsed",
                                            "the sender endorsed this person in this context before"};
inline constexpr ErrorKind kAttestsSelf{Category::kRule, "attests_self",
                                        "nobody attests something about themselves"};
inline constexpr ErrorKind kReputationTooLow{Category::kForbidden, "reputation_too_low",
                                             "this takes a better reputation"};
inline constexpr ErrorKind kAttestationNotFound{Category::kNotFound, "attestation_not_found",
                                                "there is no such attestation"};
inline constexpr ErrorKind kTooLate{Category::kRule, "contest_over", "the time to contest it is over"};
inline constexpr ErrorKind kAppealExists{Category::kConflict, "appeal_exists",
                                         "the event was contested before"};
inline constexpr ErrorKind kAppealsMax{Category::kRule, "appeals_max", "too many open appeals"};
inline constexpr ErrorKind kNoOpenAppeal{Category::kConflict, "no_open_appeal",
                                         "there is no open appeal against this event"};

}  // namespace icn::reputation
