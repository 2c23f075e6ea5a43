#include "economics/formula.h"

#include <algorithm>

namespace icn::economics {
namespace {

__extension__ using Wide = unsigned __int128;

std::uint64_t scaled(std::uint64_t amount, std::uint64_t ppm) {
  std::uint64_t product = 0;
  if (!__builtin_mul_overflow(amount, ppm, &product)) return product / kOnePpm;
  return static_cast<std::uint64_t>(Wide{amount} * ppm / kOnePpm);
}

std::uint64_t nano_of(Millimana amount) {
  return static_cast<std::uint64_t>(amount.value) * kNanoPerMillimana;
}

}  // namespace

std::uint32_t bootstrap_ppm(TimestampSecs started, TimestampSecs now) {
  const std::uint64_t months = now <= started ? 0 : (now - started) / kSecsPerMonth;
  if (months < 3) return 2'000'000;
  if (months < 6) return 1'500'000;
  if (months < 12) return 1'250'000;
  return kOnePpm;
}

std::uint64_t rate_nano_per_hour(Millimana base, const Factors& own, const NetworkFactors& network) {
  std::uint64_t rate = nano_of(base);
  for (const std::uint32_t ppm :
       {own.kappa_ppm, own.sigma_ppm, own.beta_ppm, own.eta_ppm, network.network_health_ppm,
        network.emergency_ppm, network.bootstrap_ppm, own.sybil_rate_ppm, own.share_ppm})
    rate = scaled(rate, ppm);
  return rate;
}

Millimana cap_of(Millimana base, const Factors& own, Millimana ceiling) {
  std::uint64_t cap = nano_of(base);
  for (const std::uint32_t ppm :
       {own.kappa_ppm, own.sigma_ppm, own.gamma_ppm, kOnePpm + own.federation_bonus_ppm, own.sybil_cap_ppm})
    cap = scaled(cap, ppm);
  return std::min(Millimana{static_cast<std::int64_t>(cap / kNanoPerMillimana)}, ceiling);
}

Millimana share_of(Millimana amount, std::int64_t ppm) {
  const Wide product = Wide(static_cast<std::uint64_t>(amount.value)) * static_cast<std::uint64_t>(ppm);
  return {static_cast<std::int64_t>(product / kOnePpm)};
}

Growth grow(std::uint64_t rate_nano_per_hour, std::uint64_t secs, std::uint64_t remainder, Millimana room) {
  constexpr std::uint64_t kParts = kSecsPerHour * kNanoPerMillimana;
  if (room.value <= 0) return {};
  const Wide parts = Wide{rate_nano_per_hour} * secs + remainder;
  const Wide whole = parts / kParts;
  if (whole >= static_cast<std::uint64_t>(room.value)) return {room, 0};
  return {Millimana{static_cast<std::int64_t>(whole)}, static_cast<std::uint64_t>(parts % kParts)};
}

}  // namespace icn::economics
