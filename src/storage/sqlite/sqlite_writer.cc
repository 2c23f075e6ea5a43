#include "storage/sqlite/sqlite_writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "storage/errors.h"
#include "storage/layout.h"
#include "storage/sqlite/row_sum.h"

namespace icn::storage {
namespace {

constexpr std::int64_t kApplicationId = 0x49434E31;  // "ICN1", in the head of the file
constexpr std::uint64_t kPageSizeBytes = 8192;
// How many times its size the log may have before those who read are waited for, and how long.
constexpr std::uint64_t kLongLogSizes = 2;
constexpr int kReadersWaitMs = 100;

void bind_row(sqlite3_stmt* statement, const SqliteTable& table, const Row& row,
              const ReadableRow& readable) {
  const int places = sqlite3_bind_parameter_count(statement);
  bind_bytes(statement, 1, row.key);
  if (places < 3) return;
  bind_bytes(statement, 2, *row.record);
  sqlite3_bind_int64(statement, 3, row_sum(row.key, *row.record));
  for (std::size_t index = 0; index < row.indexes.size() && table.index_place(index) <= places; ++index) {
    if (row.indexes[index]) {
      bind_bytes(statement, table.index_place(index), *row.indexes[index]);
    } else {
      sqlite3_bind_null(statement, table.index_place(index));
    }
  }
  if (table.readable == nullptr) return;
  const auto bind_text = [&](int place, const std::string& text) {
    sqlite3_bind_text64(statement, place, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
  };
  bind_text(table.json_place(), readable.key);
  bind_text(table.json_place() + 1, readable.record);
}

std::string sql_of(const SqliteTable& table, SqliteUse use) {
  switch (use) {
    case SqliteUse::kInsert:
      return table.insert();
    case SqliteUse::kUpdate:
      return table.update();
    case SqliteUse::kUpdateRecord:
      return table.update_record();
    default:
      return table.erase();
  }
}

}  // namespace

Result<std::unique_ptr<SqliteWriter>> SqliteWriter::open(const std::filesystem::path& file, bool may_create,
                                                         const SqliteOptions& options,
                                                         const SqliteTables& tables) {
  const int flags = SQLITE_OPEN_READWRITE | (may_create ? SQLITE_OPEN_CREATE : 0);
  ICN_TRY_ASSIGN(connection, SqliteConnection::open(file, flags, options.busy_timeout_ms));
  auto out = std::unique_ptr<SqliteWriter>(new SqliteWriter(std::move(connection), options, tables));
  const auto is_set_up = out->set_up(may_create);
  if (!is_set_up.ok()) {
    out->abandon();
    return is_set_up.error();
  }
  ICN_TRY(out->open_log(file));
  return out;
}

SqliteWriter::~SqliteWriter() {
  if (!is_abandoned_) static_cast<void>(note_rows());
  connection_.reset();
  if (log_file_ >= 0) ::close(log_file_);
}

Result<void> SqliteWriter::set_up(bool may_create) {
  SqliteConnection& connection = *connection_;
  ICN_TRY_ASSIGN(application, connection.number("PRAGMA application_id"));
  if (application != kApplicationId && !may_create)
    return Error(kCorrupt, "it is no database of this program");
  ICN_TRY(connection.run("PRAGMA page_size = " + std::to_string(kPageSizeBytes)));
  ICN_TRY_ASSIGN(mode, connection.text("PRAGMA journal_mode = WAL"));
  if (mode != "wal") return Error(kInputOutput, "it cannot be used with a log (WAL) on this file system");
  ICN_TRY(connection.run("PRAGMA cache_size = -" + std::to_string(options_.cache_size_bytes >> 10)));
  ICN_TRY(connection.run("PRAGMA journal_size_limit = " +
                         std::to_string(kLongLogSizes * options_.checkpoint_size_bytes)));
  // NORMAL syncs before and after a checkpoint only. Everything that a log holds goes into the database here:
  // after a failed sync it may exist in the page cache alone.
  ICN_TRY(connection.run("PRAGMA synchronous = FULL"));
  ICN_TRY(make_tables());
  ICN_TRY(make_reports());
  int in_log = 0;
  int moved = 0;
  const int done =
      sqlite3_wal_checkpoint_v2(connection.db(), nullptr, SQLITE_CHECKPOINT_FULL, &in_log, &moved);
  if (done != SQLITE_OK) return sqlite_error(connection.db(), done);
  ICN_TRY(connection.run("PRAGMA synchronous = NORMAL"));
  ICN_TRY_ASSIGN(page_size, connection.number("PRAGMA page_size"));
  page_size_bytes_ = static_cast<std::uint64_t>(page_size);
  ICN_TRY_ASSIGN(rows, connection.number("SELECT value FROM icn_meta WHERE name = 'rows'"));
  rows_ = rows;
  sqlite3_wal_hook(
      connection.db(),
      [](void* self, sqlite3*, const char*, int pages) {
        static_cast<SqliteWriter*>(self)->note_log(static_cast<std::uint64_t>(pages));
        return SQLITE_OK;
      },
      this);
  return {};
}

Result<void> SqliteWriter::make_tables() {
  std::string sql = "BEGIN IMMEDIATE;";
  sql += "PRAGMA application_id = " + std::to_string(kApplicationId) + ";";
  sql +=
      "CREATE TABLE IF NOT EXISTS icn_meta (name TEXT NOT NULL PRIMARY KEY, value INTEGER NOT NULL) WITHOUT "
      "ROWID;";
  sql += "INSERT INTO icn_meta VALUES ('rows', 0) ON CONFLICT DO NOTHING;";
  for (const auto& [id, table] : tables_) sql += table.create();
  return connection_->run(sql + "COMMIT");
}

Result<void> SqliteWriter::make_reports() {
  const std::string reports = sql::report_sql(options_.reports, tables_.schemas(), options_.readable, false);
  const std::string sum = std::to_string(static_cast<std::int64_t>(xxh64(as_bytes(reports), 0)));
  ICN_TRY_ASSIGN(made, connection_->text("SELECT value FROM icn_meta WHERE name = 'reports'"));
  if (made == sum) return {};
  return connection_->run("BEGIN IMMEDIATE;" + reports + "INSERT INTO icn_meta VALUES ('reports', " + sum +
                          ") ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value; COMMIT");
}

Result<void> SqliteWriter::open_log(const std::filesystem::path& file) {
  // A descriptor of our own: SQLite syncs only within a commit, and locks nothing on this file.
  const std::string log = file.string() + "-wal";
  log_file_ = ::open(log.c_str(), O_RDONLY | O_CLOEXEC);
  if (log_file_ < 0) return Error(kInputOutput, log + ": " + std::strerror(errno));
  const int folder = ::open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool is_synced = folder >= 0 && ::fsync(folder) == 0;
  const int problem = errno;
  if (folder >= 0) ::close(folder);
  if (!is_synced) return Error(kInputOutput, file.parent_path().string() + ": " + std::strerror(problem));
  return {};
}

void SqliteWriter::abandon() {
  is_abandoned_ = true;
  sqlite3_db_config(connection_->db(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

std::string SqliteWriter::sync() const {
  const int done = options_.sync ? options_.sync(log_file_) : ::fdatasync(log_file_);
  return done == 0 ? std::string() : std::string("the log was not synced: ") + std::strerror(errno);
}

Result<void> SqliteWriter::write(const std::vector<Row>& rows) {
  for (const Row& row : rows) ICN_TRY(check_row(row));
  batch_rows_ = 0;
  ICN_TRY(transact("BEGIN IMMEDIATE", 0));
  Result<void> done;
  for (const Row& row : rows) {
    done = apply(row);
    if (!done.ok()) break;
  }
  if (done.ok()) done = transact("COMMIT", 1);
  if (done.ok()) {
    rows_ += batch_rows_;
    return {};
  }
  // Some errors have rolled back already.
  if (sqlite3_get_autocommit(connection_->db()) == 0) {
    if (const auto undone = transact("ROLLBACK", 2); !undone.ok()) {
      return Error(kSyncFailed,
                   done.error().detail() + "; and it could not be rolled back: " + undone.error().detail());
    }
  }
  return done;
}

Result<void> SqliteWriter::transact(const char* sql, std::uint32_t number) {
  ICN_TRY_ASSIGN(statement,
                 connection_->statement(kOtherStatements + number, [&] { return std::string(sql); }));
  const int done = sqlite3_step(statement);
  Result<void> out;
  if (done != SQLITE_DONE) out = sqlite_error(connection_->db(), done);
  sqlite3_reset(statement);
  return out;
}

Result<void> SqliteWriter::apply(const Row& row) {
  const SqliteTable& table = tables_.of(*row.table);
  if (row.record) return put(table, row);
  ICN_TRY_ASSIGN(erased, step(table, SqliteUse::kErase, row, {}));
  batch_rows_ -= erased;
  return {};
}

// Whether a key is new is not known: what is tried first is what the last row of the table was.
Result<void> SqliteWriter::put(const SqliteTable& table, const Row& row) {
  const ReadableRow readable =
      table.readable != nullptr ? table.readable(row.key, *row.record) : ReadableRow();
  const bool has_same_indexes = !row.stale.empty() && row.stale == row.indexes;
  const SqliteUse update = has_same_indexes ? SqliteUse::kUpdateRecord : SqliteUse::kUpdate;
  const bool is_new_likely = row.stale.empty() && growing_.contains(table.schema.id);
  for (const SqliteUse use :
       {is_new_likely ? SqliteUse::kInsert : update, is_new_likely ? update : SqliteUse::kInsert}) {
    ICN_TRY_ASSIGN(changed, step(table, use, row, readable));
    if (changed == 0) continue;
    if (use == SqliteUse::kInsert) {
      ++batch_rows_;
      growing_.insert(table.schema.id);
    } else if (is_new_likely) {
      growing_.erase(table.schema.id);
    }
    return {};
  }
  return Error(kCorrupt, "table " + table.schema.name + ": a row is neither there nor can be added");
}

// How many rows it changed.
Result<int> SqliteWriter::step(const SqliteTable& table, SqliteUse use, const Row& row,
                               const ReadableRow& readable) {
  ICN_TRY_ASSIGN(statement,
                 connection_->statement(statement_id(table, use), [&] { return sql_of(table, use); }));
  bind_row(statement, table, row, readable);
  const int done = sqlite3_step(statement);
  Result<int> out(0);
  if (done == SQLITE_DONE) {
    out = sqlite3_changes(connection_->db());
  } else {
    out = sqlite_error(connection_->db(), done).within("table " + table.schema.name);
  }
  sqlite3_reset(statement);
  return out;
}

Result<void> SqliteWriter::note_rows() {
  return connection_->run("UPDATE icn_meta SET value = " + std::to_string(rows_) + " WHERE name = 'rows'");
}

void SqliteWriter::note_log(std::uint64_t pages) {
  if (pages < log_pages_) moved_pages_ = 0;  // it begins anew
  log_pages_ = pages;
}

Result<void> SqliteWriter::checkpoint(std::uint64_t size_bytes) {
  if (log_bytes() < size_bytes) return {};
  if (const auto noted = note_rows(); !noted.ok() && !noted.error().is(kFull)) return noted;
  // It begins anew only when nobody reads of it at that time: under readers who follow each other without a
  // gap it never would.
  const bool is_long = log_pages_ * page_size_bytes_ > kLongLogSizes * size_bytes;
  return move_log(is_long ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE);
}

Result<void> SqliteWriter::empty_log() { return move_log(SQLITE_CHECKPOINT_TRUNCATE); }

Result<void> SqliteWriter::move_log(int how) {
  int in_log = 0;
  int moved = 0;
  sqlite3_busy_timeout(connection_->db(), kReadersWaitMs);
  const int done = sqlite3_wal_checkpoint_v2(connection_->db(), nullptr, how, &in_log, &moved);
  sqlite3_busy_timeout(connection_->db(), static_cast<int>(options_.busy_timeout_ms));
  if (done != SQLITE_OK && (done & 0xFF) != SQLITE_BUSY) return sqlite_error(connection_->db(), done);
  if (in_log < 0 || moved < 0) return {};  // another program is about it
  log_pages_ = static_cast<std::uint64_t>(in_log);
  moved_pages_ = static_cast<std::uint64_t>(moved);
  return {};
}

std::uint64_t SqliteWriter::log_file_bytes() const {
  struct stat found {};
  return ::fstat(log_file_, &found) == 0 ? static_cast<std::uint64_t>(found.st_size) : 0;
}

Result<std::uint64_t> SqliteWriter::growth_bytes() const {
  ICN_TRY_ASSIGN(pages, connection_->number("PRAGMA page_count"));
  struct stat found {};
  if (::stat(sqlite3_db_filename(connection_->db(), "main"), &found) != 0) return log_bytes();
  const std::uint64_t whole = static_cast<std::uint64_t>(pages) * page_size_bytes_;
  const auto now = static_cast<std::uint64_t>(found.st_size);
  return whole > now ? whole - now : 0;
}

}  // namespace icn::storage
