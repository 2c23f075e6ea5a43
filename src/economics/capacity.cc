#include "economics/capacity.h"

#include <algorithm>

#include "economics/errors.h"
#include "economics/inputs.h"
#include "reputation/score/record.h"

namespace icn::economics {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::uint32_t kSigmaMinPpm = 100'000;
constexpr std::uint32_t kSigmaMaxPpm = 2'000'000;
constexpr std::uint64_t kRatioMaxPpm = 4'000'000;
constexpr std::uint64_t kUptimeWeight = 100'000;
const std::string kTotalsKey = "capacity";

struct Part {
  std::uint64_t Figures::*figure;
  std::uint64_t weight_ppm;
};
constexpr Part kParts[] = {{&Figures::cpu_cores, 250'000},
                           {&Figures::memory_mb, 200'000},
                           {&Figures::storage_gb, 150'000},
                           {&Figures::bandwidth_mbps, 150'000},
                           {&Figures::gpu, 100'000}};
constexpr std::uint64_t kJobSuccessWeight = 50'000;

std::uint64_t ratio_ppm(std::uint64_t own, std::uint64_t sum, std::uint64_t accounts) {
  if (sum == 0) return kOnePpm;
  const Wide ratio = Wide{own} * accounts * kOnePpm / sum;
  return static_cast<std::uint64_t>(std::min(ratio, Wide{kRatioMaxPpm}));
}

void add(CapacitySums& sums, const Capacity& capacity) {
  ++sums.accounts;
  for (const Part& part : kParts) sums.counted.*part.figure += capacity.counted.*part.figure;
  sums.job_success_ppm += capacity.job_success_ppm;
}

void take(CapacitySums& sums, const Capacity& capacity) {
  --sums.accounts;
  for (const Part& part : kParts) sums.counted.*part.figure -= capacity.counted.*part.figure;
  sums.job_success_ppm -= capacity.job_success_ppm;
}

std::uint64_t interval_of(const ledger::Parameters& parameters, TimestampSecs now) {
  return now / static_cast<std::uint64_t>(parameters.ledger_checkpoint_interval_secs);
}

}  // namespace

Figures counted_of(const Figures& declared, const reputation::Proven& proven) {
  const Figures shown{proven.cpu_cores, proven.memory_mb, proven.storage_mb / 1'000, 0, proven.gpu};
  Figures counted;
  for (const Part& part : kParts) {
    const std::uint64_t borne_out = std::max(shown.*part.figure, kFiguresTaken.*part.figure);
    counted.*part.figure = std::min(declared.*part.figure, borne_out);
  }
  return counted;
}

std::uint32_t job_success_ppm(const reputation::Standing& standing) {
  const std::uint64_t jobs = std::uint64_t{standing.receipts} + standing.failures;
  if (jobs == 0) return kJobSuccessTakenPpm;
  return static_cast<std::uint32_t>(std::uint64_t{standing.receipts} * kOnePpm / jobs);
}

std::uint32_t sigma_ppm(const Capacity& capacity, const CapacitySums& sums) {
  std::uint64_t sigma = kUptimeWeight;
  for (const Part& part : kParts) {
    const std::uint64_t ratio =
        ratio_ppm(capacity.counted.*part.figure, sums.counted.*part.figure, sums.accounts);
    sigma += part.weight_ppm * ratio / kOnePpm;
  }
  const std::uint64_t success = ratio_ppm(capacity.job_success_ppm, sums.job_success_ppm, sums.accounts);
  sigma += kJobSuccessWeight * success / kOnePpm;
  return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(sigma, kSigmaMinPpm, kSigmaMaxPpm));
}

Result<CapacitySums> capacity_sums(const ledger::Reader& state, const ledger::Parameters& parameters,
                                   TimestampSecs now) {
  ICN_TRY_ASSIGN(totals, kCapacityTotals.get(state, kTotalsKey));
  if (!totals) return CapacitySums{};
  return totals->interval == interval_of(parameters, now) ? totals->begun : totals->now;
}

Result<std::optional<Capacity>> declare_capacity(const ledger::BlockContext& block, ledger::View& view,
                                                 const Did& did, const Figures& declared) {
  ICN_TRY_ASSIGN(known, kCapacities.get(view, did));
  std::optional<Capacity> next;
  if (declared != Figures{}) {
    ICN_TRY_ASSIGN(standing, reputation::load_standing(view, did));
    next = Capacity{declared, counted_of(declared, standing.proven), job_success_ppm(standing), block.time};
  } else if (!known) {
    return Error(kNothingDeclared, did.text() + " has declared no capacity");
  }
  ICN_TRY_ASSIGN(stored, kCapacityTotals.get(view, kTotalsKey));
  CapacityTotals totals = stored.value_or(CapacityTotals{});
  const std::uint64_t interval = interval_of(*block.parameters, block.time);
  if (totals.interval != interval) totals.begun = totals.now;
  totals.interval = interval;
  if (known) take(totals.now, *known);
  if (next) add(totals.now, *next);
  ICN_TRY(kCapacityTotals.put(view, kTotalsKey, totals));
  ICN_TRY(next ? kCapacities.put(view, did, *next) : kCapacities.erase(view, did));
  ICN_TRY(mark_inputs_changed(view, did));
  return next;
}

}  // namespace icn::economics
