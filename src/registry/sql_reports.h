#pragma once

#include <vector>

#include "storage/sql/reports.h"

namespace icn::registry {

// The views and indexes that docs/sql.md describes, over the tables of the ledger and of the node.
std::vector<storage::sql::Report> sql_reports();

}  // namespace icn::registry
