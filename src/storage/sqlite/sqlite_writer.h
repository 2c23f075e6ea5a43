#pragma once

#include <filesystem>
#include <set>

#include "storage/sqlite/sqlite_engine.h"
#include "storage/sqlite/sqlite_reader.h"

// Inside this folder only.
namespace icn::storage {

inline constexpr const char* kSqliteFile = "store.db";

// The one connection that writes. Thread: one at a time.
class SqliteWriter {
 public:
  // Opens the file, or makes it; its tables and indexes are there afterwards, and all it shows is durable.
  static Result<std::unique_ptr<SqliteWriter>> open(const std::filesystem::path& file, bool may_create,
                                                    const SqliteOptions& options, const SqliteTables& tables);
  ~SqliteWriter();
  SqliteWriter(const SqliteWriter&) = delete;
  SqliteWriter& operator=(const SqliteWriter&) = delete;

  // All rows or none; not synced. kSyncFailed: whether they are there is known only after opening again.
  Result<void> write(const std::vector<Row>& rows);
  // Puts the log into the database when it holds `size_bytes` that are not there, and begins it anew; waits a
  // little for those who read an older moment once it has grown to a multiple of that. What they still read
  // then stays until the next time. Thread: as write(), which stays possible after kFull.
  Result<void> checkpoint(std::uint64_t size_bytes);
  // The same with all of it, and gives the log's room back to the disk.
  Result<void> empty_log();
  // Makes what was written durable; empty, or what went wrong. Thread: any.
  std::string sync() const;
  // Nothing more is written, also not when this ends: the log stays as it is.
  void abandon();

  std::int64_t rows() const { return rows_; }
  // For reads of what is written; null when a batch could be neither finished nor undone. Thread: as write().
  SqliteConnection* between_batches() const {
    return sqlite3_get_autocommit(connection_->db()) != 0 ? connection_.get() : nullptr;
  }
  // Of the log, what is not in the database. Thread: as write().
  std::uint64_t log_bytes() const { return (log_pages_ - moved_pages_) * page_size_bytes_; }
  // The room that the log's file takes. Thread: as write().
  std::uint64_t log_file_bytes() const;
  // What a checkpoint adds to the file of the database, log_bytes() at most. Thread: as write().
  Result<std::uint64_t> growth_bytes() const;

 private:
  SqliteWriter(std::unique_ptr<SqliteConnection> connection, const SqliteOptions& options,
               const SqliteTables& tables)
      : connection_(std::move(connection)), options_(options), tables_(tables) {}
  Result<void> set_up(bool may_create);
  Result<void> make_tables();
  Result<void> make_reports();
  Result<void> open_log(const std::filesystem::path& file);
  Result<void> apply(const Row& row);
  Result<void> put(const SqliteTable& table, const Row& row);
  Result<int> step(const SqliteTable& table, SqliteUse use, const Row& row, const ReadableRow& readable);
  Result<void> transact(const char* sql, std::uint32_t number);
  Result<void> note_rows();
  Result<void> move_log(int how);
  void note_log(std::uint64_t pages);

  std::unique_ptr<SqliteConnection> connection_;
  const SqliteOptions options_;
  const SqliteTables& tables_;
  std::set<std::uint16_t> growing_;  // tables whose last put was of a new key: the next one likely is, too
  std::int64_t rows_ = 0;
  std::int64_t batch_rows_ = 0;  // how many the batch under way adds
  int log_file_ = -1;
  std::uint64_t log_pages_ = 0;
  std::uint64_t moved_pages_ = 0;  // of these, how many are in the database, too
  std::uint64_t page_size_bytes_ = 0;
  bool is_abandoned_ = false;
};

}  // namespace icn::storage
