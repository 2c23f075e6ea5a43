#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/mana.h"
#include "ledger/parameters.h"
#include "ledger/transaction.h"

namespace icn::storage {
class Reader;
}

namespace icn::ledger {

// Told to whoever listens once its block is durable. `data` is a JSON object.
struct Event {
  std::string type;  // "ManaBalanceChanged"
  std::string data;
};

// All that a rule may know of where it runs, beside the state.
struct BlockContext {
  std::string_view network;
  std::uint64_t height = 0;
  TimestampSecs time = 0;             // the block's; never goes back
  std::uint64_t standstill_secs = 0;  // how long the network stood still so far
  const Parameters* parameters = nullptr;
  // Hash of the block before: what nobody knew who made this block's transactions much earlier.
  ByteView previous = {};

  // Deadlines are kept in running time, which stands still when the network does.
  std::uint64_t running_secs() const { return time - standstill_secs; }
};

class View;

// What economics gives to the domains that stand below it: fees and the start grant.
struct Economy {
  // Burns `fee` from the account of `payer`. exceeds_balance; nothing is changed then.
  Result<void> (*burn_fee)(const BlockContext& block, View& view, const Did& payer, Millimana fee,
                           std::string_view reason, const std::string& reference);
  // True when `did` has an account: creation is free for who has none.
  Result<bool> (*has_account)(const View& view, const Did& did);
  // Pays the start grant if `did` never had it and the day's share is not used up; else does nothing.
  Result<void> (*grant_start)(const BlockContext& block, View& view, const Did& did,
                              const std::string& reference);
  // The organization whose people `operator_did` may vouch for; none: nobody's.
  Result<std::optional<Did>> (*vouches_for)(const storage::Reader& state, const Did& operator_did) = nullptr;
};

struct ApplyContext {
  const BlockContext& block;
  const Economy& economy;
  const CheckedTransaction& transaction;
  std::vector<Event>& events;

  const Did& sender() const { return transaction.envelope().sender; }
  const Parameters& parameters() const { return *block.parameters; }
};

}  // namespace icn::ledger
