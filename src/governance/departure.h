#pragma once

#include "ledger/departure.h"

namespace icn::governance {

// What becomes of the scopes when a node goes on alone with its organisation, whose own scope is `home`
// (local, or local:DID). Of other organisations' scopes and of the federation's the open proposals are
// cancelled and the open disputes withdrawn, with fees and stakes back, emergencies are over and all members
// depart; from global and working groups those depart who are not kept. Decided proposals of others go with
// their ballots where nobody who is kept had a part and nothing of them is in force here; the others stay to
// be read, whole. The full members of `home` become full members of scope local too, which decides about the
// network from now on. Answers how many proposals went.
Result<std::uint64_t> leave_scopes(const ledger::Departure& departure, const std::string& home);

// Who was ever a member of the scope.
Result<std::vector<Did>> people_of(const ledger::Reader& state, const std::string& scope);

}  // namespace icn::governance
