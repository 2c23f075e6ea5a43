#include "storage/sql/columns.h"

namespace icn::storage::sql {
namespace {

std::string enclosed(std::string_view text, char mark) {
  std::string out(1, mark);
  for (const char each : text) {
    if (each == mark) out += mark;
    out += each;
  }
  return out + mark;
}

}  // namespace

std::string quoted(std::string_view name) { return enclosed(name, '"'); }
std::string literal(std::string_view text) { return enclosed(text, '\''); }

std::string index_column(const TableSchema& table, std::size_t index) {
  std::string_view name = table.indexes[index];
  constexpr std::string_view kPrefix = "idx_";
  if (name.starts_with(kPrefix)) name.remove_prefix(kPrefix.size());
  return quoted(name);
}

}  // namespace icn::storage::sql
