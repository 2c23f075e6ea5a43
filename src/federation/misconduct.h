#pragma once

#include "federation/tables.h"
#include "ledger/rules.h"

// What a validator loses that signs twice or attacks. Source: domain.md 5 (slashing), 10.
namespace icn::federation {

inline constexpr std::string_view kOffenceDue = "federation.offence";

// Rules::punish. Takes the share out of the stake of the validator's operator (stake.h), locks in its account
// what that lacks, and plans its burning for when the time to contest has passed. A key that has not
// validated for longer than that, and what was punished before: nothing happens.
Result<void> punish(const ledger::BlockContext& block, const ledger::Misconduct& misconduct,
                    ledger::View& view, std::vector<ledger::Event>& events);

// "kind address height": the kind of an offence, its validator's address in hex, the engine's height.
std::string offence_name(const OffenceKey& key);
// offence_not_found
Result<Offence> load_offence(const ledger::Reader& state, const std::string& name);
// While something is locked for it.   offence_not_found, penalty_closed
Result<void> check_penalty(const ledger::Reader& state, const std::string& name);
// The penalty was wrong: what is locked for it is at stake again, or free when the organisation is out.
//   as check_penalty()
Result<void> lift_penalty(const ledger::BlockContext& block, const std::string& name, ledger::View& view,
                          std::vector<ledger::Event>& events);

// Burns what was locked; frees the stakes of who has left; forgets their validators' keys.
std::vector<ledger::DueHandler> due_handlers();

}  // namespace icn::federation
