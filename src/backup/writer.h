#pragma once

#include <memory>
#include <unordered_set>

#include "backup/entry.h"
#include "storage/store.h"

namespace icn::backup {

// A store as it was at one moment.
struct StoreView {
  std::string name;  // "ledger"
  std::string engine;
  std::uint64_t schema = 1;
  std::shared_ptr<const storage::Reader> reader;  // frozen
  std::vector<storage::TableSchema> tables;
};

using KnownPieces = std::unordered_set<crypto::Hash, crypto::HashOfHash>;

struct WriterParts {
  Begin begin;  // its `stores` are filled from `stores`
  std::vector<StoreView> stores;
  std::vector<std::pair<std::string, Bytes>> files;
  // Chunks the receiver has: of these it is sent the line alone. Null: none.
  const KnownPieces* known = nullptr;
  // Sees every row, store after store, in order of table and key. Null: nobody asks.
  std::function<Result<void>(const StoreView& store, std::uint16_t table, ByteView key, ByteView record)> see;
  // Called after each chunk; an error ends the backup. Null: never.
  std::function<Result<void>()> go_on;
  // Completes the end when all rows were seen.
  std::function<void(End& end)> finish;
};

// Gives the entries of a backup to `take`. Reads each store once, keeps one chunk in memory. Thread: any.
// Errors: of the stores, of `take`, of `go_on`.
Result<void> write_backup(WriterParts parts, const Take& take);

// The tables in order of their ids.
std::vector<const storage::TableSchema*> in_order(const std::vector<storage::TableSchema>& tables);

}  // namespace icn::backup
