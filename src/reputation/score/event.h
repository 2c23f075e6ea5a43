#pragma once

#include <array>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/ids.h"
#include "ledger/parameters.h"
#include "reputation/score/points.h"

// What changes a reputation. Source: domain.md 6.
namespace icn::reputation {

enum class EventKind {
  kProposalApproved,
  kProposalRejected,
  kVoteCast,
  kSuccessfulJob,
  kFailedJob,
  kPeerEndorsement,
  kCommunityViolation,
  kMediationSuccess,
  kContributedCode,
  kDocumentation,
  kMentorship,
  kConflictResolution,
  kSpamReported,
  kSybilDetected,
};
constexpr auto enum_names(EventKind) {
  using enum EventKind;
  using Name = std::pair<EventKind, std::string_view>;
  return std::array{Name(kProposalApproved, "proposal_approved"),
                    Name(kProposalRejected, "proposal_rejected"),
                    Name(kVoteCast, "vote_cast"),
                    Name(kSuccessfulJob, "successful_job"),
                    Name(kFailedJob, "failed_job"),
                    Name(kPeerEndorsement, "peer_endorsement"),
                    Name(kCommunityViolation, "community_violation"),
                    Name(kMediationSuccess, "mediation_success"),
                    Name(kContributedCode, "contributed_code"),
                    Name(kDocumentation, "documentation"),
                    Name(kMentorship, "mentorship"),
                    Name(kConflictResolution, "conflict_resolution"),
                    Name(kSpamReported, "spam_reported"),
                    Name(kSybilDetected, "sybil_detected")};
}

// Before damping, by the parameters "reputation.*".
Points delta_of(EventKind kind, const ledger::Parameters& parameters);

// contested: an arbitration is open, it does not count; struck: the arbitration took it away.
enum class EventState { kCounts, kContested, kStruck };
constexpr auto enum_names(EventState) {
  using Name = std::pair<EventState, std::string_view>;
  return std::array{Name(EventState::kCounts, "counts"), Name(EventState::kContested, "contested"),
                    Name(EventState::kStruck, "struck")};
}

// Key (DID, number from 1 on).
struct Event {
  EventKind kind = EventKind::kVoteCast;
  Points base;                   // before damping
  std::uint32_t weight_ppm = 0;  // 1 / n of the n-th with the same counterparty
  Points delta;                  // after damping and the day's limit
  Points applied;                // what the score moved by, clamped to 0..100
  Did source;                    // counterparty; empty: none
  std::string reference;         // job, proposal, vote
  TimestampSecs at = 0;
  EventState state = EventState::kCounts;
  static constexpr auto fields() {
    using codec::field;
    return described(
        field("kind", &Event::kind), field("base", &Event::base), field("weight_ppm", &Event::weight_ppm),
        field("delta", &Event::delta), field("applied", &Event::applied), field("source", &Event::source),
        field("reference", &Event::reference), field("at", &Event::at), field("state", &Event::state));
  }
  bool operator==(const Event&) const = default;
};

}  // namespace icn::reputation
