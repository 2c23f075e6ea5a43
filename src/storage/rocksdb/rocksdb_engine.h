#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/log.h"
#include "storage/folder_guard.h"
#include "storage/store.h"

namespace rocksdb {
class Env;
}

namespace icn::storage {

// The defaults are those of the performance guide; where it is silent, what was measured best here.
struct RocksdbOptions {
  int max_open_files = 1000;
  std::uint64_t write_buffer_size_bytes = 64 << 20;  // taken as it fills, not at the start
  int max_write_buffer_number = 3;
  std::uint64_t target_file_size_base_bytes = 64 << 20;
  std::string compression = "lz4";     // none, snappy, lz4, zstd
  std::string bottommost_compression;  // the same names; empty: like `compression`
  int max_background_jobs = 2;
  int level0_compaction_trigger = 4;  // files
  int level0_slowdown_trigger = 20;
  int level0_stop_trigger = 36;
  std::uint64_t block_cache_size_bytes = 32 << 20;
  double bloom_bits_per_key = 10;  // 0: no filters
  std::uint64_t bytes_per_sync =
      1 << 20;  // of table files, so that a large one does not stall the log's sync
  // Writes that would leave less free on the disk are refused with kFull. 0: only when RocksDB finds it full.
  std::uint64_t free_space_min_bytes = 16 << 20;
  // True for large batches, which come in key order: they fill the memory table 1.4 x as fast. Single rows in
  // no order fill it 8 % slower.
  bool sorted_batches = false;
  // With sorted_batches: tables whose rows are few and written again and again. A new version is found twice
  // as fast, for about 270 bytes of the memory table a row.
  std::vector<std::uint16_t> rewritten_tables = {};
  // Tables of large records whose reader keeps those it needs again: reading them fills no block cache.
  std::vector<std::uint16_t> passing_tables = {};
  // False: one thread fills the memory table, which is faster for one writer.
  bool concurrent_memtable_writes = false;
  // Files and threads; null: the system's. Tests give one that fails. Must outlive the engine.
  rocksdb::Env* environment = nullptr;
};

// RocksDB in `folder`/rocksdb, in the layout of layout.h, guarded by folder_guard.h.
//
// write(kBuffered) puts a batch into the log and the memory table; flush() syncs the log, from any
// thread. Threads that write(kSynced) at the same time share syncs. What a store shows after open() is
// durable: recovery writes it to new files and syncs them.
// No room: kFull, and the next write that finds room goes through. Should RocksDB itself meet the full disk:
// in a flush or compaction, kFull until it has looked again (every 5 s); in its log, kFull until there is
// room and then kMustReopen, since only opening again gets over that. A failed sync, or a failed write whose
// outcome is unknown: kSyncFailed from then on. `compression` names are checked by open(): an unknown one is
// kInputOutput.
class RocksdbEngine final : public Engine {
 public:
  RocksdbEngine(std::filesystem::path folder, RocksdbOptions options, std::shared_ptr<Log> log,
                std::vector<Migration> migrations = {});
  ~RocksdbEngine() override;
  Result<std::unique_ptr<Store>> open(const std::vector<TableSchema>& tables) override;

 private:
  std::filesystem::path folder_;
  RocksdbOptions options_;
  std::shared_ptr<Log> log_;
  std::vector<Migration> migrations_;
};

}  // namespace icn::storage
