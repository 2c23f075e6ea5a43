#include "storage/sqlite/sqlite_tables.h"

#include "storage/sql/columns.h"

namespace icn::storage {

SqliteTable::SqliteTable(const TableSchema& table, Readable how)
    : schema(table), readable(how), name(sql::quoted(table.name)) {
  for (std::size_t index = 0; index < table.indexes.size(); ++index) {
    columns.push_back(sql::index_column(table, index));
  }
}

// The record stands before its JSON: what follows it in a row is not read with it.
std::string SqliteTable::create() const {
  std::string out = "CREATE TABLE IF NOT EXISTS " + name + " (key BLOB NOT NULL PRIMARY KEY, ";
  for (const std::string& column : columns) out += column + " BLOB, ";
  out += "sum INTEGER NOT NULL, record BLOB NOT NULL";
  if (readable != nullptr) out += ", key_json TEXT NOT NULL, record_json TEXT NOT NULL";
  out += ") WITHOUT ROWID;";
  for (std::size_t index = 0; index < columns.size(); ++index) {
    out += "CREATE INDEX IF NOT EXISTS " + sql::quoted(schema.indexes[index]) + " ON " + name + " (" +
           columns[index] + ", key) WHERE " + columns[index] + " IS NOT NULL;";
  }
  return out;
}

std::string SqliteTable::get() const { return "SELECT record, sum FROM " + name + " WHERE key = ?1"; }

std::string SqliteTable::insert() const {
  std::string names = "key, record, sum";
  std::string places = "?1, ?2, ?3";
  for (std::size_t index = 0; index < columns.size(); ++index) {
    names += ", " + columns[index];
    places += ", ?" + std::to_string(index_place(index));
  }
  if (readable != nullptr) {
    names += ", key_json, record_json";
    places += ", ?" + std::to_string(json_place()) + ", ?" + std::to_string(json_place() + 1);
  }
  return "INSERT INTO " + name + " (" + names + ") VALUES (" + places + ") ON CONFLICT (key) DO NOTHING";
}

std::string SqliteTable::update_record() const {
  std::string out = "UPDATE " + name + " SET record = ?2, sum = ?3";
  if (readable != nullptr) out += ", record_json = ?" + std::to_string(json_place() + 1);
  return out + " WHERE key = ?1";
}

std::string SqliteTable::update() const {
  std::string out = "UPDATE " + name + " SET record = ?2, sum = ?3";
  for (std::size_t index = 0; index < columns.size(); ++index) {
    out += ", " + columns[index] + " = ?" + std::to_string(index_place(index));
  }
  if (readable != nullptr) out += ", record_json = ?" + std::to_string(json_place() + 1);
  return out + " WHERE key = ?1";
}

std::string SqliteTable::erase() const { return "DELETE FROM " + name + " WHERE key = ?1"; }

std::string SqliteTable::scan(const ScanRange& range) const {
  const std::string column = range.index ? columns[*range.index] : "key";
  std::string out = "SELECT key, record, sum";
  if (range.index) out += ", " + column;
  out += " FROM " + name;
  if (range.index) out += " INDEXED BY " + sql::quoted(schema.indexes[*range.index]);
  out += " WHERE " + column + " IS NOT NULL";
  if (!range.from.empty()) out += " AND " + column + " >= ?1";
  if (!range.to.empty()) out += " AND " + column + " < ?2";
  const std::string direction = range.reverse ? " DESC" : "";
  out += " ORDER BY " + column + direction;
  if (range.index) out += ", key" + direction;
  return out;
}

}  // namespace icn::storage
