#pragma once

#include "ledger/ledger.h"
#include "telemetry/metrics.h"

namespace icn::governance {

// The icn_governance_* metrics (domain.md 14), counted from the events of durable blocks.
// Make it before the log runs (it listens to the ledger); it must outlive the ledger's writer and goes before
// the metrics.
class GovernanceMetrics {
 public:
  GovernanceMetrics(ledger::Ledger& ledger, telemetry::Metrics& metrics);

  // Of counts that somebody asked for.
  telemetry::Histogram& tally_time() { return tally_time_; }

 private:
  void take(const std::vector<ledger::Event>& events);

  telemetry::Counter& proposals_;
  telemetry::Counter& votes_;
  telemetry::Counter& executed_;
  telemetry::Histogram& tally_time_;
  telemetry::Metrics::Handle collector_;
};

}  // namespace icn::governance
