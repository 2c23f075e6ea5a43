#pragma once

#include <string>
#include <vector>

#include "governance/proposal.h"
#include "ledger/context.h"
#include "ledger/due.h"
#include "ledger/view.h"

// The state machine of a proposal. It moves by due rows alone: (next_deadline(), kProposalDue, id); a
// member's call only hastens what is due already. Thread: the ledger's writer. Source: domain.md 4.
namespace icn::governance {

inline constexpr std::string_view kProposalDue = "governance.proposal";
// Event type: {proposal_id, scope, from, state}.
inline constexpr std::string_view kStatusEvent = "ProposalStatusChanged";

// Running time at which the proposal moves by itself; 0: it does not (final, or counted by rows of its own).
std::uint64_t next_deadline(const Proposal& proposal);

// proposal_not_found
Result<Proposal> load_proposal(const ledger::Reader& state, const std::string& id);

// Writes a proposal that changed: moves its due row with its deadline and tells a change of state. The only
// way a stored proposal is written.
Result<void> save(const ledger::BlockContext& block, ledger::View& view, const Proposal& before,
                  Proposal after, std::vector<ledger::Event>& events);

// Sponsored well enough: begins the discussion, or voting at once when that takes no time.
Result<void> begin_discussion(const ledger::BlockContext& block, ledger::View& view, Proposal& proposal);

// Makes every move that is due in this block, and writes the proposal. False: none was due.
Result<bool> advance(const ledger::BlockContext& block, ledger::View& view, Proposal proposal,
                     std::vector<ledger::Event>& events);

// Ends voting now, whatever its deadline: for who may close early.
Result<void> close_now(const ledger::BlockContext& block, ledger::View& view, Proposal proposal,
                       std::vector<ledger::Event>& events);

// A count that took several blocks came to its end: decides and writes.
Result<void> conclude(const ledger::BlockContext& block, ledger::View& view, Proposal proposal,
                      const ProposalResult& result, std::vector<ledger::Event>& events);

// The run() of the due row.
Result<void> run_proposal_due(const ledger::BlockContext& block, const std::string& id, ledger::View& view,
                              std::vector<ledger::Event>& events);

}  // namespace icn::governance
