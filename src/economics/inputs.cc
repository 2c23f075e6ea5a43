#include "economics/inputs.h"

#include <algorithm>

#include "reputation/score/record.h"

namespace icn::economics {
namespace {

constexpr std::uint32_t kContributorReceipts = 10;
constexpr reputation::Points kTrustedScore{75'000};
constexpr std::uint32_t kTrustedEndorsements = 2;
constexpr std::uint32_t kBonusMaxPpm = 500'000;

Stage stage_of(const Inputs& inputs, Stage before) {
  if (before == Stage::kUnverified && inputs.memberships.items.empty()) return before;
  if (inputs.score >= kTrustedScore && inputs.standing.endorsements >= kTrustedEndorsements)
    return Stage::kTrusted;
  return inputs.standing.receipts >= kContributorReceipts ? Stage::kContributor : Stage::kVerified;
}

}  // namespace

Result<Inputs> read_inputs(const ledger::Reader& state, const ledger::Parameters& parameters, const Did& did,
                           const Account& account, TimestampSecs now, std::uint64_t running_secs) {
  Inputs out;
  ICN_TRY_ASSIGN(memberships, kMemberships.get(state, did));
  if (memberships) out.memberships = std::move(*memberships);
  ICN_TRY_ASSIGN(standing, reputation::load_standing(state, did));
  out.standing = std::move(standing);
  out.score = reputation::score_at(out.standing, now);
  out.activity = reputation::recent(out.standing.activity, reputation::day_of(now));
  ICN_TRY_ASSIGN(turnout, reputation::turnout_of(state, out.standing, reputation::day_of(running_secs)));
  out.turnout = turnout;
  ICN_TRY_ASSIGN(capacity, kCapacities.get(state, did));
  if (capacity) {
    ICN_TRY_ASSIGN(sums, capacity_sums(state, parameters, now));
    out.capacity = *capacity;
    out.capacity_sums = sums;
  }
  ICN_TRY_ASSIGN(share, share_of_organisation(state, home_of(out.memberships)));
  out.share = std::move(share);
  out.is_newcomer = now < account.created + static_cast<std::uint64_t>(parameters.economics_newcomer_secs);
  const std::uint64_t links = out.memberships.items.size() + out.standing.counterparties;
  out.suspicion = sybil_reasons(account, {out.score.thousandths, links}, now);
  out.sybil_score = economics::sybil_score(out.suspicion);
  return out;
}

void apply_inputs(const Inputs& inputs, const ledger::Parameters& parameters, TimestampSecs now,
                  Account& account) {
  account.stage = stage_of(inputs, account.stage);
  account.organisation = Organisation::kNone;
  std::uint64_t federations = 0;
  for (const Membership& each : inputs.memberships.items) {
    account.organisation = std::max(account.organisation, each.kind);
    federations += each.kind == Organisation::kFederation ? 1 : 0;
  }
  Factors& factors = account.factors;
  factors.sigma_ppm = inputs.capacity ? sigma_ppm(*inputs.capacity, inputs.capacity_sums) : kOnePpm;
  factors.beta_ppm = reputation::beta_ppm(inputs.score);
  factors.eta_ppm = inputs.is_newcomer ? kOnePpm : reputation::eta_ppm(inputs.activity);
  factors.gamma_ppm = reputation::gamma_ppm(inputs.turnout);
  factors.federation_bonus_ppm = static_cast<std::uint32_t>(std::min<std::uint64_t>(
      federations * static_cast<std::uint64_t>(parameters.economics_federation_bonus_ppm), kBonusMaxPpm));
  account.home = home_of(inputs.memberships);
  factors.share_ppm = inputs.share.limit_ppm;
  apply_sybil(parameters.economics_sybil_watch == 0 ? 0 : inputs.sybil_score, factors);
  account.inputs_day = now / kSecsPerDay;
}

Result<void> mark_inputs_changed(ledger::View& view, const Did& did) {
  ICN_TRY_ASSIGN(account, kAccounts.get(view, did));
  if (!account || account->inputs_day == 0) return {};
  account->inputs_day = 0;
  return kAccounts.put(view, did, *account);
}

Result<void> set_membership(ledger::View& view, const Did& did, const std::string& scope, Organisation kind,
                            bool is_member) {
  ICN_TRY_ASSIGN(stored, kMemberships.get(view, did));
  Memberships memberships = stored.value_or(Memberships{});
  auto& items = memberships.items;
  std::erase_if(items, [&](const Membership& each) { return each.scope == scope; });
  if (is_member) items.insert(std::ranges::lower_bound(items, scope, {}, &Membership::scope), {scope, kind});
  ICN_TRY(items.empty() ? kMemberships.erase(view, did) : kMemberships.put(view, did, memberships));
  return mark_inputs_changed(view, did);
}

Result<bool> share_membership(const ledger::Reader& state, const Did& one, const Did& other) {
  ICN_TRY_ASSIGN(first, kMemberships.get(state, one));
  ICN_TRY_ASSIGN(second, kMemberships.get(state, other));
  if (!first || !second) return false;
  return std::ranges::any_of(first->items, [&second](const Membership& each) {
    return std::ranges::find(second->items, each.scope, &Membership::scope) != second->items.end();
  });
}

}  // namespace icn::economics
