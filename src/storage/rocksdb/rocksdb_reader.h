#pragma once

#include <rocksdb/db.h>

#include <algorithm>
#include <vector>

#include "storage/store.h"

// Inside this folder only.
namespace icn::storage {

// NoSpace is kFull, Corruption is kCorrupt, the rest kInputOutput.
Error rocksdb_error(const rocksdb::Status& status);

inline rocksdb::Slice to_slice(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline ByteView from_slice(const rocksdb::Slice& slice) {
  return as_bytes(std::string_view(slice.data(), slice.size()));
}

// An open database, and how its tables are read.
struct RocksdbReads {
  rocksdb::DB& db;
  std::vector<std::uint16_t> passing_tables;  // these fill no block cache
  bool fills_cache(const TableSchema& table) const {
    return std::ranges::find(passing_tables, table.id) == passing_tables.end();
  }
};

// Reads as of `snapshot`; null = newest. `reads` outlives what is made here.
Result<std::optional<Bytes>> rocksdb_get(const RocksdbReads& reads, const rocksdb::Snapshot* snapshot,
                                         const TableSchema& table, ByteView key);
Result<std::unique_ptr<Cursor>> rocksdb_scan(const RocksdbReads& reads, const rocksdb::Snapshot* snapshot,
                                             const TableSchema& table, const ScanRange& range);
std::unique_ptr<Reader> rocksdb_snapshot(const RocksdbReads& reads);

}  // namespace icn::storage
