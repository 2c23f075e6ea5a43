#include "economics/departure.h"

#include <map>

#include "economics/accounts.h"
#include "economics/capacity.h"
#include "economics/penalties.h"
#include "economics/shares.h"
#include "economics/vouching.h"

namespace icn::economics {
namespace {

using ledger::Departure;

constexpr std::uint64_t kNanoPerMicro = 1'000;  // count_rate() counts in micro-mana

Result<void> end_vouches(const Departure& departure) {
  ledger::View& view = departure.view;
  std::vector<std::pair<Did, Vouch>> gone;
  ICN_TRY(ledger::sweep(view, kVouches, [&](const Did& person, const Vouch& each) {
    const bool is_gone = !departure.is_kept(person) || !departure.is_kept(each.voucher);
    if (is_gone) gone.emplace_back(person, each);
    return is_gone;
  }));
  for (const auto& [person, each] : gone) {
    ICN_TRY(ledger::unschedule(view, each.due_secs, kVouchDue, person.text()));
    ICN_TRY(release(departure.block, view, &departure.events, each.voucher, each.deposit,
                    "vouch " + person.text()));
  }
  return {};
}

Result<void> end_penalties(const Departure& departure) {
  ICN_TRY_ASSIGN(pending, ledger::pick(departure.view, kPenalties, [&](const Penalty& each) {
                   return is_pending(each.state) && !departure.is_kept(each.did);
                 }));
  for (const Penalty& each : pending)
    ICN_TRY(decide_penalty(departure.block, departure.view, departure.events, {each.did, each.proposal_id},
                           false, ""));
  ICN_TRY(ledger::sweep(departure.view, kPenalties, [&](const PenaltyKey& key, const Penalty&) {
    return !departure.is_kept(std::get<0>(key));
  }));
  return {};
}

Result<void> end_capacities(const Departure& departure) {
  std::vector<Did> declared;
  {
    ICN_TRY_ASSIGN(rows, kCapacities.scan(departure.view, {}));
    while (true) {
      ICN_TRY_ASSIGN(row, rows.next());
      if (!row) break;
      Did did;
      if (!storage::parse_key(rows.key(), did)) return Error(storage::kCorrupt, "the key of a capacity");
      if (!departure.is_kept(did)) declared.push_back(std::move(did));
    }
  }
  for (const Did& did : declared) ICN_TRY(declare_capacity(departure.block, departure.view, did, Figures{}));
  return {};
}

}  // namespace

Result<AccountsLeft> leave_accounts(const Departure& departure) {
  ledger::View& view = departure.view;
  ICN_TRY(end_vouches(departure));
  ICN_TRY(end_penalties(departure));
  ICN_TRY(end_capacities(departure));
  AccountsLeft out;
  Millimana locked;
  std::map<std::string, std::uint64_t> rates_micro;  // that counted with an organisation
  ICN_TRY(ledger::sweep(view, kAccounts, [&](const Did& did, const Account& account) {
    if (!departure.is_kept(did)) {
      ++out.accounts;
      out.mana += account.balance;
      if (!account.home.empty()) rates_micro[account.home] += account.counted_nano / kNanoPerMicro;
      return true;
    }
    ++out.kept;
    out.kept_mana += account.balance;
    locked += account.locked;
    return false;
  }));
  for (const auto& [home, rate_micro] : rates_micro)
    ICN_TRY(count_rate(departure.block, view, {home, rate_micro * kNanoPerMicro}, {}));
  const auto is_gone = [&](const Did& did) { return !departure.is_kept(did); };
  ICN_TRY(ledger::sweep(view, kEntries,
                        [&](const EntryKey& key, const Entry&) { return is_gone(std::get<0>(key)); }));
  ICN_TRY(ledger::sweep(view, kGrantCount, [&](const Did& did, const GrantCount&) { return is_gone(did); }));
  ICN_TRY(
      ledger::sweep(view, kMemberships, [&](const Did& did, const Memberships&) { return is_gone(did); }));
  ICN_TRY_ASSIGN(before, kSupply.get(view, kSupplyKey));
  Supply supply;
  supply.started = before ? before->started : departure.block.time;
  supply.granted = out.kept_mana;
  supply.locked = locked;
  supply.accounts = out.kept;
  ICN_TRY(kSupply.put(view, kSupplyKey, supply));
  return out;
}

}  // namespace icn::economics
