#pragma once

#include "ledger/departure.h"

namespace icn::economics {

struct AccountsLeft {
  std::uint64_t accounts = 0;
  Millimana mana;  // in them
  std::uint64_t kept = 0;
  Millimana kept_mana;
};

// Takes out the accounts that are not kept, with their history, and what binds others to them: deposits of
// vouchers and pending penalties are free first. The supply begins anew: granted is what is kept, nothing was
// regenerated, burned or trimmed in this network; when the network began, which its bootstrap multiplier
// hangs on, stays.
Result<AccountsLeft> leave_accounts(const ledger::Departure& departure);

}  // namespace icn::economics
