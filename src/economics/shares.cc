#include "economics/shares.h"

#include <algorithm>
#include <numeric>

namespace icn::economics {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::size_t kOrganisationsMin = 3;
constexpr std::uint64_t kNanoPerMicro = 1'000;

OrganisationShare& item_of(Shares& shares, const std::string& scope) {
  const auto place = std::ranges::lower_bound(shares.items, scope, {}, &OrganisationShare::scope);
  if (place != shares.items.end() && place->scope == scope) return *place;
  return *shares.items.insert(place, {scope, 0, kOnePpm});
}

void set_limits(Shares& shares, std::uint32_t share_max_ppm) {
  std::erase_if(shares.items, [](const OrganisationShare& each) { return each.rate_micro == 0; });
  std::vector<std::uint64_t> rates;
  for (const OrganisationShare& each : shares.items) rates.push_back(each.rate_micro);
  const std::vector<std::uint32_t> limits = limits_of(rates, share_max_ppm);
  for (std::size_t i = 0; i < limits.size(); ++i) shares.items[i].limit_ppm = limits[i];
}

// The most that any may keep: all above it are cut to it, which then is `share_max_ppm` of what is left.
std::uint64_t most_of(std::vector<std::uint64_t> rates, std::uint32_t share_max_ppm) {
  std::ranges::sort(rates, std::greater());
  Wide rest = std::accumulate(rates.begin(), rates.end(), Wide{0});
  for (std::size_t cut = 0; cut < rates.size(); ++cut) {
    const Wide cut_ppm = Wide{cut} * share_max_ppm;
    if (cut_ppm >= kOnePpm) break;
    const Wide most = rest * share_max_ppm / (kOnePpm - cut_ppm);
    if (rates[cut] <= most) return static_cast<std::uint64_t>(most);
    rest -= rates[cut];
  }
  return rates.back();
}

}  // namespace

std::string home_of(const Memberships& memberships) {
  const Membership* best = nullptr;
  for (const Membership& each : memberships.items) {
    const bool is_organisation =
        each.kind == Organisation::kCommunity || each.kind == Organisation::kCooperative;
    if (is_organisation && (best == nullptr || each.kind > best->kind)) best = &each;
  }
  return best == nullptr ? "" : best->scope;
}

Result<OrganisationShare> share_of_organisation(const ledger::Reader& state, const std::string& scope) {
  if (scope.empty()) return OrganisationShare{};
  ICN_TRY_ASSIGN(shares, kShares.get(state, kSharesKey));
  if (!shares) return OrganisationShare{};
  const auto place = std::ranges::find(shares->items, scope, &OrganisationShare::scope);
  return place == shares->items.end() ? OrganisationShare{} : *place;
}

std::vector<std::uint32_t> limits_of(const std::vector<std::uint64_t>& rates, std::uint32_t share_max_ppm) {
  std::vector<std::uint32_t> out(rates.size(), kOnePpm);
  std::vector<std::uint64_t> counted;
  for (const std::uint64_t rate : rates) {
    if (rate > 0) counted.push_back(rate);
  }
  if (counted.size() < kOrganisationsMin || share_max_ppm >= kOnePpm) return out;
  const std::uint64_t most = most_of(std::move(counted), share_max_ppm);
  for (std::size_t i = 0; i < rates.size(); ++i) {
    if (rates[i] > most) out[i] = static_cast<std::uint32_t>(Wide{most} * kOnePpm / rates[i]);
  }
  return out;
}

Result<void> count_rate(const ledger::BlockContext& block, ledger::View& view, const CountedRate& before,
                        const CountedRate& after, bool is_reading) {
  if (before == after && !is_reading) return {};
  ICN_TRY_ASSIGN(stored, kShares.get(view, kSharesKey));
  Shares shares = stored.value_or(Shares{});
  const std::uint64_t interval =
      block.time / static_cast<std::uint64_t>(block.parameters->ledger_checkpoint_interval_secs);
  if (before == after && shares.interval == interval) return {};
  if (shares.interval != interval)
    set_limits(shares, static_cast<std::uint32_t>(block.parameters->economics_organisation_share_max_ppm));
  shares.interval = interval;
  if (!before.scope.empty()) item_of(shares, before.scope).rate_micro -= before.rate_nano / kNanoPerMicro;
  if (!after.scope.empty()) item_of(shares, after.scope).rate_micro += after.rate_nano / kNanoPerMicro;
  return kShares.put(view, kSharesKey, shares);
}

}  // namespace icn::economics
