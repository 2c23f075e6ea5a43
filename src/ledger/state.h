#pragma once

#include <array>
#include <utility>

#include "ledger/tables.h"

// Tables of the ledger itself. Numbers of tables: 1-19 ledger, 20-39 identity, 40-59 economics,
// 60-79 mesh, 80-99 dag, 100-119 federation, 120-139 governance. 200 and above are outside the agreed
// state: blocks, indexes of transactions, what a node keeps for itself.
namespace icn::ledger {

inline constexpr std::uint16_t kAgreedTablesEnd = 200;

struct StoredParameter {
  std::string name;
  std::int64_t value = 0;
  static constexpr auto fields() {
    return described(codec::field("name", &StoredParameter::name),
                     codec::field("value", &StoredParameter::value));
  }
};

// One row, key "clock". Running time = block time - standstill_secs: deadlines are kept in running time, so
// that a standstill of the network moves all of them at once (design.md 4).
struct LedgerClock {
  std::uint64_t standstill_secs = 0;
  std::uint64_t heartbeat_secs = 0;  // block time of the last heartbeat; 0: none runs
  static constexpr auto fields() {
    return described(codec::field("standstill_secs", &LedgerClock::standstill_secs),
                     codec::field("heartbeat_secs", &LedgerClock::heartbeat_secs));
  }
};

// Key (due in running time, kind, id).
struct DueRow {
  std::uint64_t due_secs = 0;
  std::string kind;
  std::string id;
  static constexpr auto fields() {
    return described(codec::field("due_secs", &DueRow::due_secs), codec::field("kind", &DueRow::kind),
                     codec::field("id", &DueRow::id));
  }
};
using DueKey = std::tuple<std::uint64_t, std::string, std::string>;

// What genesis fixed for ever.
struct NetworkRecord {
  std::string network;
  std::string profile;
  Did operator_did;
  std::uint64_t genesis_secs = 0;
  static constexpr auto fields() {
    return described(codec::field("network", &NetworkRecord::network),
                     codec::field("profile", &NetworkRecord::profile),
                     codec::field("operator_did", &NetworkRecord::operator_did),
                     codec::field("genesis_secs", &NetworkRecord::genesis_secs));
  }
};

// What orders this ledger from the next block on. No row: what the node's settings say.
enum class Order {
  kFederation,  // the engine of a federation this ledger became
  kSealed,      // nothing: its cooperative went on in another network
};
constexpr auto enum_names(Order) {
  return std::array{std::pair(Order::kFederation, std::string_view("federation")),
                    std::pair(Order::kSealed, std::string_view("sealed"))};
}
// One row, key "order".
struct OrderRecord {
  Order order = Order::kFederation;
  std::string network;       // that goes on
  std::uint64_t height = 0;  // of the block that says so, the last one of the old order
  static constexpr auto fields() {
    return described(codec::field("order", &OrderRecord::order),
                     codec::field("network", &OrderRecord::network),
                     codec::field("height", &OrderRecord::height));
  }
};
inline const std::string kOrderKey = "order";

// Where a transaction stands. Key: its id, 32 bytes.
struct TransactionPlace {
  std::uint64_t height = 0;
  std::uint32_t index = 0;
  static constexpr auto fields() {
    return described(codec::field("height", &TransactionPlace::height),
                     codec::field("index", &TransactionPlace::index));
  }
};

inline const Table<std::string, StoredParameter> kParameters{1, "ledger_parameters"};
inline const Table<std::string, LedgerClock> kClock{2, "ledger_clock"};
inline const Table<DueKey, DueRow> kDue{3, "ledger_due"};
inline const Table<std::string, NetworkRecord> kNetwork{4, "ledger_network"};
inline const Table<std::string, OrderRecord> kOrder{5, "ledger_order"};

inline const Table<Bytes, TransactionPlace> kTransactionPlaces{200, "ledger_transactions"};

}  // namespace icn::ledger
