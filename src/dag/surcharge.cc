#include "dag/surcharge.h"

#include <algorithm>

namespace icn::dag {
namespace {

constexpr std::uint64_t kHourNs = 3'600'000'000'000;
constexpr std::int64_t kBurstPpmMax = 1'000'000'000'000;  // no fee overflows

}  // namespace

Millimana with_factors(Millimana fee, const FeeFactors& factors) {
  std::int64_t amount = fee.value;
  for (const std::int64_t ppm : {factors.load_ppm, factors.burst_ppm}) {
    if (ppm == FeeFactors::kOne) continue;
    __extension__ using Wide = __int128;
    const Wide raised = static_cast<Wide>(amount) * ppm / FeeFactors::kOne;
    amount = static_cast<std::int64_t>(std::min<Wide>(raised, kMillimanaMax.value));
  }
  return {amount};
}

FeeFactors Surcharge::next_action(const ledger::Parameters& parameters, const Did& payer) {
  FeeFactors factors;
  if (load_ppm_ && parameters.dag_load_factor_ppm != FeeFactors::kOne &&
      load_ppm_() > parameters.dag_load_threshold_ppm) {
    factors.load_ppm = parameters.dag_load_factor_ppm;
  }
  if (parameters.dag_burst_step_ppm != 0) {
    const std::int64_t above = count(payer) - parameters.dag_burst_free;
    if (above > 0) {
      factors.burst_ppm = FeeFactors::kOne + std::min(above, kBurstPpmMax / parameters.dag_burst_step_ppm) *
                                                 parameters.dag_burst_step_ppm;
    }
  }
  return factors;
}

std::int64_t Surcharge::count(const Did& payer) {
  const std::uint64_t now = clock_.monotonic_ns();
  const std::lock_guard lock(mutex_);
  auto found = hours_.find(payer);
  if (found == hours_.end()) {
    if (hours_.size() >= payers_max_) {
      std::erase_if(hours_, [now](const auto& each) { return now - each.second.began_ns >= kHourNs; });
    }
    if (hours_.size() >= payers_max_) return 0;
    found = hours_.emplace(payer, Hour{now, 0}).first;
  }
  Hour& hour = found->second;
  if (now - hour.began_ns >= kHourNs) hour = {now, 0};
  return ++hour.actions;
}

}  // namespace icn::dag
