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
inline constexpr std::size_t kOpenDisputesMax = 5;  // of an account
inline constexpr Millimana kDisputeValueMin{10'000};

// What a level costs and how long it takes. Numbers of domain.md 4.
struct DisputeTerms {
  DisputeLevel level;
  Millimana stake;
  std::uint64_t open_secs;  // to settle or mediate, or to gather evidence before the vote
  std::uint64_t voting_secs;
};
const DisputeTerms& dispute_terms(DisputeLevel level);

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

// The run() of the due row: to the vote, to the result, or lapsed.
Result<void> run_dispute_due(const ledger::BlockContext& block, const std::string& id, ledger::View& view,
                             std::vector<ledger::Event>& events);

}  // namespace icn::governance
