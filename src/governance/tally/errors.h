#pragma once

#include "base/result.h"

namespace icn::governance::tally {

// The election itself makes no sense: options, seats, thresholds, or a method nobody knows.
inline constexpr ErrorKind kUnknownMethod{Category::kRule, "unknown_voting_method", "unknown voting method"};
inline constexpr ErrorKind kBadElection{Category::kRule, "bad_election", "no election can be held like this"};
// A ballot that does not fit the election; the detail says what is allowed.
inline constexpr ErrorKind kBadBallot{Category::kRule, "bad_ballot", "the ballot does not fit the vote"};
// Bytes that are no saved count of this election.
inline constexpr ErrorKind kBadSavedCount{Category::kMalformed, "bad_saved_count", "no saved count"};
// A file that is no audit bundle.
inline constexpr ErrorKind kBadBundle{Category::kMalformed, "bad_audit_bundle", "no audit bundle"};

}  // namespace icn::governance::tally
