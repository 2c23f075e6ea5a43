#include "reputation/reputation_metrics.h"

#include <algorithm>

#include "reputation/note.h"

namespace icn::reputation {

ReputationMetrics::ReputationMetrics(ledger::Ledger& ledger, telemetry::Metrics& metrics)
    : events_(metrics.counter(telemetry::Metric::reputation_events)) {
  ledger.listen([this](const ledger::Published&, const std::vector<ledger::Event>& events) {
    const auto count = std::ranges::count(events, kReputationEvent, &ledger::Event::type);
    if (count > 0) events_.add(static_cast<std::uint64_t>(count));
  });
}

}  // namespace icn::reputation
