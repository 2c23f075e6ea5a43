#pragma once

#include "base/kept_value.h"
#include "economics/conservation.h"
#include "ledger/ledger.h"
#include "telemetry/metrics.h"

namespace icn::economics {

// Adds up all accounts on a thread of its own: when asked, and every hour by itself (an epoch's check,
// domain.md 5). A count is good for 10 s. A mismatch counts in icn_economics_invariant_failures_total.
// Thread: any. Stopped before the executors of who waits end, destroyed before the ledger and the metrics.
class SupplyAudit {
 public:
  struct Counted {
    SupplyReport report;
    TimestampSecs at = 0;
    std::uint64_t height = 0;  // the newest block when it was counted, or a later one
  };
  using Answer = KeptValue<Counted>::Answer;

  SupplyAudit(const ledger::Ledger& ledger, const Clock& clock, telemetry::Metrics& metrics);

  // KeptValue::ask(), stop().
  void ask(Answer answer) { counted_.ask(std::move(answer)); }
  void stop() { counted_.stop(); }

 private:
  Result<Counted> count();

  const ledger::Ledger& ledger_;
  const Clock& clock_;
  telemetry::Counter& failures_;
  telemetry::Gauge& regeneration_;
  KeptValue<Counted> counted_;
};

}  // namespace icn::economics
