#include "economics/supply_audit.h"

namespace icn::economics {
namespace {

constexpr std::uint64_t kGoodForNs = 10'000'000'000;
constexpr std::chrono::hours kEvery{1};

}  // namespace

SupplyAudit::SupplyAudit(const ledger::Ledger& ledger, const Clock& clock, telemetry::Metrics& metrics)
    : ledger_(ledger),
      clock_(clock),
      failures_(metrics.counter(telemetry::Metric::economics_invariant_failures)),
      regeneration_(metrics.gauge(telemetry::Metric::economics_regeneration_per_hour)),
      counted_(clock, kGoodForNs, kEvery, [this] { return count(); }) {}

Result<SupplyAudit::Counted> SupplyAudit::count() {
  ICN_TRY_ASSIGN(snapshot, ledger_.snapshot());
  Counted counted;
  ICN_TRY_ASSIGN(report, count_supply(*snapshot));
  counted.report = std::move(report);
  counted.at = clock_.now_secs();
  counted.height = ledger_.published()->head.header.height;
  if (!counted.report.is_consistent) failures_.add();
  regeneration_.set(static_cast<double>(counted.report.regeneration_nano_per_hour) / 1e9);
  return counted;
}

}  // namespace icn::economics
