#include "mesh/price.h"

#include <algorithm>

#include "crypto/hash.h"

namespace icn::mesh {
namespace {

__extension__ using Wide = __int128;

}  // namespace

Millimana share_of(Millimana amount, std::uint64_t numerator, std::uint64_t denominator) {
  return {static_cast<std::int64_t>(static_cast<Wide>(amount.value) * numerator / denominator)};
}

Millimana base_price(std::uint32_t cpu_cores, std::uint32_t memory_mb, std::uint32_t execution_secs,
                     std::uint32_t reputation) {
  const std::int64_t sum = 5'000 + std::int64_t{2'000} * cpu_cores + std::int64_t{10} * memory_mb +
                           std::int64_t{1'000} * execution_secs / 60;
  return share_of({sum}, 1'000 + reputation, 1'000);
}

std::uint32_t price_factor_ppm(const JobId& job, const Did& executor) {
  const crypto::Hash hash = crypto::sha256(as_bytes(job.text()), as_bytes(executor.text()));
  return 900'000 + static_cast<std::uint32_t>(read_u64(ByteView(hash).first(8)) % 200'001);
}

Millimana price_at(Millimana base, std::uint32_t factor_ppm) {
  return std::max(kPriceMin, share_of(base, factor_ppm, kPpm));
}

Millimana default_price(const Job& job, const JobId& id, const Did& executor, std::uint32_t reputation) {
  const Millimana base = base_price(job.submission.cpu_cores, job.memory_mb, job.execution_secs, reputation);
  return price_at(base, price_factor_ppm(id, executor));
}

Millimana plain_price(std::uint32_t reputation) {
  const JobSpec plain;
  return base_price(plain.resources.cpu_cores, plain.resources.memory_mb, plain.max_execution_secs,
                    reputation);
}

Millimana failure_pay(Millimana price, std::uint64_t fuel_used, std::uint64_t fuel_limit) {
  const std::uint64_t used = std::min(fuel_used, fuel_limit);
  return std::min(price, std::max(kPriceMin, share_of(price, used, fuel_limit)));
}

Millimana cancel_pay(Millimana price, std::uint32_t percent, std::uint64_t elapsed_secs,
                     std::uint64_t est_secs) {
  const Millimana by_percent = share_of(price, std::min(percent, 100u), 100);
  if (est_secs == 0) return by_percent;
  return std::min(by_percent, share_of(price, std::min(elapsed_secs, est_secs), est_secs));
}

}  // namespace icn::mesh
