#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "storage/readable.h"
#include "storage/store.h"

// Inside this folder only.
namespace icn::storage {

// The SQL of one table. Parameters have the same numbers in all of them: 1 key, 2 record, 3 sum, then one for
// each index, then key_json and record_json.
struct SqliteTable {
  explicit SqliteTable(const TableSchema& table, Readable how = nullptr);

  std::string create() const;         // table and indexes, when they are not there
  std::string get() const;            // record, sum
  std::string insert() const;         // changes nothing when the key is there
  std::string update() const;         // changes nothing when the key is absent
  std::string update_record() const;  // leaves the index columns as they are
  std::string erase() const;
  // key, record, sum and the index column, if any; parameters: from, to, as far as there are any.
  std::string scan(const ScanRange& range) const;

  int index_place(std::size_t index) const { return 4 + static_cast<int>(index); }
  int json_place() const { return 4 + static_cast<int>(schema.indexes.size()); }

  TableSchema schema;
  Readable readable;                 // null: it has no such form
  std::string name;                  // quoted
  std::vector<std::string> columns;  // of the indexes, quoted
};

class SqliteTables {
 public:
  explicit SqliteTables(const std::vector<TableSchema>& tables, const ReadableTables& readable = {}) {
    for (const TableSchema& table : tables) {
      tables_.emplace(table.id, SqliteTable(table, readable_of(readable, table)));
    }
  }
  // A table that the store was not opened with is an error of the programmer.
  const SqliteTable& of(const TableSchema& table) const {
    const auto found = tables_.find(table.id);
    ICN_ASSERT(found != tables_.end());
    return found->second;
  }
  std::vector<TableSchema> schemas() const {
    std::vector<TableSchema> out;
    for (const auto& [id, table] : tables_) out.push_back(table.schema);
    return out;
  }
  auto begin() const { return tables_.begin(); }
  auto end() const { return tables_.end(); }

 private:
  std::unordered_map<std::uint16_t, SqliteTable> tables_;
};

}  // namespace icn::storage
