#pragma once

#include <string>
#include <vector>

#include "ledger/tables.h"
#include "system/context.h"

namespace icn::node {

// What has to hold of a ledger, and what is wrong with it: mana counted over all accounts (`supply_problem`),
// and that no due row was set aside because it would have broken a rule. What is checked after each
// transaction needs no row: one that breaks it is refused.
std::vector<system::Check> invariant_checks(const ledger::Reader& state, std::string supply_problem);

}  // namespace icn::node
