#pragma once

#include <cstdint>

#include "base/clock.h"
#include "base/mana.h"
#include "codec/fields.h"

// How fast an account regenerates and how much it may hold. Integers only: amounts are taken to nano-mana,
// and each factor in the written order multiplies by its parts per million and divides by 10^6, truncating.
// Pure functions; thread: any. Source: domain.md 1 "Mana", 5; worked example: docs/formats/economics.md.
namespace icn::economics {

inline constexpr std::uint32_t kOnePpm = 1'000'000;
inline constexpr std::uint64_t kNanoPerMillimana = 1'000'000;
inline constexpr std::uint64_t kSecsPerHour = 3'600;
inline constexpr std::uint64_t kSecsPerDay = 86'400;
inline constexpr std::uint64_t kSecsPerMonth = 30 * kSecsPerDay;

// What is particular to one account: inputs.h has where each comes from.
struct Factors {
  std::uint32_t kappa_ppm = 0;  // organisation, or stage of who has none
  std::uint32_t sigma_ppm = kOnePpm;
  std::uint32_t beta_ppm = kOnePpm;  // reputation 50
  std::uint32_t eta_ppm = kOnePpm;
  std::uint32_t gamma_ppm = kOnePpm;
  std::uint32_t federation_bonus_ppm = 0;
  std::uint32_t sybil_rate_ppm = kOnePpm;  // conduct.h
  std::uint32_t sybil_cap_ppm = kOnePpm;
  std::uint32_t share_ppm = kOnePpm;  // shares.h

  static constexpr auto fields() {
    using codec::field;
    return described(field("kappa_ppm", &Factors::kappa_ppm, "organisation or stage"),
                     field("sigma_ppm", &Factors::sigma_ppm, "resources offered"),
                     field("beta_ppm", &Factors::beta_ppm, "trust"),
                     field("eta_ppm", &Factors::eta_ppm, "recent participation"),
                     field("gamma_ppm", &Factors::gamma_ppm, "engagement in governance"),
                     field("federation_bonus_ppm", &Factors::federation_bonus_ppm, "federations"),
                     field("sybil_rate_ppm", &Factors::sybil_rate_ppm, "of the rate"),
                     field("sybil_cap_ppm", &Factors::sybil_cap_ppm, "of the cap"),
                     field("share_ppm", &Factors::share_ppm, "limit of the organisation's share"));
  }
  bool operator==(const Factors&) const = default;
};

// What holds for all accounts of the network at one moment.
struct NetworkFactors {
  std::uint32_t network_health_ppm = kOnePpm;
  std::uint32_t emergency_ppm = kOnePpm;
  std::uint32_t bootstrap_ppm = kOnePpm;
};

// x2 in the first 3 months (of 30 days) of a network, x1.5 until the 6th, x1.25 until the 12th.
std::uint32_t bootstrap_ppm(TimestampSecs started, TimestampSecs now);

// Nano-mana per hour: base . kappa . sigma . beta . eta . network_health . emergency . bootstrap . sybil_rate
// . share
std::uint64_t rate_nano_per_hour(Millimana base, const Factors& own, const NetworkFactors& network);

// base . kappa . sigma . gamma . (1 + federation_bonus) . sybil_cap, in whole millimana, at most `ceiling`.
Millimana cap_of(Millimana base, const Factors& own, Millimana ceiling);

// amount . ppm / 10^6, truncating. amount >= 0, 0 <= ppm <= 10^12.
Millimana share_of(Millimana amount, std::int64_t ppm);

struct Growth {
  Millimana regenerated;
  std::uint64_t remainder = 0;  // of a millimana, in 1 / (3,600 . 10^6) parts
};

// What `rate` gives in `secs` to a balance with `room` below its cap, counting the remainder from before.
// A balance that has reached its cap (room <= 0) gets nothing and forgets the remainder. Many short
// steps give exactly what one long step gives.
Growth grow(std::uint64_t rate_nano_per_hour, std::uint64_t secs, std::uint64_t remainder, Millimana room);

}  // namespace icn::economics
