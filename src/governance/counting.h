#pragma once

#include <optional>

#include "governance/vote.h"
#include "ledger/rules.h"

// The count of a vote that has closed, in steps of governance.count_step rows a block. How many steps it
// takes and what they answer follows from the ballots, delegations and voters as they stood when it closed:
// later changes of them make no difference. Thread: the ledger's writer. Source: domain.md 4.
namespace icn::governance {

inline constexpr std::string_view kCountDue = "governance.count";

// Counts with the rows of one block. None: more is to be done; the state to go on from is written then.
// Methods that keep sums, without delegations that speak of the vote, are counted at once.
Result<std::optional<ProposalResult>> count_some(const ledger::BlockContext& block, ledger::View& view,
                                                 const Proposal& proposal, const Vote& vote,
                                                 CountState& state);

// Goes on in the next block, or when the reveals end.
Result<void> schedule_count(const ledger::BlockContext& block, ledger::View& view, const std::string& vote_id,
                            std::uint64_t due_secs);
// Every sealed ballot that was cast is revealed: the reveals end now, and the next block counts. `vote`
// stands in the state as it is given.
Result<void> end_reveals(const ledger::BlockContext& block, ledger::View& view, const std::string& vote_id,
                         Vote vote);
Result<void> run_count_due(const ledger::BlockContext& block, const std::string& vote_id, ledger::View& view,
                           std::vector<ledger::Event>& events);

}  // namespace icn::governance
