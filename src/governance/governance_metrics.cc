#include "governance/governance_metrics.h"

#include "governance/lifecycle.h"
#include "governance/tables.h"

namespace icn::governance {
namespace {

using telemetry::Metric;

std::vector<telemetry::Family> open_families(const ledger::Ledger& ledger) {
  const auto store = ledger.store();
  if (!store.ok()) return {};
  auto rows = kScopes.scan(**store, {});
  if (!rows.ok()) return {};
  telemetry::Sample sample;
  while (true) {
    const auto scope = rows->next();
    if (!scope.ok()) return {};
    if (!*scope) return {{Metric::governance_open_proposals, {sample}}};
    sample.value += static_cast<double>((*scope)->open_proposals);
  }
}

}  // namespace

GovernanceMetrics::GovernanceMetrics(ledger::Ledger& ledger, telemetry::Metrics& metrics)
    : proposals_(metrics.counter(Metric::governance_proposals_submitted)),
      votes_(metrics.counter(Metric::governance_votes_cast)),
      executed_(metrics.counter(Metric::governance_proposals_executed)),
      tally_time_(metrics.histogram(Metric::governance_tally)),
      collector_(metrics.add_collector([&ledger] { return open_families(ledger); })) {
  ledger.listen([this](const ledger::Published&, const std::vector<ledger::Event>& events) { take(events); });
}

// move_to() writes the members in a fixed order, so that searching does in place of parsing.
void GovernanceMetrics::take(const std::vector<ledger::Event>& events) {
  for (const ledger::Event& event : events) {
    if (event.type == "VoteCast") votes_.add();
    if (event.type != kStatusEvent) continue;
    if (event.data.find("\"from\":\"draft\"") != std::string::npos) proposals_.add();
    if (event.data.ends_with("\"state\":\"executed\"}")) executed_.add();
  }
}

}  // namespace icn::governance
