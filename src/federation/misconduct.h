#pragma once

#include "federation/tables.h"
#include "ledger/rules.h"

// What a validator loses that signs twice or attacks. Source: domain.md 5 (slashing), 10.
namespace icn::federation {

inline constexpr std::string_view kOffenceDue = "federation.offence";

// Rules::punish. Locks the share of its stake in the account of the validator's operator and plans its
// burning for when the time to contest has passed. Somebody who is no validator any more, and what was
// punished before: nothing happens.
Result<void> punish(const ledger::BlockContext& block, const ledger::Misconduct& misconduct,
                    ledger::View& view, std::vector<ledger::Event>& events);

// Burns what was locked.
std::vector<ledger::DueHandler> due_handlers();

}  // namespace icn::federation
