#pragma once

#include <optional>
#include <vector>

#include "reputation/score/standing.h"

// Reputation as arithmetic, in integers. Pure functions; thread: any. Source: domain.md 5 "beta", "eta",
// "gamma", and 6.
namespace icn::reputation {

inline constexpr std::uint64_t kSecsADay = 86'400;
inline constexpr std::uint64_t kIdleDays = 30;
inline constexpr std::uint64_t kWindowDays = 30;      // of activity and of counterparties
inline constexpr std::uint64_t kEngagementDays = 90;  // of votes
inline constexpr std::uint32_t kOne = 1'000'000;      // ppm

constexpr std::uint64_t day_of(TimestampSecs time) { return time / kSecsADay; }

// The score at `now`: for each whole day beyond 30 since the last event, the part above 50 loses 1 / 7,300 of
// itself (5 % a year), counted in millionths of a point and truncated to thousandths at the end.
Points faded(Points score, TimestampSecs last_event, TimestampSecs now);
Points score_at(const Standing& standing, TimestampSecs now);

// The n-th positive event with one counterparty weighs 1 / n: `base` / n, towards zero.
Points damped(Points base, std::uint64_t n);

Points clamped(Points score);

// Adds one on `day`, forgets days that are over; a day counts `day_max` at most. False: nothing changed.
bool count_day(std::vector<DayCount>& days, std::uint64_t day, std::uint32_t day_max);
// Sum of the kWindowDays days that end with `day`.
std::uint64_t recent(const std::vector<DayCount>& days, std::uint64_t day);

// beta: 0.5 + score / 100 up to 50, above 1 + (score - 50) / 50.
std::uint32_t beta_ppm(Points score);
// eta: 0.25 + 1.25 min(activity, 20) / 20.
std::uint32_t eta_ppm(std::uint64_t activity);

struct Turnout {
  std::uint64_t eligible = 0;
  std::uint64_t voted = 0;
};
// Votes of the scope that were over on `day`, and not 90 days before it, in which one could vote, and did.
Turnout turnout(const Engagement& engagement, const ScopeVotes& scope, std::uint64_t day);
// gamma: 0.5 + voted / eligible; 1 when there were none.
std::uint32_t gamma_ppm(const Turnout& turnout);

enum class Band { kLow, kBasic, kGood, kHigh, kHighest };
constexpr auto enum_names(Band) {
  using Name = std::pair<Band, std::string_view>;
  return std::array{Name(Band::kLow, "low"), Name(Band::kBasic, "basic"), Name(Band::kGood, "good"),
                    Name(Band::kHigh, "high"), Name(Band::kHighest, "highest")};
}
// >= 90 highest, >= 75 high, >= 50 good, >= 25 basic, below low.
Band band_of(Points score);

}  // namespace icn::reputation
