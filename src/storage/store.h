#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

// The one storage interface. Engines: one folder each, the same conformance suite over all.
//
// A store holds named tables of (key, record), both byte strings, in key order. A table may declare
// indexes; a row then carries one value per index (or none: the row is not in that index), and an
// index scan yields rows ordered by (index value, key). Engines never decode records.
// Keys, records and index values may be empty; keys and index values have at most kKeySizeMax bytes.
namespace icn::storage {

inline constexpr std::size_t kKeySizeMax = 1024;

// Declared once per table (storage/tables.h) and known to the engine when it opens.
struct TableSchema {
  std::uint16_t id;                  // never reused
  std::string name;                  // SQL table name
  std::vector<std::string> indexes;  // SQL index names, position = index number
};

using IndexValues = std::vector<std::optional<Bytes>>;  // one per index of the table

// One change. `record` none = erase the key. `stale` are the index values the key has in the store
// now (empty when it is absent): the writer knows them, so that engines need not read before they write.
struct Row {
  const TableSchema* table;
  Bytes key;
  std::optional<Bytes> record;
  IndexValues indexes;
  IndexValues stale;
};

enum class Durability {
  kSynced,    // on disk before write() returns; survives power loss
  kBuffered,  // survives the end of this process once the operating system has it, at the latest after
              // flush()
};

// Keys k with from <= k < to, in order or in reverse; `to` empty = no upper bound.
// With `index` set, from/to bound the index value instead, and rows come in index order.
struct ScanRange {
  std::optional<std::size_t> index;
  Bytes from;
  Bytes to;
  bool reverse = false;
};

// A position in a scan. Starts before the first row. Views are valid until the next call of next().
// Owned by the caller; must not outlive the Reader it came from. Thread: one at a time.
class Cursor {
 public:
  virtual ~Cursor() = default;
  virtual Result<bool> next() = 0;           // false: no more rows
  virtual ByteView key() const = 0;          // the row's primary key
  virtual ByteView index_value() const = 0;  // empty unless an index is scanned
  virtual Result<Bytes> record() const = 0;
};

// Thread: any, at the same time as any writer.
class Reader {
 public:
  virtual ~Reader() = default;
  virtual Result<std::optional<Bytes>> get(const TableSchema& table, ByteView key) const = 0;
  // In the order of the keys. One by one, unless the engine's way there and back is worth sharing: then all
  // are of one moment.
  virtual Result<std::vector<std::optional<Bytes>>> get_several(const TableSchema& table,
                                                                const std::vector<ByteView>& keys) const;
  // Shows the rows as they are now, whatever is written while the cursor moves.
  virtual Result<std::unique_ptr<Cursor>> scan(const TableSchema& table, const ScanRange& range) const = 0;
};

struct StoreStats {
  std::string engine;       // "rocksdb"
  std::uint64_t bytes = 0;  // on disk (memory engine: in memory), estimated
  std::uint64_t keys = 0;   // estimated
  std::string refuses;      // why writes are refused now; empty: they are taken
};

// Reads through a Store see every completed write(), synced or not.
// Errors of any operation: kCorrupt, kInputOutput. write() and flush() also kFull, kSyncFailed and
// kMustReopen; after either of these the store refuses every further write until it is opened again.
class Store : public Reader {
 public:
  // Applies all rows or none, atomically, in order. Thread: any; writers exclude each other.
  // A key or index value longer than kKeySizeMax: kBadRow.
  virtual Result<void> write(const std::vector<Row>& rows, Durability durability) = 0;
  // A frozen view; later writes do not show. Must not outlive the store.
  virtual std::unique_ptr<Reader> snapshot() const = 0;
  // Makes every write completed before the call durable. Thread: any, also while others write:
  // write(kBuffered) here and flush() there let the next batch fill while one is being synced.
  virtual Result<void> flush() = 0;
  virtual StoreStats stats() const = 0;
};

// Opens (or creates) a store again and again on the same folder: recovery after kSyncFailed needs it.
// What a store shows when it has been opened is durable, whatever became of the sync that wrote it.
// Errors: kForeignFolder, kNewerSchema, kLocked, kCorrupt: nothing was touched. kFull, kInputOutput.
class Engine {
 public:
  virtual ~Engine() = default;
  virtual Result<std::unique_ptr<Store>> open(const std::vector<TableSchema>& tables) = 0;
};

}  // namespace icn::storage
