#include "federation/federation_metrics.h"

#include "federation/tables.h"
#include "ledger/checkpoint.h"
#include "ledger/parameters.h"

namespace icn::federation {

std::vector<telemetry::Family> federation_families(const ledger::Ledger& ledger,
                                                   const ledger::OrderedLog& log) {
  using telemetry::Metric;
  const auto state = ledger.snapshot();
  if (!state.ok()) return {};
  const auto gauge = [](Metric metric, std::uint64_t value) {
    return telemetry::Family{metric, {{{}, static_cast<double>(value), {}}}};
  };
  std::vector<telemetry::Family> out;
  const auto federation = kFederation.get(**state, kFederationKey);
  if (federation.ok())
    out.push_back(gauge(Metric::federation_members, *federation ? (*federation)->member_count : 0));
  const auto clock = ledger::kCheckpointClock.get(**state, ledger::kCheckpointKey);
  if (clock.ok()) out.push_back(gauge(Metric::federation_epoch, *clock ? (*clock)->epoch : 0));
  const std::uint64_t interval_secs =
      static_cast<std::uint64_t>(ledger.published()->parameters.ledger_checkpoint_interval_secs);
  out.push_back(gauge(Metric::federation_sync_lag_epochs, log.stale_secs().value_or(0) / interval_secs));
  return out;
}

}  // namespace icn::federation
