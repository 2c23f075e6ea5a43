#pragma once

#include <string>
#include <vector>

#include "ledger/rules.h"
#include "system/context.h"

namespace icn::node {

// What has to hold of a ledger, and what is wrong with it: mana counted over all accounts (`supply_problem`),
// each invariant of `rules`, which is checked after every transaction so that one that breaks it is refused,
// and that no due row was set aside because it would have broken one.
std::vector<system::Check> invariant_checks(const ledger::Rules& rules, const ledger::Reader& state,
                                            std::string supply_problem);

}  // namespace icn::node
