#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

#include "storage/sqlite/sqlite_connection.h"
#include "storage/sqlite/sqlite_tables.h"

// Inside this folder only.
namespace icn::storage {

// Numbers of statements in a connection: those of a table follow from its id.
enum class SqliteUse : std::uint32_t { kGet, kInsert, kUpdate, kUpdateRecord, kErase, kScan };
inline std::uint32_t statement_id(const SqliteTable& table, SqliteUse use, std::uint32_t variant = 0) {
  return std::uint32_t{table.schema.id} << 16 | static_cast<std::uint32_t>(use) << 12 | variant;
}
// No table has these.
inline constexpr std::uint32_t kOtherStatements = 0xFFFF'0000;

// Connections that read. A reader in use keeps its moment; those waiting see none. Thread: any.
class SqliteReaders {
 public:
  SqliteReaders(std::filesystem::path file, std::uint64_t cache_size_bytes, std::uint64_t busy_timeout_ms,
                std::size_t kept_max)
      : file_(std::move(file)),
        cache_size_bytes_(cache_size_bytes),
        busy_timeout_ms_(busy_timeout_ms),
        kept_max_(kept_max) {}

  struct GiveBack {
    SqliteReaders* readers;
    void operator()(SqliteConnection* connection) const {
      readers->give(std::unique_ptr<SqliteConnection>(connection));
    }
  };
  using Lease = std::unique_ptr<SqliteConnection, GiveBack>;
  Result<Lease> take();

 private:
  void give(std::unique_ptr<SqliteConnection> connection);

  const std::filesystem::path file_;
  const std::uint64_t cache_size_bytes_;
  const std::uint64_t busy_timeout_ms_;
  const std::size_t kept_max_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<SqliteConnection>> waiting_;
};

// What the connection shows now, or in its transaction. The caller has locked it.
Result<std::optional<Bytes>> sqlite_get(SqliteConnection& connection, const SqliteTable& table, ByteView key);
// Newest rows, in one moment.
Result<std::unique_ptr<Cursor>> sqlite_scan(SqliteReaders::Lease connection, const SqliteTable& table,
                                            const ScanRange& range);
// A reader whose calls all give the error when there could be none.
std::unique_ptr<Reader> sqlite_snapshot(SqliteReaders& readers, const SqliteTables& tables);

}  // namespace icn::storage
