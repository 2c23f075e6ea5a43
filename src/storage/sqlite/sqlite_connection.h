#pragma once

#include <sqlite3.h>

#include <filesystem>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "storage/store.h"

// Inside this folder only.
namespace icn::storage {

// FULL is kFull, CORRUPT and NOTADB are kCorrupt, a failed sync kSyncFailed, the rest kInputOutput.
Error sqlite_error(sqlite3* db, int code);

struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

// A connection and the statements it has prepared. Thread: one at a time (mutex).
class SqliteConnection {
 public:
  // Errors as sqlite_error().
  static Result<std::unique_ptr<SqliteConnection>> open(const std::filesystem::path& file, int flags,
                                                        std::uint64_t busy_timeout_ms);

  sqlite3* db() const { return db_.get(); }
  // Statements without parameters; the number the last one answers.
  Result<void> run(const std::string& sql);
  Result<std::int64_t> number(const std::string& sql);
  Result<std::string> text(const std::string& sql);

  // The statement `id`, prepared when it is asked for first; for one use at a time.
  template <typename MakeSql>
  Result<sqlite3_stmt*> statement(std::uint32_t id, const MakeSql& make_sql) {
    const auto found = statements_.find(id);
    if (found != statements_.end()) return found->second.get();
    ICN_TRY_ASSIGN(made, prepare(make_sql()));
    return statements_.emplace(id, std::move(made)).first->second.get();
  }
  // For several uses at a time: taken away, and given back.
  template <typename MakeSql>
  Result<Statement> take_statement(std::uint32_t id, const MakeSql& make_sql) {
    auto found = statements_.extract(id);
    if (!found.empty()) return std::move(found.mapped());
    return prepare(make_sql());
  }
  void give_statement(std::uint32_t id, Statement statement) {
    statements_.emplace(id, std::move(statement));
  }

  std::mutex mutex;

 private:
  struct Close {
    void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
  };
  Result<Statement> prepare(const std::string& sql);

  std::unique_ptr<sqlite3, Close> db_;
  std::unordered_map<std::uint32_t, Statement> statements_;
};

// The caller keeps `bytes` until the statement is reset.
inline void bind_bytes(sqlite3_stmt* statement, int place, ByteView bytes) {
  // A null pointer would be a null.
  const void* const data = bytes.empty() ? static_cast<const void*>("") : bytes.data();
  sqlite3_bind_blob64(statement, place, data, bytes.size(), SQLITE_STATIC);
}
inline ByteView column_bytes(sqlite3_stmt* statement, int column) {
  const auto* const data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement, column));
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement, column))};
}

}  // namespace icn::storage
