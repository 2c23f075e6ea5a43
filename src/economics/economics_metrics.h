#pragma once

#include "economics/newest_supply.h"
#include "ledger/ledger.h"
#include "telemetry/metrics.h"

namespace icn::economics {

// The icn_economics_* metrics (domain.md 14). Spending and crediting are counted from the events of durable
// blocks; supply, locks and burns are those of the newest supply record.
// Make it before the log runs (it listens to the ledger); it must outlive the ledger's writer and goes
// before the metrics.
class EconomicsMetrics {
 public:
  EconomicsMetrics(ledger::Ledger& ledger, telemetry::Metrics& metrics);

  void count_balance_query() { balance_queries_.add(); }
  const NewestSupply& supply() const { return supply_; }

 private:
  void take(const std::vector<ledger::Event>& events);

  NewestSupply supply_;
  telemetry::Counter& balance_queries_;
  telemetry::Counter& spend_;
  telemetry::Counter& credit_;
  telemetry::Metrics::Handle collector_;
};

// What a ManaBalanceChanged did to its account's balance: -1 took, +1 gave, 0 neither (locks, releases).
int direction_of(const ledger::Event& event);

}  // namespace icn::economics
