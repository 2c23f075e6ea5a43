#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "storage/postgresql/connection.h"
#include "storage/readable.h"
#include "storage/store.h"

// Inside this folder only.
namespace icn::storage::postgresql {

// Numbers of statements in a connection: those of a table follow from its id.
enum class Use : std::uint32_t { kGet, kPut, kErase, kScan, kPutOne, kGetSeveral, kWriter, kInsert, kAdd };
// No table has these.
inline constexpr std::uint32_t kOtherStatements = 0xFFFF'0000;
enum class Other : std::uint32_t { kBegin, kCommit, kSynced, kBuffered, kNote, kFlush, kPosition, kTell };
inline std::uint32_t statement_id(Other which) {
  return kOtherStatements + static_cast<std::uint32_t>(which);
}

// Where a scan goes on: after this row.
struct Place {
  Bytes key;
  Bytes index_value;
};

// The SQL of one table.
struct TableSql {
  explicit TableSql(const TableSchema& table, Readable how = nullptr);

  std::uint32_t statement_id(Use use, std::uint32_t variant = 0) const {
    return std::uint32_t{schema.id} << 16 | static_cast<std::uint32_t>(use) << 12 | variant;
  }
  std::vector<std::string> create() const;  // table and indexes, when they are not there
  std::string get() const;                  // record; parameter: key
  std::string get_several() const;          // key, record; parameter: an array of keys
  // How many rows are new; parameters: an array for each column, in the order of column_names().
  std::string put() const;
  // Rows that are new; the same parameters.
  std::string insert() const;
  // Rows of which those that are there stay as they are; the same parameters.
  std::string add() const;
  // put() for one row, and the transaction that wrote it; parameters: its columns.
  std::string put_one() const;
  std::string writer() const;  // the transaction that wrote a row; parameter: key
  std::string erase() const;   // parameter: an array of keys
  // key, record and the index column, if any; parameters: as scan_parameters() adds them.
  std::string scan(const ScanRange& range, bool goes_on) const;
  std::uint32_t scan_variant(const ScanRange& range, bool goes_on) const;
  void scan_parameters(Parameters& out, const ScanRange& range, const std::optional<Place>& after,
                       std::int64_t rows_max) const;
  std::vector<std::string> column_names() const;
  std::string replacement() const;

  TableSchema schema;
  Readable readable;                 // null: it has no such form
  std::string name;                  // quoted
  std::vector<std::string> columns;  // of the indexes, quoted
  // Its partitions lie on several servers, and no index spans them. A record follows from its key: it is
  // added, never replaced.
  bool is_spread = false;
};

class Tables {
 public:
  explicit Tables(const std::vector<TableSchema>& tables, const ReadableTables& readable = {}) {
    for (const TableSchema& table : tables) {
      tables_.emplace(table.id, TableSql(table, readable_of(readable, table)));
    }
  }
  // A table that the store was not opened with is an error of the programmer.
  const TableSql& of(const TableSchema& table) const {
    const auto found = tables_.find(table.id);
    ICN_ASSERT(found != tables_.end());
    return found->second;
  }
  // kNotWritable: of one of these the record does not follow from its key (`content_tables` lists those where
  // it does).
  Result<void> spread(const std::vector<std::string>& names,
                      const std::vector<std::uint16_t>& content_tables);
  std::vector<TableSchema> schemas() const {
    std::vector<TableSchema> out;
    for (const auto& [id, table] : tables_) out.push_back(table.schema);
    return out;
  }
  auto begin() const { return tables_.begin(); }
  auto end() const { return tables_.end(); }

 private:
  std::unordered_map<std::uint16_t, TableSql> tables_;
};

}  // namespace icn::storage::postgresql
