#pragma once

#include <optional>

#include "economics/tables.h"
#include "ledger/context.h"
#include "ledger/view.h"
#include "reputation/score/standing.h"

// What an account offers the network's jobs, as the factor sigma. A declaration counts up to what receipts of
// jobs for others bear out, and never less than what everybody is taken to have. Source: domain.md 5 "sigma".
// Thread: the ledger's writer, but for what takes a Reader. Format: docs/formats/economics.md.
namespace icn::economics {

struct Figures {
  std::uint64_t cpu_cores = 0;
  std::uint64_t memory_mb = 0;
  std::uint64_t storage_gb = 0;
  std::uint64_t bandwidth_mbps = 0;
  std::uint64_t gpu = 0;
  static constexpr std::string_view schema_name = "CapacityFigures";
  static constexpr auto fields() {
    using codec::defaulted_field;
    return described(
        defaulted_field("cpu_cores", &Figures::cpu_cores, "", {0, 100'000}),
        defaulted_field("memory_mb", &Figures::memory_mb, "MiB", {0, 1'000'000'000}),
        defaulted_field("storage_gb", &Figures::storage_gb, "", {0, 1'000'000'000}),
        defaulted_field("bandwidth_mbps", &Figures::bandwidth_mbps, "Mbit/s", {0, 1'000'000'000}),
        defaulted_field("gpu", &Figures::gpu, "", {0, 100'000}));
  }
  bool operator==(const Figures&) const = default;
};

// Without receipts or probes that say more. Source: domain.md 5 "Defaults".
inline constexpr Figures kFiguresTaken{4, 8'192, 500, 100, 0};
inline constexpr std::uint32_t kJobSuccessTakenPpm = 900'000;

// Key: DID.
struct Capacity {
  Figures declared;
  Figures counted;
  std::uint32_t job_success_ppm = kJobSuccessTakenPpm;  // of its jobs when it was declared
  TimestampSecs declared_at = 0;
  static constexpr auto fields() {
    using codec::field;
    return described(field("declared", &Capacity::declared), field("counted", &Capacity::counted),
                     field("job_success_ppm", &Capacity::job_success_ppm),
                     field("declared_at", &Capacity::declared_at));
  }
  bool operator==(const Capacity&) const = default;
};

struct CapacitySums {
  std::uint64_t accounts = 0;
  Figures counted;
  std::uint64_t job_success_ppm = 0;
  static constexpr auto fields() {
    using codec::field;
    return described(field("accounts", &CapacitySums::accounts), field("counted", &CapacitySums::counted),
                     field("job_success_ppm", &CapacitySums::job_success_ppm));
  }
  bool operator==(const CapacitySums&) const = default;
};

// One row, key "capacity". Means are those of the beginning of a checkpoint's interval.
struct CapacityTotals {
  std::uint64_t interval = 0;  // block time / ledger.checkpoint_interval_secs, of the newest change
  CapacitySums begun;          // when that interval began
  CapacitySums now;
  static constexpr auto fields() {
    using codec::field;
    return described(field("interval", &CapacityTotals::interval), field("begun", &CapacityTotals::begun),
                     field("now", &CapacityTotals::now));
  }
};

inline const ledger::Table<Did, Capacity> kCapacities{45, "mana_capacities"};
inline const ledger::Table<std::string, CapacityTotals> kCapacityTotals{46, "mana_capacity_totals"};

// What counts of `declared`.
Figures counted_of(const Figures& declared, const reputation::Proven& proven);
std::uint32_t job_success_ppm(const reputation::Standing& standing);

// Sum of w . min(x / mean, 4), from 0.1 to 2, in ppm; a mean of 0 is the ratio 1, and so is uptime, which
// nobody measures.
std::uint32_t sigma_ppm(const Capacity& capacity, const CapacitySums& sums);

// The sums that means are made of at that block time.
Result<CapacitySums> capacity_sums(const ledger::Reader& state, const ledger::Parameters& parameters,
                                   TimestampSecs now);

// Figures that are all 0 take a declaration back. Answers what is kept now; none: nothing.
//   nothing_declared
Result<std::optional<Capacity>> declare_capacity(const ledger::BlockContext& block, ledger::View& view,
                                                 const Did& did, const Figures& declared);

}  // namespace icn::economics
