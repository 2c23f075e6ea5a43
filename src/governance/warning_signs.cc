#include "governance/warning_signs.h"

#include <algorithm>

#include "economics/balance_change.h"
#include "economics/tables.h"
#include "identity/operations.h"

namespace icn::governance {
namespace {

constexpr std::uint64_t kMillion = 1'000'000;
constexpr std::size_t kNodesMin = 4;  // of fewer a single one is more than 30 %

// Its writer puts the version before another member or at the end: searching does in place of parsing.
bool is_new_did(const ledger::Event& event) {
  constexpr std::string_view kFirst = "\"version\":1";
  const std::size_t place = event.data.find(kFirst);
  if (place == std::string::npos) return false;
  const char next = event.data[std::min(place + kFirst.size(), event.data.size() - 1)];
  return next == ',' || next == '}';
}

// Millimana that left an account for good or for another; 0: none.
std::uint64_t moved_by(const ledger::Event& event) {
  const auto change = economics::read_balance_change(event);
  if (!change || !change->amount.starts_with('-')) return 0;
  if (change->kind != "transfer_out" && change->kind != "fee_burn" && change->kind != "slash_burn") return 0;
  const auto amount = codec::read_decimal(change->amount.substr(1), 3);
  return amount.ok() ? static_cast<std::uint64_t>(*amount) : 0;
}

std::string percent(std::uint64_t ppm) {
  return codec::write_decimal(static_cast<std::int64_t>(ppm / 1'000), 1) + " %";
}

WarningSign sign_of(EmergencyKind kind, std::uint64_t value, std::int64_t limit, std::string what) {
  const auto most = static_cast<std::uint64_t>(limit);
  return {kind, value > most, value, most, std::move(what)};
}

}  // namespace

std::uint64_t& LastHour::value_of(TimestampSecs now) {
  const std::uint64_t number = now / 60;
  Minute& minute = minutes_[number % minutes_.size()];
  if (minute.number != number) minute = {number, 0};
  return minute.value;
}

void LastHour::add(TimestampSecs now, std::uint64_t value) { value_of(now) += value; }

void LastHour::at_least(TimestampSecs now, std::uint64_t value) {
  std::uint64_t& most = value_of(now);
  most = std::max(most, value);
}

std::uint64_t LastHour::sum(TimestampSecs now) const {
  std::uint64_t out = 0;
  for (const Minute& each : minutes_) {
    if (each.number + minutes_.size() > now / 60) out += each.value;
  }
  return out;
}

std::uint64_t LastHour::most(TimestampSecs now) const {
  std::uint64_t out = 0;
  for (const Minute& each : minutes_) {
    if (each.number + minutes_.size() > now / 60) out = std::max(out, each.value);
  }
  return out;
}

WarningSigns::WarningSigns(ledger::Ledger& ledger, const Clock& clock, http::EventStream& stream,
                           std::shared_ptr<Log> log)
    : ledger_(ledger), clock_(clock), stream_(stream), log_(std::move(log)) {
  ledger.listen([this](const ledger::Published&, const std::vector<ledger::Event>& events) { take(events); });
}

void WarningSigns::take(const std::vector<ledger::Event>& events) {
  std::uint64_t dids = 0;
  std::uint64_t moved = 0;
  for (const ledger::Event& event : events) {
    if (event.type == identity::kDidChanged && is_new_did(event)) ++dids;
    moved += moved_by(event);
  }
  if (dids == 0 && moved == 0) return;
  const std::lock_guard lock(mutex_);
  new_dids_.add(clock_.now_secs(), dids);
  moved_millimana_.add(clock_.now_secs(), moved);
}

Result<std::vector<WarningSign>> WarningSigns::signs() const {
  ICN_TRY_ASSIGN(store, ledger_.store());
  ICN_TRY_ASSIGN(supply, economics::kSupply.get(*store, economics::kSupplyKey));
  const ledger::Parameters parameters = ledger_.published()->parameters;
  const std::lock_guard lock(mutex_);
  const TimestampSecs now = clock_.now_secs();
  const std::uint64_t dids = new_dids_.sum(now);
  const std::uint64_t moved = moved_millimana_.sum(now);
  const auto balances =
      static_cast<std::uint64_t>(supply ? std::max<std::int64_t>(supply->balances().value, 0) : 0);
  const std::uint64_t drained =
      balances + moved == 0 ? 0 : moved * kMillion / std::max<std::uint64_t>(balances, 1);
  const std::uint64_t nodes = peers_.most(now) + 1;
  const std::uint64_t silent =
      nodes < kNodesMin ? 0 : (nodes - 1 - std::min<std::uint64_t>(peers_now_, nodes - 1)) * kMillion / nodes;
  return std::vector<WarningSign>{
      sign_of(EmergencyKind::kSybilStorm, dids, parameters.governance_storm_dids_per_hour,
              std::to_string(dids) + " new identities within an hour"),
      sign_of(EmergencyKind::kEconomicDrain, drained, parameters.governance_drain_ppm,
              percent(drained) + " of all mana left accounts within an hour"),
      sign_of(EmergencyKind::kRegionalOutage, silent, parameters.governance_outage_ppm,
              percent(silent) + " of " + std::to_string(nodes) + " nodes of the last hour are out of reach")};
}

void WarningSigns::look(std::size_t peers) {
  {
    const std::lock_guard lock(mutex_);
    peers_now_ = peers;
    peers_.at_least(clock_.now_secs(), peers);
  }
  const auto seen = signs();
  if (!seen.ok()) return log_->warn("signs of an emergency are not looked for: {}", seen.error().detail());
  std::vector<EmergencyKind> told;
  for (const WarningSign& sign : *seen) {
    if (!sign.is_seen) continue;
    told.push_back(sign.kind);
    if (std::ranges::find(told_, sign.kind) != told_.end()) continue;
    log_->warn("this may be an emergency ({}): {}", codec::enum_name(sign.kind), sign.what);
    stream_.publish(kEmergencySignEvent,
                    codec::write_json(codec::Json::object({{"kind", codec::enum_name(sign.kind)},
                                                           {"value", sign.value},
                                                           {"limit", sign.limit},
                                                           {"what", sign.what}})));
  }
  told_ = std::move(told);
}

}  // namespace icn::governance
