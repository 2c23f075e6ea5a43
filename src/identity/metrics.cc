#include "identity/metrics.h"

#include <algorithm>

#include "identity/operations.h"
#include "identity/tables.h"

namespace icn::identity {
namespace {

Result<void> show(const ledger::Ledger& ledger, telemetry::Gauge& gauge) {
  ICN_TRY_ASSIGN(store, ledger.store());
  ICN_TRY_ASSIGN(counts, kCounts.get(*store, "dids"));
  gauge.set(counts ? static_cast<double>(counts->dids) : 0);
  return {};
}

}  // namespace

Result<void> report_dids(ledger::Ledger& ledger, telemetry::Metrics& metrics) {
  telemetry::Gauge& gauge = metrics.gauge(telemetry::Metric::identity_dids);
  ICN_TRY(show(ledger, gauge));
  ledger.listen([&ledger, &gauge](const ledger::Published&, const std::vector<ledger::Event>& events) {
    const bool changed =
        std::ranges::any_of(events, [](const ledger::Event& event) { return event.type == kDidChanged; });
    // A failed read leaves the figure until the next change.
    if (changed) static_cast<void>(show(ledger, gauge).ok());
  });
  return {};
}

}  // namespace icn::identity
