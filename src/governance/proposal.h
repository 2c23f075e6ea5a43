#pragma once

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "codec/cid.h"
#include "governance/category.h"
#include "governance/voting_terms.h"

// A proposal as the ledger holds it: ids, numbers and CIDs; its text is a block (text.h). All times named
// *_secs are running time (ledger/context.h), which stands still when the network does.
// Format: docs/formats/governance.md. Source: domain.md 4.
namespace icn::governance {

enum class ProposalState {
  kDraft,
  kPendingSponsorship,
  kDiscussion,
  kVoting,
  kCounting,
  kPassed,
  kQueued,
  kExecuted,
  kRejected,
  kVetoed,
  kCancelled,
  kExpired,
  kExecutionFailed,
};
constexpr auto enum_names(ProposalState) {
  using enum ProposalState;
  using Name = std::pair<ProposalState, std::string_view>;
  return std::array{Name(kDraft, "draft"),
                    Name(kPendingSponsorship, "pending_sponsorship"),
                    Name(kDiscussion, "discussion"),
                    Name(kVoting, "voting"),
                    Name(kCounting, "counting"),
                    Name(kPassed, "passed"),
                    Name(kQueued, "queued"),
                    Name(kExecuted, "executed"),
                    Name(kRejected, "rejected"),
                    Name(kVetoed, "vetoed"),
                    Name(kCancelled, "cancelled"),
                    Name(kExpired, "expired"),
                    Name(kExecutionFailed, "execution_failed")};
}
// Nothing changes any more. ExecutionFailed is not: it may be tried again until it expires.
constexpr bool is_final(ProposalState state) {
  using enum ProposalState;
  return state == kExecuted || state == kRejected || state == kVetoed || state == kCancelled ||
         state == kExpired;
}

// Not decided yet: counts towards what a scope and a member may have open.
constexpr bool is_open(ProposalState state) {
  using enum ProposalState;
  return state == kDraft || state == kPendingSponsorship || state == kDiscussion || state == kVoting ||
         state == kCounting;
}

inline constexpr std::size_t kProposalIdBytesMax = 64;
inline constexpr std::size_t kSponsorsMax = 100;

enum class Urgency { kLow, kNormal, kHigh };
constexpr auto enum_names(Urgency) {
  return std::array{std::pair(Urgency::kLow, std::string_view("low")),
                    std::pair(Urgency::kNormal, std::string_view("normal")),
                    std::pair(Urgency::kHigh, std::string_view("high"))};
}

// What a vote came to, in numbers of members (or of weight).
struct ProposalResult {
  std::uint64_t yes = 0;
  std::uint64_t no = 0;
  std::uint64_t veto = 0;
  std::uint64_t abstain = 0;
  std::uint64_t participated = 0;
  std::uint64_t eligible = 0;
  bool quorum_met = false;
  bool passed = false;
  bool vetoed = false;
  std::vector<std::string> winners;  // of a vote on options
  std::uint32_t rounds = 1;
  static constexpr std::string_view schema_name = "ProposalResult";
  static constexpr auto fields() {
    using codec::field;
    return described(field("yes", &ProposalResult::yes), field("no", &ProposalResult::no),
                     field("veto", &ProposalResult::veto), field("abstain", &ProposalResult::abstain),
                     field("participated", &ProposalResult::participated),
                     field("eligible", &ProposalResult::eligible),
                     field("quorum_met", &ProposalResult::quorum_met),
                     field("passed", &ProposalResult::passed), field("vetoed", &ProposalResult::vetoed),
                     field("winners", &ProposalResult::winners, "of a vote on options"),
                     field("rounds", &ProposalResult::rounds));
  }
  bool operator==(const ProposalResult&) const = default;
};

// One of a veto body who is against what was decided, while it waits to be carried out.
struct VetoVoice {
  Did did;
  codec::Cid reason;  // public block
  TimestampSecs at = 0;
  static constexpr std::string_view schema_name = "VetoVoice";
  static constexpr auto fields() {
    using codec::field;
    return described(field("did", &VetoVoice::did),
                     field("reason", &VetoVoice::reason, "block with the reason"),
                     field("at", &VetoVoice::at, "Unix seconds"));
  }
};

struct Proposal {
  std::string id;  // "pr_" and 32 hex digits
  Did proposer;
  std::vector<Did> co_sponsors;
  codec::Cid content;  // title, description, rationale, impact: text.h
  ProposalCategory category = ProposalCategory::kOperational;
  std::string scope;
  Urgency urgency = Urgency::kNormal;
  std::vector<Action> actions;
  VotingMethod method = VotingMethod::kSimpleMajority;
  MethodParams method_params;
  Quorum quorum;
  std::uint64_t threshold_ppm = 500'000;  // 500,000: more than half; anything larger: at least
  Privacy privacy = Privacy::kPublic;
  bool delegation = true;
  std::uint32_t revision = 1;
  std::uint32_t round = 1;  // consensus, consent
  ProposalState state = ProposalState::kDraft;

