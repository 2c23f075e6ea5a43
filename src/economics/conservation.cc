#include "economics/conservation.h"

#include "economics/errors.h"

namespace icn::economics {
namespace {

struct Sums {
  Millimana balance;
  Millimana locked;
  Millimana held;
};

// The front of an Account as stored: the rest costs time and does not matter here.
Result<Sums> read_sums(const std::optional<Bytes>& record) {
  Sums sums;
  if (!record) return sums;
  codec::CborReader reader(*record);
  ICN_TRY(reader.array());
  ICN_TRY_ASSIGN(balance, reader.integer());
  ICN_TRY_ASSIGN(locked, reader.integer());
  ICN_TRY_ASSIGN(count, reader.array());
  sums.balance = {balance};
  sums.locked = {locked};
  for (std::uint64_t i = 0; i < count; ++i) {
    ICN_TRY_ASSIGN(held, codec::CborValue<Held>::read(reader, codec::Shape::kRecord));
    sums.held += held.amount;
  }
  return sums;
}

Result<void> check_account(const Sums& sums) {
  if (sums.balance.value < 0 || sums.balance > kMillimanaMax)
    return Error(kNotConserved, "a balance of " + std::to_string(sums.balance.value) + " millimana");
  if (sums.locked.value < 0 || sums.held.value < 0 || sums.locked + sums.held > sums.balance)
    return Error(kNotConserved, "more is locked and held than the balance of " +
                                    std::to_string(sums.balance.value) + " millimana");
  return {};
}

Result<Supply> read_supply(const std::optional<Bytes>& record) {
  if (!record) return Supply{};
  return codec::decode_record<Supply>(*record);
}

std::string difference(Millimana found, Millimana recorded) {
  return std::to_string(found.value) + " millimana, the supply says " + std::to_string(recorded.value);
}

}  // namespace

Result<void> conserved(const ledger::View& view, ledger::View::Savepoint savepoint) {
  Millimana balance_change;
  Millimana locked_change;
  const auto add_account = [&](ByteView, const std::optional<Bytes>& before,
                               const std::optional<Bytes>& after) -> Result<void> {
    ICN_TRY_ASSIGN(old_sums, read_sums(before));
    ICN_TRY_ASSIGN(new_sums, read_sums(after));
    ICN_TRY(check_account(new_sums));
    balance_change += new_sums.balance - old_sums.balance;
    locked_change += new_sums.locked - old_sums.locked;
    return {};
  };
  Millimana supply_change;
  Millimana supply_locked_change;
  const auto add_supply = [&](ByteView, const std::optional<Bytes>& before,
                              const std::optional<Bytes>& after) -> Result<void> {
    ICN_TRY_ASSIGN(old_supply, read_supply(before));
    ICN_TRY_ASSIGN(new_supply, read_supply(after));
    supply_change += new_supply.balances() - old_supply.balances();
    supply_locked_change += new_supply.locked - old_supply.locked;
    return {};
  };
  ICN_TRY(view.changes_since(savepoint, kAccounts.schema(), add_account));
  ICN_TRY(view.changes_since(savepoint, kSupply.schema(), add_supply));
  if (balance_change != supply_change)
    return Error(kNotConserved, "balances changed by " + difference(balance_change, supply_change));
  if (locked_change != supply_locked_change)
    return Error(kNotConserved, "locks changed by " + difference(locked_change, supply_locked_change));
  return {};
}

ledger::Invariant conservation_invariant() { return {"economics.conservation", &conserved}; }

Result<SupplyReport> count_supply(const ledger::Reader& snapshot) {
  SupplyReport report;
  ICN_TRY_ASSIGN(supply, kSupply.get(snapshot, kSupplyKey));
  if (supply) report.supply = *supply;
  ICN_TRY_ASSIGN(rows, kAccounts.scan(snapshot, {}));
  while (true) {
    ICN_TRY_ASSIGN(account, rows.next());
    if (!account) break;
    ++report.accounts;
    report.balances += account->balance;
    report.locked += account->locked;
    for (const Held& each : account->held) report.held += each.amount;
    if (account->balance < account->cap) report.regeneration_nano_per_hour += account->rate_nano_per_hour;
  }
  if (report.balances != report.supply.balances())
    report.detail = "accounts hold " + difference(report.balances, report.supply.balances());
  else if (report.locked != report.supply.locked)
    report.detail = "accounts have locked " + difference(report.locked, report.supply.locked);
  else if (report.accounts != report.supply.accounts)
    report.detail = std::to_string(report.accounts) + " accounts, the supply says " +
                    std::to_string(report.supply.accounts);
  report.is_consistent = report.detail.empty();
  return report;
}

}  // namespace icn::economics
