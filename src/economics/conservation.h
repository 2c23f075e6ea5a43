#pragma once

#include "economics/tables.h"
#include "ledger/rules.h"

// Mana neither appears nor disappears: sum of balances = regenerated + granted - burned - trimmed, locks
// and held pay included in balances. Source: domain.md 5 "Conservation".
namespace icn::economics {

// Looks at the accounts and the supply that changed since `savepoint` alone. Also: no balance below 0, none
// above what a request may name, and never more locked or held than there is.
Result<void> conserved(const ledger::View& view, ledger::View::Savepoint savepoint);

ledger::Invariant conservation_invariant();

// The same over every account. `is_consistent` false: `detail` says what differs.
struct SupplyReport {
  Supply supply;
  Millimana balances;  // found by adding up
  Millimana locked;
  Millimana held;
  std::uint64_t accounts = 0;
  std::uint64_t regeneration_nano_per_hour = 0;  // of all accounts below their cap
  bool is_consistent = false;
  std::string detail;
};

// Reads all accounts: some seconds for a million. Use a snapshot. Thread: any.
Result<SupplyReport> count_supply(const ledger::Reader& snapshot);

}  // namespace icn::economics
