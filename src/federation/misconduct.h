#pragma once

#include "federation/tables.h"
#include "ledger/rules.h"

// What a validator loses that signs twice or attacks. Source: domain.md 5 (slashing), 10.
namespace icn::federation {

inline constexpr std::string_view kOffenceDue = "federation.offence";

// Rules::punish. Takes the share out of the stake of the validator's operator (stake.h), locks in its account
// what that lacks, and plans its burning for when the time to contest has passed. Somebody who has nothing at
// stake and is no validator any more, and what was punished before: nothing happens.
Result<void> punish(const ledger::BlockContext& block, const ledger::Misconduct& misconduct,
                    ledger::View& view, std::vector<ledger::Event>& events);

// Burns what was locked; frees the stakes of who has left.
std::vector<ledger::DueHandler> due_handlers();

}  // namespace icn::federation
