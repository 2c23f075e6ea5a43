#pragma once

#include "governance/emergency.h"
#include "governance/tables.h"
#include "ledger/context.h"
#include "ledger/due.h"

// Emergency powers: a committee's signatures begin them, a clock ends them, a vote reviews them. What a kind
// changes are parameters, which get their values of before back; no power touches a ballot or a balance.
// Thread: the ledger's writer. Source: domain.md 4.
namespace icn::governance {

inline constexpr std::string_view kEmergencyDue = "governance.emergency_end";
inline constexpr std::string_view kEmergencyEvent = "EmergencyChanged";  // {emergency_id, scope, kind, state}
inline constexpr std::string_view kCommittee = "committee";

// emergency_not_found
Result<Emergency> load_emergency(const ledger::Reader& state, const std::string& id);
Result<EmergencyClock> emergency_clock(const ledger::Reader& state, const std::string& scope);

// Writes one that changed: its due row goes with due_secs, and the scope's clock lists it while it is on.
Result<void> save_emergency(const ledger::BlockContext& block, ledger::View& view, const Emergency& before,
                            const Emergency& after);

// Signatures suffice: its parameters change from the next block on.   emergency_active: one that is on
// changes the same parameters
Result<void> start_emergency(const ledger::BlockContext& block, ledger::View& view, Emergency& emergency,
                             std::vector<ledger::Event>& events);
// Gives parameters back; the review decides what becomes of the stake.
Result<void> end_emergency(const ledger::BlockContext& block, ledger::View& view, Emergency& emergency,
                           std::vector<ledger::Event>& events);
// What a vote found: the stake is given back, or burned; found unjustified it ends at once.
Result<void> review_emergency(const ledger::BlockContext& block, ledger::View& view, Emergency emergency,
                              bool is_justified, const std::string& proposal_id,
                              std::vector<ledger::Event>& events);

// What a capture of governance demands of proposals that are made meanwhile: twice the voting, a quorum of
// 67 %, and 48 hours for vetoes.
Result<void> demand_of_emergencies(const ledger::Reader& state, Proposal& proposal);

// The run() of the due row.
Result<void> run_emergency_due(const ledger::BlockContext& block, const std::string& id, ledger::View& view,
                               std::vector<ledger::Event>& events);

}  // namespace icn::governance
