#pragma once

#include <memory>
#include <vector>

#include "base/log.h"
#include "storage/fault/fault_engine.h"
#include "storage/folder_guard.h"
#include "storage/memory/memory_engine.h"
#include "storage/postgresql/test_support.h"
#include "storage/rocksdb/rocksdb_engine.h"
#include "storage/sled/sled_engine.h"
#include "storage/sqlite/sqlite_engine.h"

// Every engine, and some with settings that drive them through their files: what the conformance suite runs
// over.
namespace icn::storage::testing {

struct EngineRow {
  const char* name;
  std::unique_ptr<Engine> (*make)(const std::filesystem::path& folder,
                                  const std::vector<Migration>& migrations);
  bool is_kept;  // on a disk: it has a schema version
};

inline std::unique_ptr<Engine> make_memory(const std::filesystem::path&, const std::vector<Migration>&) {
  return std::make_unique<MemoryEngine>();
}
inline std::unique_ptr<Engine> make_rocksdb(const std::filesystem::path& folder,
                                            const std::vector<Migration>& migrations) {
  return std::make_unique<RocksdbEngine>(folder, RocksdbOptions{}, make_silent_log(), migrations);
}
// Memory tables of 64 KiB, so that reads and snapshots cross flushes and compactions.
inline std::unique_ptr<Engine> make_rocksdb_small(const std::filesystem::path& folder,
                                                  const std::vector<Migration>& migrations) {
  RocksdbOptions options;
  options.write_buffer_size_bytes = 64 << 10;
  options.target_file_size_base_bytes = 64 << 10;
  options.bottommost_compression = "zstd";
  return std::make_unique<RocksdbEngine>(folder, options, make_silent_log(), migrations);
}
inline std::unique_ptr<Engine> make_sled(const std::filesystem::path& folder,
                                         const std::vector<Migration>& migrations) {
  SledOptions options;
  options.cache_capacity_bytes = 64 << 20;
  return std::make_unique<SledEngine>(folder, options, make_silent_log(), migrations);
}
// As little in memory as sled does with, so that reads and snapshots cross its files.
inline std::unique_ptr<Engine> make_sled_small(const std::filesystem::path& folder,
                                               const std::vector<Migration>& migrations) {
  SledOptions options;
  options.cache_capacity_bytes = 1 << 20;
  options.flush_every_ms = 1;
  options.compression_factor = 0;
  return std::make_unique<SledEngine>(folder, options, make_silent_log(), migrations);
}
inline std::unique_ptr<Engine> make_sqlite(const std::filesystem::path& folder,
                                           const std::vector<Migration>& migrations) {
  return std::make_unique<SqliteEngine>(folder, SqliteOptions{}, make_silent_log(), migrations);
}
// A log of 64 KiB, so that it is emptied under readers, and no connection is used twice.
inline std::unique_ptr<Engine> make_sqlite_small(const std::filesystem::path& folder,
                                                 const std::vector<Migration>& migrations) {
  SqliteOptions options;
  options.checkpoint_size_bytes = 64 << 10;
  options.readers_kept = 0;
  return std::make_unique<SqliteEngine>(folder, options, make_silent_log(), migrations);
}
// Null where PostgreSQL is not installed.
inline std::unique_ptr<Engine> make_postgresql(const std::filesystem::path& folder,
                                               const std::vector<Migration>& migrations) {
  const PostgresqlServer* const server = PostgresqlServer::shared();
  if (server == nullptr) return nullptr;
  return std::make_unique<PostgresqlEngine>(folder, postgresql_options(*server, folder), make_silent_log(),
                                            migrations);
}
inline std::unique_ptr<Engine> make_faultless(const std::filesystem::path&, const std::vector<Migration>&) {
  return std::make_unique<FaultEngine>(std::make_unique<MemoryEngine>(), std::make_shared<FaultScript>());
}

inline constexpr EngineRow kEngines[] = {
    {"memory", &make_memory, false},
    {"rocksdb", &make_rocksdb, true},
    {"rocksdb_small", &make_rocksdb_small, true},
    {"sled", &make_sled, true},
    {"sled_small", &make_sled_small, true},
    {"sqlite", &make_sqlite, true},
    {"sqlite_small", &make_sqlite_small, true},
    {"postgresql", &make_postgresql, true},
    {"fault_over_memory", &make_faultless, false},
};

}  // namespace icn::storage::testing
