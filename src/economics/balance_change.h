#pragma once

#include <optional>
#include <string_view>

#include "ledger/context.h"

namespace icn::economics {

// One entry of an account's history, as Books::finish() tells it.
inline constexpr std::string_view kBalanceEvent = "ManaBalanceChanged";

// Views into the event's data.
struct BalanceChange {
  std::string_view kind;    // of the entry's last line, "transfer_out"
  std::string_view amount;  // mana in decimal, "-3.5"
};

// None: an event of another type. Read without parsing the whole: every write of the ledger has some.
std::optional<BalanceChange> read_balance_change(const ledger::Event& event);

}  // namespace icn::economics
