#pragma once

#include "ledger/ledger.h"
#include "telemetry/metrics.h"

namespace icn::reputation {

// icn_reputation_events_total (domain.md 14), counted from the events of durable blocks.
// Make it before the log runs (it listens to the ledger); it must outlive the ledger's writer and goes before
// the metrics.
class ReputationMetrics {
 public:
  ReputationMetrics(ledger::Ledger& ledger, telemetry::Metrics& metrics);

 private:
  telemetry::Counter& events_;
};

}  // namespace icn::reputation
