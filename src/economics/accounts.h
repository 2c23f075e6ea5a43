#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "economics/books.h"

// What other domains do with mana: each is one step on the state, alone. A transaction that touches several
// accounts or the same one several times does it in one Books instead, which writes each row once.
//
// `events` may be null: nobody is told. Amounts are not negative. The account of who receives is made on
// its first credit. On an error nothing was changed.
//   exceeds_balance   the payer has less available (or no account)
//   exceeds_lock      less is locked than is to be released, settled or slashed: a bug of the caller
// Thread: the ledger's writer. Source: domain.md 5.
namespace icn::economics {

using ledger::BlockContext;
using ledger::Event;
using ledger::View;
using Events = std::vector<Event>;

// None: there is no such account. As of its last write; settle_time() brings it to a moment.
Result<std::optional<Account>> load_account(const ledger::Reader& state, const Did& did);

// May sign transactions that pay, and submit jobs: has an account that is not Unverified.
Result<bool> may_pay(const ledger::Reader& state, const Did& did);
// The account of `did` brought to `now`, and the running time then. Without an account: an empty one.
struct AccountNow {
  Account account;
  bool exists = false;
  TimestampSecs now = 0;
  std::uint64_t running_secs = 0;
};
Result<AccountNow> account_at(const ledger::Reader& state, const Did& did, TimestampSecs now);
// What `did` could pay or lock in this block; 0 without an account.
Result<Millimana> available(const ledger::Reader& state, const BlockContext& block, const Did& did);

// Makes `amount` unavailable to its owner until it is released or settled.
Result<void> lock(const BlockContext& block, View& view, Events* events, const Did& did, Millimana amount,
                  const std::string& reference);
// Makes it available again, at once or (hold_secs > 0) after that running time.
Result<void> release(const BlockContext& block, View& view, Events* events, const Did& did, Millimana amount,
                     const std::string& reference, std::uint64_t hold_secs = 0);
// Ends a lock in one step: pay to the other, burn, and the rest free again.
Result<Settlement> settle(const BlockContext& block, View& view, Events* events, const SettleOrder& order);
// Destroys available mana: a fee.
Result<void> burn(const BlockContext& block, View& view, Events* events, const Did& did, Millimana amount,
                  const std::string& reference);
// Destroys locked mana: a penalty.
Result<void> slash(const BlockContext& block, View& view, Events* events, const Did& did, Millimana amount,
                   const std::string& reference);
// Moves available mana without asking the policy of transfers: "economics.transfer" asks it.
Result<void> move(const BlockContext& block, View& view, Events* events, const Did& from, const Did& to,
                  Millimana amount, const std::string& reference);

}  // namespace icn::economics