  TimestampSecs created_at = 0;  // block time; all below is running time, 0: not known yet
  std::uint64_t sponsors_needed = 0;
  std::uint64_t sponsorship_ends_secs = 0;
  std::uint64_t discussion_secs = 0;  // length
  std::uint64_t voting_secs = 0;      // length
  std::uint64_t timelock_secs = 0;    // length
  std::uint64_t discussion_ends_secs = 0;
  std::uint64_t voting_starts_secs = 0;
  std::uint64_t voting_ends_secs = 0;  // ballots cast before it count
  std::uint64_t timelock_ends_secs = 0;
  std::uint64_t execution_deadline_secs = 0;
  bool is_extended = false;  // voting was extended once

  codec::HexBytes eligible_root;  // fixed when voting opens
  std::uint64_t eligible_count = 0;
  std::optional<ProposalResult> result;
  Millimana fee_escrow;                     // locked of the proposer; 0 at the end
  std::string failure;                      // of the last execution: which action, and why
  std::vector<Did> cancel_stewards;         // stewards who want it cancelled
  TimestampSecs changed_at = 0;             // block time of the last change of state
  std::uint64_t repeats_threshold_ppm = 0;  // of a repeat vote after a veto: added to the threshold
  std::vector<VetoVoice> vetoes;
  std::optional<std::string> repeats;  // the vetoed proposal that this vote overrides when it passes

  static constexpr auto fields() {
    using codec::field;
    return described(
        field("id", &Proposal::id), field("proposer", &Proposal::proposer),
        field("co_sponsors", &Proposal::co_sponsors), field("content", &Proposal::content),
        field("category", &Proposal::category), field("scope", &Proposal::scope),
        field("urgency", &Proposal::urgency), field("actions", &Proposal::actions),
        field("method", &Proposal::method), field("method_params", &Proposal::method_params),
        field("quorum", &Proposal::quorum), field("threshold_ppm", &Proposal::threshold_ppm),
        field("privacy", &Proposal::privacy), field("delegation", &Proposal::delegation),
        field("revision", &Proposal::revision), field("round", &Proposal::round),
        field("state", &Proposal::state), field("created_at", &Proposal::created_at),
        field("sponsors_needed", &Proposal::sponsors_needed),
        field("sponsorship_ends_secs", &Proposal::sponsorship_ends_secs),
        field("discussion_secs", &Proposal::discussion_secs), field("voting_secs", &Proposal::voting_secs),
        field("timelock_secs", &Proposal::timelock_secs),
        field("discussion_ends_secs", &Proposal::discussion_ends_secs),
        field("voting_starts_secs", &Proposal::voting_starts_secs),
        field("voting_ends_secs", &Proposal::voting_ends_secs),
        field("timelock_ends_secs", &Proposal::timelock_ends_secs),
        field("execution_deadline_secs", &Proposal::execution_deadline_secs),
        field("is_extended", &Proposal::is_extended), field("eligible_root", &Proposal::eligible_root),
        field("eligible_count", &Proposal::eligible_count), field("result", &Proposal::result),
        field("fee_escrow", &Proposal::fee_escrow), field("failure", &Proposal::failure),
        field("cancel_stewards", &Proposal::cancel_stewards), field("changed_at", &Proposal::changed_at),
        field("repeats_threshold_ppm", &Proposal::repeats_threshold_ppm), field("vetoes", &Proposal::vetoes),
        field("repeats", &Proposal::repeats));
  }
};

}  // namespace icn::governance
