#pragma once

#include <set>

#include "ledger/departure.h"

namespace icn::identity {

// Takes out the DIDs that are not kept: their documents with all versions, keys, guardians, open recoveries.
// Answers how many DIDs of the ledger's own method went.
Result<std::uint64_t> leave_dids(const ledger::Departure& departure);

// `kept`, and the devices, services and ephemeral DIDs that one of these controls.
Result<void> add_controlled(const ledger::Reader& state, std::set<Did>& kept);

}  // namespace icn::identity
