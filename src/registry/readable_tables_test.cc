#include "registry/readable_tables.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "registry/rules.h"
#include "registry/sql_reports.h"

namespace icn::registry {
namespace {

// A new table is decided about: shown in SQL, or named as one that is not.
TEST(ReadableTables, EveryTableIsShownOrSaysThatItIsNot) {
  const storage::ReadableTables readable = readable_tables();
  std::vector<storage::TableSchema> tables = ledger_tables();
  for (const auto& table : node_tables()) tables.push_back(table);
  for (const auto& table : tables) {
    const bool is_bytes_only = std::ranges::count(bytes_only_tables(), table.name) > 0;
    EXPECT_NE(readable.contains(table.name), is_bytes_only) << table.name;
  }
  for (const std::string& name : bytes_only_tables()) {
    EXPECT_TRUE(std::ranges::any_of(tables, [&](const auto& table) { return table.name == name; })) << name;
  }
}

// Views and indexes are over tables that exist; names of the performance guide, "PostgreSQL Tuning".
TEST(SqlReports, AreOverTablesOfTheNode) {
  std::vector<storage::TableSchema> tables = ledger_tables();
  for (const auto& table : node_tables()) tables.push_back(table);
  const std::string sql = storage::sql::report_sql(sql_reports(), tables, readable_tables(), true);
  for (const char* name :
       {"VIEW \"members\"", "VIEW \"balances\"", "VIEW \"open_proposals\"", "VIEW \"job_costs\"",
        "INDEX \"idx_proposals_status\"", "INDEX \"idx_active_proposals\"",
        "INDEX \"idx_mana_transactions_timestamp\"", "INDEX \"idx_dag_blocks_cid_hash\""}) {
    EXPECT_NE(sql.find(std::string("CREATE ") + name), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace icn::registry
