#pragma once

#include "ledger/departure.h"

namespace icn::reputation {

// Takes out the reputation of who is not kept, with its events and appeals, and the endorsements it got.
Result<void> leave_reputations(const ledger::Departure& departure);

}  // namespace icn::reputation
