#pragma once

#include <set>

#include "ledger/departure.h"

namespace icn::credentials {

// Takes out what the ledger says of credentials that nobody who is kept issued or holds. The status lists of
// issuers that are left with none go too. Answers how many credentials went.
Result<std::uint64_t> leave_credentials(const ledger::Departure& departure);

// Who issued what `kept` hold: without their keys nobody could check it.
Result<std::set<Did>> issuers_for(const ledger::Reader& state, const std::set<Did>& kept);

}  // namespace icn::credentials
