#include "economics/economics_metrics.h"

#include "economics/balance_change.h"

namespace icn::economics {
namespace {

using telemetry::Family;
using telemetry::Metric;
using telemetry::Sample;

Family family(Metric metric, Millimana amount) {
  Sample sample;
  sample.value = static_cast<double>(amount.value) / 1000;
  return {metric, {sample}};
}

std::vector<Family> supply_families(const NewestSupply& newest) {
  const auto supply = newest.get();
  if (!supply.ok()) return {};
  return {family(Metric::economics_mana_supply, supply->balances()),
          family(Metric::economics_mana_locked, supply->locked),
          family(Metric::economics_mana_burned, supply->burned)};
}

}  // namespace

int direction_of(const ledger::Event& event) {
  const auto change = read_balance_change(event);
  if (!change || change->kind == "lock" || change->kind == "release") return 0;
  return change->amount.starts_with('-') ? -1 : 1;
}

EconomicsMetrics::EconomicsMetrics(ledger::Ledger& ledger, telemetry::Metrics& metrics)
    : supply_(ledger),
      balance_queries_(metrics.counter(Metric::economics_balance_queries)),
      spend_(metrics.counter(Metric::economics_spend)),
      credit_(metrics.counter(Metric::economics_credit)),
      collector_(metrics.add_collector([this] { return supply_families(supply_); })) {
  ledger.listen([this](const ledger::Published&, const std::vector<ledger::Event>& events) { take(events); });
}

void EconomicsMetrics::take(const std::vector<ledger::Event>& events) {
  std::uint64_t spent = 0;
  std::uint64_t credited = 0;
  for (const ledger::Event& event : events) {
    const int direction = direction_of(event);
    if (direction < 0) ++spent;
    if (direction > 0) ++credited;
  }
  if (spent > 0) spend_.add(spent);
  if (credited > 0) credit_.add(credited);
}

}  // namespace icn::economics
