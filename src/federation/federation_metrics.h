#pragma once

#include "ledger/ledger.h"
#include "ledger/ordered_log.h"
#include "telemetry/metrics.h"

namespace icn::federation {

// Reads the icn_federation_* gauges (domain.md 14) from the newest state when metrics are rendered. A
// collector for telemetry::Metrics; `ledger` and `log` outlive its handle. Thread: any.
std::vector<telemetry::Family> federation_families(const ledger::Ledger& ledger,
                                                   const ledger::OrderedLog& log);

}  // namespace icn::federation
