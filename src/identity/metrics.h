#pragma once

#include "ledger/ledger.h"
#include "telemetry/metrics.h"

namespace icn::identity {

// Keeps icn_identity_dids at what the ledger counts. Call once, before the ledger's writer runs; `metrics`
// outlives the ledger.
Result<void> report_dids(ledger::Ledger& ledger, telemetry::Metrics& metrics);

}  // namespace icn::identity
