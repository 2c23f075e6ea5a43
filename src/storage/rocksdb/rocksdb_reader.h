#pragma once

#include <rocksdb/db.h>

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

// Reads as of `snapshot`; null = newest.
Result<std::optional<Bytes>> rocksdb_get(rocksdb::DB& db, const rocksdb::Snapshot* snapshot,
                                         const TableSchema& table, ByteView key);
Result<std::unique_ptr<Cursor>> rocksdb_scan(rocksdb::DB& db, const rocksdb::Snapshot* snapshot,
                                             const TableSchema& table, const ScanRange& range);
std::unique_ptr<Reader> rocksdb_snapshot(rocksdb::DB& db);

}  // namespace icn::storage
