#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/mana.h"
#include "codec/cid.h"
#include "codec/records.h"

// A dispute as the ledger holds it. Format: docs/formats/governance.md. Source: domain.md 4 "Disputes".
namespace icn::governance {

enum class DisputeType { kEconomic, kGovernance, kTechnical, kInterOrg };
constexpr auto enum_names(DisputeType) {
  using enum DisputeType;
  using Name = std::pair<DisputeType, std::string_view>;
  return std::array{Name(kEconomic, "economic"), Name(kGovernance, "governance"),
                    Name(kTechnical, "technical"), Name(kInterOrg, "inter_org")};
}

enum class DisputeLevel { kDirect, kMediation, kArbitration, kAppeal };
constexpr auto enum_names(DisputeLevel) {
  using enum DisputeLevel;
  using Name = std::pair<DisputeLevel, std::string_view>;
  return std::array{Name(kDirect, "direct"), Name(kMediation, "mediation"), Name(kArbitration, "arbitration"),
                    Name(kAppeal, "appeal")};
}

enum class DisputeState { kOpen, kInvestigation, kVoting, kUpheld, kRejected, kSettled, kWithdrawn, kLapsed };
constexpr auto enum_names(DisputeState) {
  using enum DisputeState;
  using Name = std::pair<DisputeState, std::string_view>;
  return std::array{Name(kOpen, "open"),           Name(kInvestigation, "investigation"),
                    Name(kVoting, "voting"),       Name(kUpheld, "upheld"),
                    Name(kRejected, "rejected"),   Name(kSettled, "settled"),
                    Name(kWithdrawn, "withdrawn"), Name(kLapsed, "lapsed")};
}
constexpr bool is_open(DisputeState state) {
  using enum DisputeState;
  return state == kOpen || state == kInvestigation || state == kVoting;
}

struct DisputeEvidence {
  Did did;
  codec::Cid cid;
  TimestampSecs at = 0;
  static constexpr auto fields() {
    using codec::field;
    return described(field("did", &DisputeEvidence::did), field("cid", &DisputeEvidence::cid, "public block"),
                     field("at", &DisputeEvidence::at, "Unix seconds"));
  }
};
inline constexpr std::size_t kEvidenceMax = 50;

struct Dispute {
  std::string id;  // "di_" and 32 hex digits
  std::string scope;
  DisputeType type = DisputeType::kGovernance;
  DisputeLevel level = DisputeLevel::kDirect;
  Did opener;
  Did against;
  std::string subject;   // what it is about: an id or a CID; empty: nothing on the ledger
  codec::Cid statement;  // public block; empty: the rules opened it
  Millimana value;       // in dispute
  Millimana stake;       // locked of the opener; 0 at the end
  DisputeState state = DisputeState::kOpen;
  TimestampSecs opened_at = 0;      // block time
  std::uint64_t due_secs = 0;       // running time at which it moves by itself; 0: it does not
  std::uint64_t voter_version = 0;  // of the scope's voters: who may judge
  std::uint64_t upheld_votes = 0;
  std::uint64_t rejected_votes = 0;
  std::vector<DisputeEvidence> evidence;
  std::optional<Did> resolved_by;
  std::optional<std::string> appeal_of;
  bool is_about_recovery =
      false;  // of `against`, whose keys are frozen: upheld, the guardians' key replaces them
  static constexpr auto fields() {
    using codec::field;
    using D = Dispute;
    return described(field("id", &D::id), field("scope", &D::scope), field("type", &D::type),
                     field("level", &D::level), field("opener", &D::opener), field("against", &D::against),
                     field("subject", &D::subject), field("statement", &D::statement),
                     field("value", &D::value), field("stake", &D::stake), field("state", &D::state),
                     field("opened_at", &D::opened_at), field("due_secs", &D::due_secs),
                     field("voter_version", &D::voter_version), field("upheld_votes", &D::upheld_votes),
                     field("rejected_votes", &D::rejected_votes), field("evidence", &D::evidence),
                     field("resolved_by", &D::resolved_by), field("appeal_of", &D::appeal_of),
                     field("is_about_recovery", &D::is_about_recovery));
  }
};

// What a member finds. Key (dispute, member).
struct DisputeVote {
  bool is_upheld = false;
  static constexpr auto fields() { return described(codec::field("is_upheld", &DisputeVote::is_upheld)); }
};

}  // namespace icn::governance
