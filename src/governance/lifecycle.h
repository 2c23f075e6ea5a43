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

// Sets the state and tells it; the caller writes.
void move_to(const ledger::BlockContext& block, Proposal& proposal, ProposalState state,
             std::vector<ledger::Event>& events);

// Writes a proposal that changed, or a new one (`before` without an id): its due row goes with its deadline,
// and scope and proposer count it while it is_open(). The only way a proposal is written.
Result<void> save(const ledger::BlockContext& block, ledger::View& view, const Proposal& before,
                  const Proposal& after);

// Sponsored well enough: begins the discussion, or voting at once when that takes no time. The caller writes.
Result<void> begin_discussion(const ledger::BlockContext& block, ledger::View& view, Proposal& proposal,
                              std::vector<ledger::Event>& events);

// A round of voting of `length_secs` begins. The caller writes.
Result<void> begin_round(const ledger::BlockContext& block, ledger::View& view, Proposal& proposal,
                         std::uint64_t length_secs);

// Makes every move that is due in this block, and writes the proposal; answers how it stands then.
Result<Proposal> advance(const ledger::BlockContext& block, ledger::View& view, Proposal proposal,
                         std::vector<ledger::Event>& events);

// Ends voting now, whatever its deadline: for who may close early.
Result<void> close_now(const ledger::BlockContext& block, ledger::View& view, Proposal proposal,
                       std::vector<ledger::Event>& events);

// A count that took several blocks came to its end: decides and writes.
Result<void> conclude(const ledger::BlockContext& block, ledger::View& view, Proposal proposal,
                      const ProposalResult& result, std::vector<ledger::Event>& events);

// A count that took several blocks asks for another round of voting; writes.
Result<void> ask_again(const ledger::BlockContext& block, ledger::View& view, Proposal proposal,
                       std::vector<ledger::Event>& events);

// Ends it before any vote: the fee goes back. The caller writes.
Result<void> cancel(const ledger::BlockContext& block, ledger::View& view, Proposal& proposal,
                    std::vector<ledger::Event>& events);

// Ends what was decided before it is carried out. The caller writes.
Result<void> veto(const ledger::BlockContext& block, ledger::View& view, Proposal& proposal,
                  std::vector<ledger::Event>& events);

// Does what the proposal decided, now; or notes why it could not be done. The caller writes.
Result<void> carry_out(const ledger::BlockContext& block, ledger::View& view, Proposal& proposal,
                       std::vector<ledger::Event>& events);

// The run() of the due row.
Result<void> run_proposal_due(const ledger::BlockContext& block, const std::string& id, ledger::View& view,
                              std::vector<ledger::Event>& events);

}  // namespace icn::governance
