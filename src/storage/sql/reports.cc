#include "storage/sql/reports.h"

#include <algorithm>

#include "storage/sql/columns.h"

namespace icn::storage::sql {
namespace {

bool fits(const Report& report, const std::vector<TableSchema>& tables, const ReadableTables& readable,
          bool is_postgresql) {
  if (report.is_postgresql_only && !is_postgresql) return false;
  return std::ranges::all_of(report.tables, [&](const std::string& name) {
    return std::ranges::any_of(tables, [&](const TableSchema& table) {
      return table.name == name && (readable_of(readable, table) != nullptr || !report.is_readable);
    });
  });
}

}  // namespace

std::string report_sql(const std::vector<Report>& reports, const std::vector<TableSchema>& tables,
                       const ReadableTables& readable, bool is_postgresql) {
  std::string out;
  for (const Report& report : reports) {
    if (!fits(report, tables, readable, is_postgresql)) continue;
    const bool is_view = report.kind == Report::Kind::kView;
    const std::string what = (is_view ? "VIEW " : "INDEX ");
    out += "DROP " + what + "IF EXISTS " + sql::quoted(report.name) + ";";
    out += "CREATE " + what + sql::quoted(report.name) + (is_view ? " AS " : " ON ") + report.body + ";";
  }
  return out;
}

}  // namespace icn::storage::sql
