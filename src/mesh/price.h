#pragma once

#include "base/ids.h"
#include "mesh/job.h"

// What a job costs. Integers only; pure functions; thread: any. Source: domain.md 7 "Bid", state table.
namespace icn::mesh {

inline constexpr std::uint32_t kPpm = 1'000'000;
inline constexpr Millimana kPriceMin{1'000};

// amount * numerator / denominator, truncated; exact for every amount and ratio.
Millimana share_of(Millimana amount, std::uint64_t numerator, std::uint64_t denominator);

// What an executor of `reputation` asks before its own factor: 5 + 2 per core + memory_mb / 100 + minutes,
// times 1 + reputation / 1000.
Millimana base_price(std::uint32_t cpu_cores, std::uint32_t memory_mb, std::uint32_t execution_secs,
                     std::uint32_t reputation);

// The factor of one executor for one job: 0.9 to 1.1 from SHA-256(job_id, executor), in ppm.
std::uint32_t price_factor_ppm(const JobId& job, const Did& executor);

// base price times factor, at least 1 mana. The price range of any executor is that with 900,000 and
// 1,100,000 ppm.
Millimana price_at(Millimana base, std::uint32_t factor_ppm);
Millimana default_price(const Job& job, const JobId& id, const Did& executor, std::uint32_t reputation);

// Of a job that asks for nothing: what a list of executors shows.
Millimana plain_price(std::uint32_t reputation);

// Of a run that failed by the job's fault: price * fuel_used / fuel limit, at least 1 mana, at most price.
Millimana failure_pay(Millimana price, std::uint64_t fuel_used, std::uint64_t fuel_limit);

// Of a run that was cancelled: price * min(percent, elapsed / estimate).
Millimana cancel_pay(Millimana price, std::uint32_t percent, std::uint64_t elapsed_secs,
                     std::uint64_t est_secs);

}  // namespace icn::mesh
