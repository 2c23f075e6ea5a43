#include "node/staleness.h"

namespace icn::node {

std::string staleness_field(const ledger::OrderedLog& log, const ledger::Ledger& ledger) {
  const auto age_secs = log.stale_secs();
  if (!age_secs) return {};
  return "height=" + std::to_string(ledger.published()->head.header.height) +
         ", age=" + std::to_string(*age_secs);
}

std::vector<telemetry::Family> ledger_families(const ledger::OrderedLog& log,
                                               const ledger::KeptWrites& kept) {
  const auto gauge = [](telemetry::Metric metric, double value) {
    return telemetry::Family{metric, {{{}, value, {}}}};
  };
  return {gauge(telemetry::Metric::ledger_stale, static_cast<double>(log.stale_secs().value_or(0))),
          gauge(telemetry::Metric::ledger_has_quorum, log.status().has_quorum ? 1 : 0),
          gauge(telemetry::Metric::ledger_kept_writes, static_cast<double>(kept.count()))};
}

}  // namespace icn::node
