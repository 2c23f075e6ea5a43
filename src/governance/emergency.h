#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "codec/cid.h"
#include "codec/records.h"
#include "governance/parameter.h"

// An emergency as the ledger holds it. Format: docs/formats/governance.md. Source: domain.md 4.
namespace icn::governance {

enum class EmergencyKind { kSybilStorm, kEconomicDrain, kAnomaly, kGovernanceCapture, kRegionalOutage };
constexpr auto enum_names(EmergencyKind) {
  using enum EmergencyKind;
  using Name = std::pair<EmergencyKind, std::string_view>;
  return std::array{Name(kSybilStorm, "sybil_storm"), Name(kEconomicDrain, "economic_drain"),
                    Name(kAnomaly, "anomaly"), Name(kGovernanceCapture, "governance_capture"),
                    Name(kRegionalOutage, "regional_outage")};
}

enum class EmergencyState { kDeclared, kActive, kEnded, kLapsed };
constexpr auto enum_names(EmergencyState) {
  using enum EmergencyState;
  using Name = std::pair<EmergencyState, std::string_view>;
  return std::array{Name(kDeclared, "declared"), Name(kActive, "active"), Name(kEnded, "ended"),
                    Name(kLapsed, "lapsed")};
}

enum class EmergencyReview { kPending, kJustified, kUnjustified, kNone };
constexpr auto enum_names(EmergencyReview) {
  using enum EmergencyReview;
  using Name = std::pair<EmergencyReview, std::string_view>;
  return std::array{Name(kPending, "pending"), Name(kJustified, "justified"),
                    Name(kUnjustified, "unjustified"), Name(kNone, "none")};
}

// A parameter that is another while the emergency lasts.
struct ParameterOverride {
  std::string name;
  std::int64_t before = 0;
  std::int64_t during = 0;
  static constexpr std::string_view schema_name = "ParameterOverride";
  static constexpr auto fields() {
    using codec::field;
    return described(field("name", &ParameterOverride::name), field("before", &ParameterOverride::before),
                     field("during", &ParameterOverride::during));
  }
};

struct Emergency {
  std::string id;  // "em_" and 32 hex digits
  std::string scope;
  EmergencyKind kind = EmergencyKind::kAnomaly;
  codec::Cid evidence;  // public block
  std::vector<Did> signatures;
  EmergencyState state = EmergencyState::kDeclared;
  TimestampSecs declared_at = 0;  // block time; times below are running time, 0: not known yet
  std::uint64_t due_secs = 0;     // when it moves by itself: lapses, ends, or gives the stake back
  std::uint64_t started_secs = 0;
  std::uint64_t ends_secs = 0;
  Millimana stake;  // locked of the first who signed; 0: given back or burned
  std::vector<ParameterOverride> overrides;
  EmergencyReview review = EmergencyReview::kPending;
  std::string review_proposal;  // that decided the review
  static constexpr auto fields() {
    using codec::field;
    using E = Emergency;
    return described(field("id", &E::id), field("scope", &E::scope), field("kind", &E::kind),
                     field("evidence", &E::evidence), field("signatures", &E::signatures),
                     field("state", &E::state), field("declared_at", &E::declared_at),
                     field("due_secs", &E::due_secs), field("started_secs", &E::started_secs),
                     field("ends_secs", &E::ends_secs), field("stake", &E::stake),
                     field("overrides", &E::overrides), field("review", &E::review),
                     field("review_proposal", &E::review_proposal));
  }
};

// What is on in a scope. Key: the scope.
struct EmergencyClock {
  std::vector<std::string> active;    // ids of those declared or active
  std::uint64_t last_ended_secs = 0;  // running time; 0: none ever was
  static constexpr auto fields() {
    return described(codec::field("active", &EmergencyClock::active),
                     codec::field("last_ended_secs", &EmergencyClock::last_ended_secs));
  }
};

}  // namespace icn::governance
