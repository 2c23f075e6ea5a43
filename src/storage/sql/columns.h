#pragma once

#include <string>
#include <string_view>

#include "storage/store.h"

// How SQL engines keep a table: one SQL table of its name with the columns
//   key, record             bytes, as the store's callers give them
//   <index less "idx_">     bytes, one for each declared index; null: the row is not in it. An
//                           index of the declared
//                           name is over it and the key, so that it has the order of layout.h
//   key_json, record_json   the same for people (readable.h), where the table has that form
// and what an engine adds. docs/sql.md.
namespace icn::storage::sql {

// `name` as an SQL identifier.
std::string quoted(std::string_view name);
// `text` as an SQL string.
std::string literal(std::string_view text);
// The column of an index, quoted.
std::string index_column(const TableSchema& table, std::size_t index);

}  // namespace icn::storage::sql
