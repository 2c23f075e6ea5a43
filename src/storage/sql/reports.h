#pragma once

#include <string>
#include <vector>

#include "storage/readable.h"
#include "storage/store.h"

namespace icn::storage::sql {

// A view or an index for people who ask the database in SQL. The node itself uses none of them, so that an
// engine makes them anew whenever their text changes.
struct Report {
  enum class Kind { kView, kIndex };
  Kind kind;
  std::string name;
  std::vector<std::string>
      tables;        // made where the store has all of them, with their readable form if `is_readable`
  std::string body;  // what follows AS, or ON: in the SQL that both engines speak
  bool is_readable = true;
  bool is_postgresql_only = false;
};

// The statements that make those reports that fit the tables, each ended by ';'.
std::string report_sql(const std::vector<Report>& reports, const std::vector<TableSchema>& tables,
                       const ReadableTables& readable, bool is_postgresql);

}  // namespace icn::storage::sql
