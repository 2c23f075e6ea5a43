#include "economics/account.h"

#include <algorithm>

namespace icn::economics {
namespace {

constexpr std::uint32_t kTrimDays = 30;
constexpr std::uint64_t kHeldBuckets = 60;

Millimana trimmed_after(const Trim& trim, std::uint32_t days) {
  return {trim.total.value / kTrimDays * days + trim.total.value % kTrimDays * days / kTrimDays};
}

Millimana held_total(const Account& account) {
  Millimana total;
  for (const Held& each : account.held) total += each.amount;
  return total;
}

// Never below the cap, and never what is locked or held.
Millimana trim_days(Account& account, TimestampSecs now) {
  if (!account.trim) return {};
  Trim& trim = *account.trim;
  const std::uint64_t days = now <= trim.begun_secs ? 0 : (now - trim.begun_secs) / kSecsPerDay;
  const auto days_now = static_cast<std::uint32_t>(std::min<std::uint64_t>(days, kTrimDays));
  if (days_now <= trim.days_done) return {};
  const Millimana due = trimmed_after(trim, days_now) - trimmed_after(trim, trim.days_done);
  const Millimana floor = std::max(account.cap, account.locked + held_total(account));
  const Millimana cut = std::clamp(account.balance - floor, Millimana{}, due);
  account.balance -= cut;
  trim.days_done = days_now;
  if (days_now == kTrimDays) account.trim.reset();
  return cut;
}

}  // namespace

Passed settle_time(Account& account, TimestampSecs now) {
  if (now <= account.updated) return {};
  const Growth growth = grow(account.rate_nano_per_hour, now - account.updated, account.remainder,
                             account.cap - account.balance);
  account.balance += growth.regenerated;
  account.remainder = growth.remainder;
  account.updated = now;
  return {growth.regenerated, trim_days(account, now)};
}

void refresh(Account& account, const ledger::Parameters& parameters, TimestampSecs started,
             TimestampSecs now) {
  account.factors.kappa_ppm = kappa_ppm(account.stage, account.organisation, parameters);
  account.rate_nano_per_hour = rate_nano_per_hour({parameters.economics_base_rate}, account.factors,
                                                  network_factors(parameters, started, now));
  const Millimana cap =
      cap_of({parameters.economics_base_cap}, account.factors, {parameters.economics_ceiling});
  if (cap == account.cap) return;
  Millimana left;
  if (account.trim) left = account.trim->total - trimmed_after(*account.trim, account.trim->days_done);
  const Millimana above_before = std::max(account.balance - account.cap, Millimana{});
  left = std::min(left, above_before);
  if (cap < account.cap)
    left += std::max(std::min(account.balance, account.cap) - cap, Millimana{});
  else
    left = std::max(left - (cap - account.cap), Millimana{});
  account.cap = cap;
  account.trim.reset();
  if (left.value > 0) account.trim = Trim{left, now, 0};
}

std::uint64_t rate_without_limit(const Account& account, const ledger::Parameters& parameters,
                                 TimestampSecs started, TimestampSecs now) {
  if (account.factors.share_ppm == kOnePpm) return account.rate_nano_per_hour;
  Factors factors = account.factors;
  factors.share_ppm = kOnePpm;
  return rate_nano_per_hour({parameters.economics_base_rate}, factors,
                            network_factors(parameters, started, now));
}

Millimana held_at(const Account& account, std::uint64_t running_secs) {
  Millimana total;
  for (const Held& each : account.held) {
    if (each.free_secs > running_secs) total += each.amount;
  }
  return total;
}

Millimana available_at(const Account& account, std::uint64_t running_secs) {
  return account.balance - account.locked - held_at(account, running_secs);
}

void drop_free(Account& account, std::uint64_t running_secs) {
  std::erase_if(account.held, [&](const Held& each) { return each.free_secs <= running_secs; });
}

std::uint64_t free_secs_of(std::uint64_t running_secs, std::uint64_t hold_secs) {
  const std::uint64_t width = std::max<std::uint64_t>(60, (hold_secs + kHeldBuckets - 1) / kHeldBuckets);
  return (running_secs + hold_secs + width - 1) / width * width;
}

bool take_held(Account& account, Millimana amount, std::uint64_t free_secs) {
  const auto place = std::ranges::find(account.held, free_secs, &Held::free_secs);
  if (place == account.held.end() || place->amount < amount) return false;
  place->amount -= amount;
  if (place->amount.value == 0) account.held.erase(place);
  return true;
}

void hold(Account& account, Millimana amount, std::uint64_t running_secs, std::uint64_t hold_secs) {
  if (amount.value == 0 || hold_secs == 0) return;
  const std::uint64_t free_secs = free_secs_of(running_secs, hold_secs);
  const auto place = std::ranges::lower_bound(account.held, free_secs, {}, &Held::free_secs);
  if (place != account.held.end() && place->free_secs == free_secs)
    place->amount += amount;
  else
    account.held.insert(place, {free_secs, amount});
}

Millimana receive_limit(const Account& account, const ledger::Parameters& parameters) {
  if (account.stage != Stage::kUnverified) return account.cap;
  Factors verified = account.factors;
  verified.kappa_ppm = kappa_ppm(Stage::kVerified, Organisation::kNone, parameters);
  return cap_of({parameters.economics_base_cap}, verified, {parameters.economics_ceiling});
}

std::uint32_t kappa_ppm(Stage stage, Organisation organisation, const ledger::Parameters& parameters) {
  if (stage == Stage::kUnverified) return 0;
  std::int64_t own = parameters.economics_kappa_verified_ppm;
  if (stage == Stage::kContributor) own = parameters.economics_kappa_contributor_ppm;
  if (stage == Stage::kTrusted) own = parameters.economics_kappa_trusted_ppm;
  std::int64_t of_organisation = 0;
  if (organisation == Organisation::kCommunity) of_organisation = parameters.economics_kappa_community_ppm;
  if (organisation == Organisation::kCooperative)
    of_organisation = parameters.economics_kappa_cooperative_ppm;
  if (organisation == Organisation::kFederation) of_organisation = parameters.economics_kappa_federation_ppm;
  return static_cast<std::uint32_t>(std::max(own, of_organisation));
}

NetworkFactors network_factors(const ledger::Parameters& parameters, TimestampSecs started,
                               TimestampSecs now) {
  return {static_cast<std::uint32_t>(parameters.economics_network_health_ppm),
          static_cast<std::uint32_t>(parameters.economics_emergency_ppm), bootstrap_ppm(started, now)};
}

}  // namespace icn::economics
