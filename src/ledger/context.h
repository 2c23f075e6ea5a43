#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "ledger/parameters.h"
#include "ledger/transaction.h"

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

  // Deadlines are kept in running time, which stands still when the network does.
  std::uint64_t running_secs() const { return time - standstill_secs; }
};

struct ApplyContext {
  const BlockContext& block;
  const CheckedTransaction& transaction;
  std::vector<Event>& events;

  const Did& sender() const { return transaction.envelope().sender; }
  const Parameters& parameters() const { return *block.parameters; }
};

}  // namespace icn::ledger
