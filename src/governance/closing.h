#pragma once

#include <optional>
#include <vector>

#include "governance/proposal.h"
#include "ledger/rules.h"

// What the state machine asks of the count. Thread: the ledger's writer.
namespace icn::governance {

// Whether a vote by this method and privacy can be counted; others are refused by name when they are
// proposed.
bool is_counted(VotingMethod method, Privacy privacy);

// Voting begins in this block: fixes who may vote (`eligible_root`, `eligible_count`) and forgets ballots of
// an earlier round. Everybody counts who may_vote() in the scope now. The caller writes `proposal`.
Result<void> open_voting(const ledger::BlockContext& block, ledger::View& view, Proposal& proposal);

// Event type: {proposal_id, scope, reveal_ends}: who cast a sealed ballot opens it until then.
inline constexpr std::string_view kRevealEvent = "RevealsBegin";

// Voting has ended: all ballots cast before count. Either the result, or none: counting goes on in due rows
// of its own and ends with conclude() of lifecycle.h; the proposal is Counting until then.
struct Closing {
  std::optional<ProposalResult> result;
  bool opens_round = false;  // consensus and consent: no result but a next round of voting
};
Result<Closing> close_voting(const ledger::BlockContext& block, ledger::View& view, Proposal& proposal,
                             std::vector<ledger::Event>& events);

// Of ballots and counts, beside those of members and proposals.
std::vector<ledger::DueHandler> ballot_due_handlers();
std::vector<ledger::Invariant> ballot_invariants();
std::vector<storage::TableSchema> ballot_tables();
std::vector<ledger::TableIndexer> ballot_indexers();

}  // namespace icn::governance
