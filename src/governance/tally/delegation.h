#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "codec/values.h"
#include "governance/tally/election.h"

// Liquid delegation as a pure function over data. Source: domain.md 4 "Liquid delegation".
namespace icn::governance::tally {

// A delegation as it stands at the deadline. Times in whatever unit the caller keeps them, one for all.
struct DelegationRecord {
  std::string id;
  Did from;
  Did to;
  std::optional<std::string> proposal_id;
  std::vector<std::string> categories;  // empty: all
  std::string scope;                    // empty: all
  std::optional<std::uint64_t> valid_until;
  std::uint64_t created_at = 0;
  std::optional<std::uint64_t> revoked_at;

  static constexpr std::string_view schema_name = "DelegationRecord";
  static constexpr auto fields() {
    using codec::field;
    return described(field("id", &DelegationRecord::id), field("from", &DelegationRecord::from),
                     field("to", &DelegationRecord::to), field("proposal_id", &DelegationRecord::proposal_id),
                     field("categories", &DelegationRecord::categories, "empty: all"),
                     field("scope", &DelegationRecord::scope, "empty: all"),
                     field("valid_until", &DelegationRecord::valid_until),
                     field("created_at", &DelegationRecord::created_at),
                     field("revoked_at", &DelegationRecord::revoked_at));
  }
};

struct DelegationSubject {
  std::string proposal_id;
  std::string category;
  std::string scope;
  std::uint64_t at = 0;  // the deadline
};

// The more specific wins.
enum class Specificity : std::uint8_t { kAll, kScope, kCategory, kProposal };
// None: it does not speak of the subject, or is revoked or expired (valid_until <= at) then. A delegation
// with several of them is as specific as its most specific part, and all of its parts must fit.
std::optional<Specificity> specificity_of(const DelegationRecord& delegation,
                                          const DelegationSubject& subject);

// Members are indexes into the eligible set.
inline constexpr std::uint32_t kOutsider = 0xffffffff;  // a delegate who is not eligible

// A delegation that is valid and speaks of this vote. Among equally specific ones of a member the newest
// holds, then the later one in the list.
struct DelegationLink {
  std::uint32_t from = 0;
  std::uint32_t to = kOutsider;
  Specificity specificity = Specificity::kAll;
  std::uint64_t created_at = 0;
};

struct VoterState {
  bool has_ballot = false;    // of their own; an abstention is one
  bool is_suspended = false;  // nobody is followed through them
};

enum class Following : std::uint8_t {
  kOwnBallot,
  kFollows,    // the ballot of `end` counts for them too
  kNobody,     // no delegation, or the chain ends with somebody without a ballot or not eligible
  kCycle,      // the chain comes back to one of its members
  kTooLong,    // more hops than allowed
  kSuspended,  // the chain leads through a suspended delegate
  kOverCap,    // one of the newest surplus delegators of a delegate over the cap
};
constexpr auto enum_names(Following) {
  using enum Following;
  using Name = std::pair<Following, std::string_view>;
  return std::array{Name(kOwnBallot, "own_ballot"), Name(kFollows, "follows"),  Name(kNobody, "nobody"),
                    Name(kCycle, "cycle"),          Name(kTooLong, "too_long"), Name(kSuspended, "suspended"),
                    Name(kOverCap, "over_cap")};
}

struct DelegationRules {
  std::uint32_t hops_max = 10;
  std::uint64_t carried_max = 0;  // members besides themselves; 0: no cap
};
// 10 % of E or 5, whichever is larger (share and least as parameters of the ledger).
constexpr std::uint64_t carried_max(std::uint64_t eligible, std::uint64_t cap_ppm = 100'000,
                                    std::uint64_t cap_min = 5) {
  const std::uint64_t share = eligible * cap_ppm / 1'000'000;
  return share > cap_min ? share : cap_min;
}

struct ResolvedMember {
  Following following = Following::kNobody;
  std::uint32_t end = kOutsider;   // own ballot and kFollows: whose ballot counts; over the cap: whose would
  std::uint32_t next = kOutsider;  // whom they delegated to for this vote, whether it leads anywhere or not
  std::uint32_t hops = 0;
};

// What becomes of each of the voters' votes. `links` in any order. Follows nobody past a member with a ballot
// of their own. Over the cap: of those carried by one delegate the ones whose path is the newest (the newest
// link on it; then the longer; then the larger index) are left out until the cap holds.
// Pure; linear but for a sort of those who are over a cap: 100,000 members in chains of 10 in about 10 ms.
std::vector<ResolvedMember> resolve(std::span<const VoterState> voters, std::span<const DelegationLink> links,
                                    const DelegationRules& rules);

// For each voter with an own ballot whom it stands for; zero elsewhere. `weights`: of each voter; empty: 1
// each.
std::vector<Share> shares_of(std::span<const ResolvedMember> members,
                             std::span<const std::uint64_t> weights = {});

}  // namespace icn::governance::tally
