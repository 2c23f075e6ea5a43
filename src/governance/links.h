#pragma once

#include <vector>

#include "governance/tally/delegation.h"
#include "governance/vote.h"

// Delegations of a vote that has closed.
namespace icn::governance {

tally::DelegationRecord record_of(const Delegation& delegation);
// As it stood when the block of that running time began.
tally::DelegationRecord record_at(const Delegation& delegation, std::uint64_t running_secs);

// None: it was made too late for the vote, or does not speak of it.
std::optional<tally::Specificity> speaks_of(const Delegation& delegation, const Proposal& proposal,
                                            const Vote& vote);

// What followed() of delegations.h was when the vote closed: those that were ended since count.
// `looked` grows by the rows that were read.
Result<std::optional<Delegation>> followed_at_close(const ledger::Reader& state, const Did& did,
                                                    const Proposal& proposal, const Vote& vote,
                                                    std::size_t& looked);

// Whether `did` has a ballot that counts, and how it is packed; null: none.
Result<std::optional<std::string>> packed_ballot(const ledger::Reader& state, const std::string& vote_id,
                                                 const Did& did);

// The ballot of another that counts for a member.
struct CarriedBallot {
  Did who;
  std::string packed;
};
// Of all members who follow somebody, by their DIDs. Reads nothing: 100,000 links in 0.1 s about.
std::vector<CarriedBallot> carried_ballots(const Vote& vote, const std::vector<CountedLink>& links);

}  // namespace icn::governance
