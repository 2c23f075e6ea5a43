#include "storage/sqlite/sqlite_connection.h"

#include "storage/errors.h"

namespace icn::storage {

Error sqlite_error(sqlite3* db, int code) {
  const int extended = db != nullptr ? sqlite3_extended_errcode(db) : code;
  const std::string text = db != nullptr ? sqlite3_errmsg(db) : sqlite3_errstr(code);
  switch (extended) {
    case SQLITE_IOERR_FSYNC:
    case SQLITE_IOERR_DIR_FSYNC:
      return Error(kSyncFailed, text);
    case SQLITE_IOERR_SHMSIZE:  // the index of the log found no room
      return Error(kFull, text);
    default:
      break;
  }
  switch (code & 0xFF) {
    case SQLITE_FULL:
      return Error(kFull, text);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Error(kCorrupt, text);
    case SQLITE_READONLY:
      return Error(kNotWritable, text);
    case SQLITE_BUSY:
      return Error(kInputOutput, "another program keeps the database locked");
    default:
      return Error(kInputOutput, text + " (" + std::to_string(extended) + ")");
  }
}

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::open(const std::filesystem::path& file, int flags,
                                                                 std::uint64_t busy_timeout_ms) {
  auto out = std::make_unique<SqliteConnection>();
  sqlite3* db = nullptr;
  const int opened =
      sqlite3_open_v2(file.c_str(), &db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  out->db_.reset(db);
  if (opened != SQLITE_OK) return sqlite_error(db, opened).within(file.string());
  sqlite3_busy_timeout(db, static_cast<int>(busy_timeout_ms));
  sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  ICN_TRY(out->run("PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 0"));
  return out;
}

Result<Statement> SqliteConnection::prepare(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  const int prepared = sqlite3_prepare_v3(db(), sql.data(), static_cast<int>(sql.size()),
                                          SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (prepared != SQLITE_OK) return sqlite_error(db(), prepared).within(sql);
  return Statement(statement);
}

Result<void> SqliteConnection::run(const std::string& sql) {
  const int done = sqlite3_exec(db(), sql.c_str(), nullptr, nullptr, nullptr);
  if (done != SQLITE_OK) return sqlite_error(db(), done);
  return {};
}

Result<std::int64_t> SqliteConnection::number(const std::string& sql) {
  ICN_TRY_ASSIGN(statement, prepare(sql));
  const int found = sqlite3_step(statement.get());
  if (found == SQLITE_DONE) return 0;
  if (found != SQLITE_ROW) return sqlite_error(db(), found);
  return sqlite3_column_int64(statement.get(), 0);
}

Result<std::string> SqliteConnection::text(const std::string& sql) {
  ICN_TRY_ASSIGN(statement, prepare(sql));
  const int found = sqlite3_step(statement.get());
  if (found == SQLITE_DONE) return std::string();
  if (found != SQLITE_ROW) return sqlite_error(db(), found);
  return to_text(column_bytes(statement.get(), 0));
}

}  // namespace icn::storage
