#include "storage/sqlite/sqlite_reader.h"

#include <utility>

#include "storage/errors.h"
#include "storage/failed_reader.h"
#include "storage/sqlite/row_sum.h"

namespace icn::storage {
namespace {

Result<void> check_sum(const SqliteTable& table, ByteView key, ByteView record, std::int64_t sum) {
  if (is_row_sum(sum, key, record)) return {};
  return Error(kCorrupt, "table " + table.schema.name + ": the row of key " + hex_encode(key) +
                             " is damaged; restore the folder from a backup");
}

// On a connection of its own, or on that of a snapshot, which others use too.
class SqliteCursor final : public Cursor {
 public:
  SqliteCursor(SqliteReaders::Lease own, SqliteConnection& connection, const SqliteTable& table,
               const ScanRange& range, std::uint32_t id, Statement statement)
      : own_(std::move(own)),
        connection_(connection),
        table_(table),
        range_(range),
        id_(id),
        statement_(std::move(statement)) {
    if (!range_.from.empty()) bind_bytes(statement_.get(), 1, range_.from);
    if (!range_.to.empty()) bind_bytes(statement_.get(), 2, range_.to);
    // The first step is what fixes the moment it shows.
    const std::lock_guard lock(connection_.mutex);
    first_step_ = sqlite3_step(statement_.get());
  }
  SqliteCursor(const SqliteCursor&) = delete;
  SqliteCursor& operator=(const SqliteCursor&) = delete;
  ~SqliteCursor() override {
    const std::lock_guard lock(connection_.mutex);
    end();
  }

  Result<bool> next() override {
    const std::lock_guard lock(connection_.mutex);
    if (!statement_) return false;
    const int found =
        first_step_ ? *std::exchange(first_step_, std::nullopt) : sqlite3_step(statement_.get());
    if (found == SQLITE_ROW) return true;
    Result<bool> out(false);
    if (found != SQLITE_DONE) out = sqlite_error(connection_.db(), found);
    end();
    return out;
  }

  ByteView key() const override { return statement_ ? column_bytes(statement_.get(), 0) : ByteView(); }
  ByteView index_value() const override {
    return statement_ && range_.index ? column_bytes(statement_.get(), 3) : ByteView();
  }
  Result<Bytes> record() const override {
    const std::lock_guard lock(connection_.mutex);
    ICN_ASSERT(statement_ != nullptr);
    const ByteView found = column_bytes(statement_.get(), 1);
    ICN_TRY(check_sum(table_, column_bytes(statement_.get(), 0), found,
                      sqlite3_column_int64(statement_.get(), 2)));
    return to_bytes(found);
  }

 private:
  void end() {
    if (!statement_) return;
    sqlite3_reset(statement_.get());
    connection_.give_statement(id_, std::move(statement_));
  }

  SqliteReaders::Lease own_;
  SqliteConnection& connection_;
  const SqliteTable& table_;
  const ScanRange range_;
  const std::uint32_t id_;
  Statement statement_;            // null: at the end
  std::optional<int> first_step_;  // until next() is called first
};

Result<std::unique_ptr<Cursor>> open_cursor(SqliteReaders::Lease own, SqliteConnection& connection,
                                            const SqliteTable& table, const ScanRange& range) {
  ICN_ASSERT(!range.index || *range.index < table.schema.indexes.size());
  const auto list = static_cast<std::uint32_t>(range.index ? *range.index + 1 : 0);
  const std::uint32_t variant =
      list << 3 | (range.reverse ? 4U : 0U) | (range.from.empty() ? 0U : 2U) | (range.to.empty() ? 0U : 1U);
  const std::uint32_t id = statement_id(table, SqliteUse::kScan, variant);
  std::unique_lock lock(connection.mutex);
  ICN_TRY_ASSIGN(statement, connection.take_statement(id, [&] { return table.scan(range); }));
  lock.unlock();
  return std::unique_ptr<Cursor>(
      std::make_unique<SqliteCursor>(std::move(own), connection, table, range, id, std::move(statement)));
}

class SqliteSnapshot final : public Reader {
 public:
  SqliteSnapshot(SqliteReaders::Lease connection, const SqliteTables& tables)
      : connection_(std::move(connection)), tables_(tables) {}
  ~SqliteSnapshot() override { static_cast<void>(connection_->run("COMMIT")); }
  SqliteSnapshot(const SqliteSnapshot&) = delete;
  SqliteSnapshot& operator=(const SqliteSnapshot&) = delete;

  Result<std::optional<Bytes>> get(const TableSchema& table, ByteView key) const override {
    const std::lock_guard lock(connection_->mutex);
    return sqlite_get(*connection_, tables_.of(table), key);
  }
  Result<std::unique_ptr<Cursor>> scan(const TableSchema& table, const ScanRange& range) const override {
    return open_cursor(SqliteReaders::Lease(nullptr, {nullptr}), *connection_, tables_.of(table), range);
  }

 private:
  SqliteReaders::Lease connection_;
  const SqliteTables& tables_;
};

}  // namespace

Result<SqliteReaders::Lease> SqliteReaders::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!waiting_.empty()) {
      Lease out(waiting_.back().release(), {this});
      waiting_.pop_back();
      return out;
    }
  }
  ICN_TRY_ASSIGN(opened, SqliteConnection::open(file_, SQLITE_OPEN_READWRITE, busy_timeout_ms_));
  ICN_TRY(
      opened->run("PRAGMA query_only = ON; PRAGMA cache_size = -" + std::to_string(cache_size_bytes_ >> 10)));
  return Lease(opened.release(), {this});
}

void SqliteReaders::give(std::unique_ptr<SqliteConnection> connection) {
  const std::lock_guard lock(mutex_);
  if (waiting_.size() < kept_max_) waiting_.push_back(std::move(connection));
}

Result<std::optional<Bytes>> sqlite_get(SqliteConnection& connection, const SqliteTable& table,
                                        ByteView key) {
  ICN_TRY_ASSIGN(statement,
                 connection.statement(statement_id(table, SqliteUse::kGet), [&] { return table.get(); }));
  bind_bytes(statement, 1, key);
  const int found = sqlite3_step(statement);
  Result<std::optional<Bytes>> out{std::optional<Bytes>()};
  if (found == SQLITE_ROW) {
    const ByteView record = column_bytes(statement, 0);
    const auto sound = check_sum(table, key, record, sqlite3_column_int64(statement, 1));
    if (sound.ok()) {
      out = std::optional<Bytes>(to_bytes(record));
    } else {
      out = sound.error();
    }
  } else if (found != SQLITE_DONE) {
    out = sqlite_error(connection.db(), found);
  }
  sqlite3_reset(statement);
  return out;
}

Result<std::unique_ptr<Cursor>> sqlite_scan(SqliteReaders::Lease connection, const SqliteTable& table,
                                            const ScanRange& range) {
  SqliteConnection& reads = *connection;
  return open_cursor(std::move(connection), reads, table, range);
}

std::unique_ptr<Reader> sqlite_snapshot(SqliteReaders& readers, const SqliteTables& tables) {
  auto connection = readers.take();
  if (!connection.ok()) return std::make_unique<FailedReader>(connection.error());
  // BEGIN alone does not fix the moment: the first read does.
  const auto begun = (*connection)->run("BEGIN; SELECT name FROM sqlite_schema LIMIT 1");
  if (!begun.ok()) {
    static_cast<void>((*connection)->run("ROLLBACK"));
    return std::make_unique<FailedReader>(begun.error());
  }
  return std::make_unique<SqliteSnapshot>(std::move(*connection), tables);
}

}  // namespace icn::storage
