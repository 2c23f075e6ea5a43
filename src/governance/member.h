#pragma once

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "codec/values.h"

// A member of one scope, as the ledger holds it. Format: docs/formats/governance.md. Source: domain.md 4.
namespace icn::governance {

enum class MemberStatus { kPending, kActive, kSuspended, kDeparted };
constexpr auto enum_names(MemberStatus) {
  using Name = std::pair<MemberStatus, std::string_view>;
  return std::array{Name(MemberStatus::kPending, "pending"), Name(MemberStatus::kActive, "active"),
                    Name(MemberStatus::kSuspended, "suspended"), Name(MemberStatus::kDeparted, "departed")};
}

enum class VotingStatus { kActive, kProbationary, kSuspended, kEmeritus };
constexpr auto enum_names(VotingStatus) {
  using Name = std::pair<VotingStatus, std::string_view>;
  return std::array{Name(VotingStatus::kActive, "active"), Name(VotingStatus::kProbationary, "probationary"),
                    Name(VotingStatus::kSuspended, "suspended"), Name(VotingStatus::kEmeritus, "emeritus")};
}

enum class Tier { kApplicant, kProbationary, kFull, kEmeritus };
constexpr auto enum_names(Tier) {
  using Name = std::pair<Tier, std::string_view>;
  return std::array{Name(Tier::kApplicant, "applicant"), Name(Tier::kProbationary, "probationary"),
                    Name(Tier::kFull, "full"), Name(Tier::kEmeritus, "emeritus")};
}

struct Member {
  Did did;
  std::string scope;
  MemberStatus status = MemberStatus::kPending;
  VotingStatus voting = VotingStatus::kProbationary;
  Tier tier = Tier::kApplicant;
  TimestampSecs joined_at = 0;  // first became Active
  std::optional<Did> sponsor;   // who proposed the admission, or the operator
  std::vector<std::string> roles;
  std::uint64_t probation_ends_secs = 0;  // running time; 0: no probation
  TimestampSecs changed_at = 0;
  std::uint32_t weight = 1;  // of an organisation, in votes by `weighted`
  static constexpr std::string_view schema_name = "Member";
  static constexpr auto fields() {
    using codec::field;
    return described(field("did", &Member::did), field("scope", &Member::scope),
                     field("status", &Member::status), field("voting", &Member::voting),
                     field("tier", &Member::tier), field("joined_at", &Member::joined_at, "Unix seconds"),
                     field("sponsor", &Member::sponsor), field("roles", &Member::roles),
                     field("probation_ends_secs", &Member::probation_ends_secs, "running time; 0: none"),
                     field("changed_at", &Member::changed_at, "Unix seconds"),
                     field("weight", &Member::weight, "of an organisation, in votes by weighted"));
  }
  bool operator==(const Member&) const = default;
};

// May propose, sponsor, delegate, object and discuss.
inline bool is_active(const Member& member) { return member.status == MemberStatus::kActive; }
// May also cast a ballot: belongs to the eligible set of a vote that opens now.
inline bool may_vote(const Member& member) {
  return is_active(member) && member.voting == VotingStatus::kActive;
}

// The role of who goes on as a member with a word but no ballot: GrantRole and RevokeRole of it set voting and
// tier, with what an expulsion needs.
inline constexpr std::string_view kEmeritus = "emeritus";

inline constexpr std::size_t kRolesMax = 16;
inline constexpr std::uint32_t kWeightMax = 1'000;

}  // namespace icn::governance
