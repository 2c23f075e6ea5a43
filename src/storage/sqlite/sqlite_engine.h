#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/log.h"
#include "storage/folder_guard.h"
#include "storage/sql/reports.h"
#include "storage/store.h"

namespace icn::storage {

struct SqliteOptions {
  std::uint64_t cache_size_bytes = 64 << 20;        // pages the writer keeps
  std::uint64_t reader_cache_size_bytes = 2 << 20;  // of each reader; dropped whenever the writer commits
  // Size of the log from which it is put into the database. Larger: fewer writes of a page, slower reads.
  std::uint64_t checkpoint_size_bytes = 32 << 20;
  std::uint64_t busy_timeout_ms = 5000;  // how long another program that locks the database is waited for
  std::size_t readers_kept = 16;  // connections that wait for the next reader; more are closed after use
  // Writes that would leave less free on the disk, once the log is in the database, are refused with kFull.
  // 0: none are before the disk is full.
  std::uint64_t free_space_min_bytes = 16 << 20;
  // Makes the log durable in the place of fdatasync(2), with its answers; for tests.
  std::function<int(int file)> sync = nullptr;
  ReadableTables readable = {};
  std::vector<sql::Report> reports = {};
};

// SQLite in `folder`/store.db, guarded by folder_guard.h, with tables as in sql/columns.h. Any program may
// read it meanwhile; one that holds the lock to write, or an old state so that the log cannot be emptied,
// slows us.
//
// write(kBuffered) commits to the log (WAL) without a sync; flush() syncs the log, from any thread. Threads
// that write(kSynced) at the same time share syncs. The log is put into the database by whoever writes once
// it has its size. What a store shows after open() is durable: open() does so with all of the log. No room:
// kFull; the next write that finds room goes through. A failed sync: kSyncFailed from then on. A row whose
// checksum differs is kCorrupt. A folder without its file, or whose file is no database of ours: kCorrupt.
class SqliteEngine final : public Engine {
 public:
  SqliteEngine(std::filesystem::path folder, SqliteOptions options, std::shared_ptr<Log> log,
               std::vector<Migration> migrations = {});
  ~SqliteEngine() override;
  Result<std::unique_ptr<Store>> open(const std::vector<TableSchema>& tables) override;

 private:
  std::filesystem::path folder_;
  SqliteOptions options_;
  std::shared_ptr<Log> log_;
  std::vector<Migration> migrations_;
};

}  // namespace icn::storage
