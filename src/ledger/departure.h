#pragma once

#include <functional>
#include <string_view>
#include <tuple>
#include <vector>

#include "ledger/context.h"
#include "ledger/view.h"

// A node that leaves its federation goes on as a network of its own ("federation.depart"): what is others'
// stays behind. Each domain takes its rows out itself (departure.h of identity, economics, ...).
namespace icn::ledger {

// Whose records stay in the ledger.
using IsKept = std::function<bool(const Did&)>;

// What a domain takes part in.
struct Departure {
  const BlockContext& block;
  View& view;
  std::vector<Event>& events;
  const IsKept& is_kept;
};

// Whether what was written since `savepoint` makes the ledger that of another network.
Result<bool> begins_network(const View& view, View::Savepoint savepoint);

// For invariants: `what` never goes while a network lasts. internal, unless another one begins here.
Result<void> check_may_go(const View& view, View::Savepoint savepoint, std::string_view what);

// Erases the rows for which `goes(key, record)`. Reads the whole table. Answers how many went.
template <typename Key, typename Record, typename Goes>
Result<std::uint64_t> sweep(View& view, const Table<Key, Record>& table, Goes&& goes) {
  std::vector<Key> gone;
  {
    ICN_TRY_ASSIGN(rows, table.scan(view, {}));
    while (true) {
      ICN_TRY_ASSIGN(row, rows.next());
      if (!row) break;
      Key key;
      bool is_read = false;
      if constexpr (requires { std::tuple_size<Key>::value; })
        is_read = std::apply([&](auto&... part) { return storage::parse_key(rows.key(), part...); }, key);
      else
        is_read = storage::parse_key(rows.key(), key);
      if (!is_read)
        return Error(storage::kCorrupt, "a key of " + std::string(table.schema().name) + " cannot be read");
      if (goes(std::as_const(key), std::as_const(*row))) gone.push_back(std::move(key));
    }
  }
  for (const Key& key : gone) ICN_TRY(table.erase(view, key));
  return gone.size();
}

// The records of a table for which `picks(record)`, all read before anything is changed.
template <typename Key, typename Record, typename Picks>
Result<std::vector<Record>> pick(const View& view, const Table<Key, Record>& table, Picks&& picks) {
  std::vector<Record> out;
  ICN_TRY_ASSIGN(rows, table.scan(view, {}));
  while (true) {
    ICN_TRY_ASSIGN(row, rows.next());
    if (!row) return out;
    if (picks(std::as_const(*row))) out.push_back(std::move(*row));
  }
}

}  // namespace icn::ledger
