#pragma once

#include <atomic>
#include <span>
#include <string>
#include <vector>

#include "bench/members.h"
#include "devnet/control.h"
#include "devnet/world.h"

namespace icn::devnet {

// How the network governs itself meanwhile.
struct VotesResult {
  std::size_t proposed = 0;
  std::size_t taken = 0;             // of them: answered as final, with its voting open
  std::vector<double> spread_secs;   // of a ballot: from its node's answer until every node has it
  std::vector<double> decided_secs;  // of a proposal: from sending it until every node tells its outcome
  std::size_t failures = 0;          // of ballots and decisions
  std::string first_failure;
};

inline constexpr std::size_t kVoters = 4;

// Makes the first kVoters of `members` members of scope local, by the operator at the first node.
Result<void> enroll_voters(const World& world, std::span<const bench::Member> members);

// Until `is_over`: one of the voters proposes a text, at each node in turn; then three vote for it at three
// other nodes at once, which decides it. Blocks.
VotesResult probe_votes(const World& world, std::span<const bench::Member> members, const Control& control,
                        const std::atomic<bool>& is_over);

}  // namespace icn::devnet
