#pragma once

#include "ledger/state.h"

namespace icn::ledger {

// Due rows whose handler failed (due.h), under the keys they had; tried again each kRetrySecs.
inline const Table<DueKey, DueRow> kStuckRows{8, "ledger_stuck_rows"};

}  // namespace icn::ledger
