#pragma once

#include "governance/links.h"

// Whom a delegate carries too many of, told before the count says so. Source: domain.md 4 "Liquid
// delegation".
namespace icn::governance {

// Rows of delegations that one request reads, about, before it says no more of caps.
inline constexpr std::size_t kAskedRowsMax = 5'000;

// A vote as its members may ask about it.
struct AskedVote {
  const ledger::Reader& state;
  const Proposal& proposal;
  const Vote& vote;
  std::uint64_t hops_max = 0;     // of an open vote; of one that has closed its own hold
  std::uint64_t carried_max = 0;  // likewise
  std::uint64_t now = 0;          // running time
  std::size_t& rows_left;         // of the request's kAskedRowsMax
  bool is_closed() const { return vote.closed_secs != 0; }
};

// Whom `did` follows in the vote; none: nobody. Takes of rows_left what it reads, and reads on without any.
Result<std::optional<Delegation>> followed_in(const AskedVote& asked, const Did& did);

// Whether `did`, whose chain leads to `end`, is one of the newest surplus delegators of `end`, whom the cap
// keeps out of the count: by ballots and delegations as they stand, of a vote that has closed as they stood.
// False too where `did` does not lead to `end`, or more than 2,000 members or rows_left are on the way: then
// the count alone knows.
Result<bool> is_over_cap(const AskedVote& asked, const Did& did, const Did& end);

}  // namespace icn::governance
