#include "storage/postgresql/tables.h"

#include <algorithm>

#include "storage/errors.h"
#include "storage/sql/columns.h"

namespace icn::storage::postgresql {
namespace {

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : ", ") + part;
  return out;
}

bool is_json(const std::string& column) { return column == "key_json" || column == "record_json"; }

std::string place(std::size_t number) { return "$" + std::to_string(number); }

}  // namespace

TableSql::TableSql(const TableSchema& table, Readable how)
    : schema(table), readable(how), name(sql::quoted(table.name)) {
  for (std::size_t index = 0; index < table.indexes.size(); ++index) {
    columns.push_back(sql::index_column(table, index));
  }
}

std::vector<std::string> TableSql::column_names() const {
  std::vector<std::string> out{"key", "record"};
  out.insert(out.end(), columns.begin(), columns.end());
  if (readable != nullptr) out.insert(out.end(), {"key_json", "record_json"});
  return out;
}

std::vector<std::string> TableSql::create() const {
  std::string table = "CREATE TABLE IF NOT EXISTS " + name + " (key bytea PRIMARY KEY, record bytea NOT NULL";
  for (const std::string& column : columns) table += ", " + column + " bytea";
  if (readable != nullptr) table += ", key_json jsonb NOT NULL, record_json jsonb NOT NULL";
  // Records are small, or have been compressed already.
  std::vector<std::string> out{table + ")", "ALTER TABLE " + name + " ALTER record SET STORAGE EXTERNAL"};
  for (std::size_t index = 0; index < columns.size(); ++index) {
    out.push_back("CREATE INDEX IF NOT EXISTS " + sql::quoted(schema.indexes[index]) + " ON " + name + " (" +
                  columns[index] + ", key) WHERE " + columns[index] + " IS NOT NULL");
  }
  return out;
}

std::string TableSql::get() const { return "SELECT record FROM " + name + " WHERE key = $1"; }

std::string TableSql::get_several() const {
  return "SELECT key, record FROM " + name + " WHERE key = ANY ($1::bytea[])";
}

// What becomes of a row that is there.
std::string TableSql::replacement() const {
  std::vector<std::string> changed;
  for (const std::string& each : column_names()) {
    if (each != "key" && each != "key_json") changed.push_back(each + " = EXCLUDED." + each);
  }
  return " ON CONFLICT (key) DO UPDATE SET " + joined(changed);
}

std::string TableSql::insert() const {
  const std::vector<std::string> names = column_names();
  std::vector<std::string> arrays;
  std::vector<std::string> values;
  for (std::size_t i = 0; i < names.size(); ++i) {
    arrays.push_back(place(i + 1) + (is_json(names[i]) ? "::text[]" : "::bytea[]"));
    values.push_back(names[i] + (is_json(names[i]) ? "::jsonb" : ""));
  }
  return "INSERT INTO " + name + " (" + joined(names) + ") SELECT " + joined(values) + " FROM unnest(" +
         joined(arrays) + ") AS rows (" + joined(names) + ")";
}

std::string TableSql::add() const { return insert() + " ON CONFLICT DO NOTHING"; }

std::string TableSql::put() const {
  return "WITH done AS (" + insert() + replacement() +
         " RETURNING xmax) SELECT count(*) FILTER (WHERE xmax = 0) FROM done";
}

std::string TableSql::put_one() const {
  const std::vector<std::string> names = column_names();
  std::vector<std::string> values;
  for (std::size_t i = 0; i < names.size(); ++i) {
    values.push_back(place(i + 1) + (is_json(names[i]) ? "::text::jsonb" : "::bytea"));
  }
  return "INSERT INTO " + name + " (" + joined(names) + ") VALUES (" + joined(values) + ")" + replacement() +
         " RETURNING (xmax = 0)::int, xmin";
}

std::string TableSql::writer() const { return "SELECT xmin FROM " + name + " WHERE key = $1"; }

std::string TableSql::erase() const { return "DELETE FROM " + name + " WHERE key = ANY ($1::bytea[])"; }

std::uint32_t TableSql::scan_variant(const ScanRange& range, bool goes_on) const {
  const auto list = static_cast<std::uint32_t>(range.index ? *range.index + 1 : 0);
  return list << 4 | (goes_on ? 8U : 0U) | (range.reverse ? 4U : 0U) | (range.from.empty() ? 0U : 2U) |
         (range.to.empty() ? 0U : 1U);
}

std::string TableSql::scan(const ScanRange& range, bool goes_on) const {
  const std::string column = range.index ? columns[*range.index] : "key";
  std::string out = "SELECT key, record";
  if (range.index) out += ", " + column;
  out += " FROM " + name + " WHERE " + column + " IS NOT NULL";
  std::size_t places = 0;
  const auto next = [&places] { return place(++places) + "::bytea"; };
  if (!range.from.empty()) out += " AND " + column + " >= " + next();
  if (!range.to.empty()) out += " AND " + column + " < " + next();
  if (goes_on) {
    const std::string than = range.reverse ? " < " : " > ";
    if (range.index) {
      const std::string value = next();
      out += " AND (" + column + ", key)" + than + "(" + value + ", " + next() + ")";
    } else {
      out += " AND key" + than + next();
    }
  }
  const std::string direction = range.reverse ? " DESC" : "";
  out += " ORDER BY " + column + direction;
  if (range.index) out += ", key" + direction;
  return out + " LIMIT " + place(places + 1) + "::bigint";
}

Result<void> Tables::spread(const std::vector<std::string>& names,
                            const std::vector<std::uint16_t>& content_tables) {
  for (auto& [id, table] : tables_) {
    if (std::ranges::find(names, table.schema.name) == names.end()) continue;
    if (std::ranges::find(content_tables, id) == content_tables.end()) {
      return Error(kNotWritable,
                   "PostgreSQL: the table " + table.name +
                       " has partitions without an index over all of them, as on other servers; only "
                       "blocks may lie so");
    }
    table.is_spread = true;
  }
  return {};
}

void TableSql::scan_parameters(Parameters& out, const ScanRange& range, const std::optional<Place>& after,
                               std::int64_t rows_max) const {
  if (!range.from.empty()) out.bytes(range.from);
  if (!range.to.empty()) out.bytes(range.to);
  if (after && range.index) out.bytes(after->index_value);
  if (after) out.bytes(after->key);
  out.number(rows_max);
}

}  // namespace icn::storage::postgresql
