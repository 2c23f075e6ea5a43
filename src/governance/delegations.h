#pragma once

#include <vector>

#include "governance/ballot_tables.h"
#include "governance/proposal.h"
#include "ledger/context.h"
#include "ledger/view.h"

// Delegations as members make them. What becomes of them in a vote: links.h. Source: domain.md 4.
namespace icn::governance {

inline bool is_in_force(const Delegation& delegation, std::uint64_t running_secs) {
  return !delegation.revoked_secs && running_secs < delegation.valid_until_secs;
}
// Both could speak of one vote.
bool overlaps(const Delegation& one, const Delegation& other);

// Those in force that `did` made.
Result<std::vector<Delegation>> delegations_of(const ledger::Reader& state, const Did& did,
                                               std::uint64_t running_secs);

// Ends those of `did` whose time has passed, so that they are met no more. At most kDelegationsMax lie there.
Result<void> end_lapsed(ledger::View& view, const Did& did, std::uint64_t running_secs);

// Who is looked at, and how many rows are read, at most, before a delegation is refused or taken: what lies
// further away is seen when the vote is counted.
inline constexpr std::size_t kVisitedMax = 2'000;
inline constexpr std::size_t kScannedMax = 20'000;

// G006: in a vote of some category following it would lead back to its delegator.
Result<void> check_no_cycle(const ledger::Reader& state, const Delegation& made, std::uint64_t running_secs);

// G006: its delegate, or who the delegate follows, would carry more than `carried_max` members in a vote of
// `scope`.
Result<void> check_cap(const ledger::Reader& state, const Delegation& made, const std::string& scope,
                       std::uint64_t running_secs, std::uint64_t carried_max);

// What a member's vote on a subject follows when they cast none. `proposal` may be none: of the category
// alone.
struct Subject {
  std::string scope;
  ProposalCategory category = ProposalCategory::kOperational;
  std::optional<std::string> proposal_id;
};
// The delegation of `did` that holds for the subject: the most specific one, then the newest. None: none.
// `looked` grows by the rows that were read.
Result<std::optional<Delegation>> followed(const ledger::Reader& state, const Did& did,
                                           const Subject& subject, std::uint64_t running_secs,
                                           std::size_t* looked = nullptr);

}  // namespace icn::governance
