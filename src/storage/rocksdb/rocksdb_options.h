#pragma once

#include <rocksdb/options.h>

#include "storage/rocksdb/rocksdb_engine.h"

// Inside this folder, and for the bench that runs plain RocksDB beside ours.
namespace icn::storage {

Result<rocksdb::Options> rocksdb_options(const RocksdbOptions& options, std::shared_ptr<Log> log);

}  // namespace icn::storage
