#pragma once

#include "governance/dispute.h"
#include "governance/tables.h"
#include "ledger/context.h"
#include "ledger/due.h"

// Disputes among members: settled by the two, by a mediator, or by a vote of the scope. Thread: the ledger's
// writer. Source: domain.md 4.
namespace icn::governance {

inline constexpr std::string_view kDisputeDue = "governance.dispute";
inline constexpr std::string_view kDisputeEvent = "DisputeChanged";  // {dispute_id, scope, state}
inline constexpr std::string_view kMediator = "mediator";

// What a level costs and how long it takes, by the parameters governance.dispute_*.
struct DisputeTerms {
  Millimana stake;
  std::uint64_t open_secs = 0;  // to settle or mediate, or to gather evidence before the vote
  std::uint64_t voting_secs = 0;
};
DisputeTerms dispute_terms(const ledger::Parameters& parameters, DisputeLevel level);

// dispute_not_found
Result<Dispute> load_dispute(const ledger::Reader& state, const std::string& id);
Result<std::size_t> open_disputes_of(const ledger::Reader& state, const Did& did);

// Writes one that changed; its due row goes with due_secs.
Result<void> save_dispute(const ledger::BlockContext& block, ledger::View& view, const Dispute& before,
                          const Dispute& after);

// Ends it: the stake goes back, unless it was rejected.
Result<void> end_dispute(const ledger::BlockContext& block, ledger::View& view, Dispute& dispute,
                         DisputeState state, std::vector<ledger::Event>& events);
void tell_dispute(const Dispute& dispute, std::vector<ledger::Event>& events);

// The run() of identity's row for a DID whose keys were frozen: its case goes to arbitration without a stake,
// between the guardian who asked for the contested key and the DID, in scope local or else in the first scope
// of which the DID is an active member. Whoever is of none waits until the freeze ends.
Result<void> run_frozen_due(const ledger::BlockContext& block, const std::string& did, ledger::View& view,
                            std::vector<ledger::Event>& events);

// The run() of the due row: to the vote, to the result, or lapsed.
Result<void> run_dispute_due(const ledger::BlockContext& block, const std::string& id, ledger::View& view,
                             std::vector<ledger::Event>& events);

}  // namespace icn::governance
