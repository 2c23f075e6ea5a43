#include "registry/sql_reports.h"

namespace icn::registry {
namespace {

using storage::sql::Report;
using enum Report::Kind;

// Those that somebody can still do something about.
constexpr const char* kOpenStates =
    "('draft', 'pending_sponsorship', 'discussion', 'voting', 'counting', 'passed', 'queued')";
constexpr const char* kActiveStates = "('pending_sponsorship', 'discussion', 'voting', 'counting')";

std::vector<Report> views() {
  return {
      {kView,
       "members",
       {"governance_members"},
       "SELECT record_json->>'did' AS did, record_json->>'scope' AS scope, record_json->>'status' AS status, "
       "record_json->>'voting' AS voting, record_json->>'tier' AS tier, "
       "CAST(record_json->>'joined_at' AS bigint) AS joined_at, record_json->>'sponsor' AS sponsor "
       "FROM governance_members"},
      {kView,
       "balances",
       {"mana_accounts"},
       "SELECT key_json->>0 AS did, CAST(record_json->>'balance' AS numeric) AS balance, "
       "CAST(record_json->>'locked' AS numeric) AS locked, CAST(record_json->>'cap' AS numeric) AS cap, "
       "CAST(record_json->>'updated' AS bigint) AS updated, CAST(record_json->>'created' AS bigint) AS "
       "created "
       "FROM mana_accounts"},
      {kView,
       "open_proposals",
       {"governance_proposals"},
       "SELECT record_json->>'id' AS id, record_json->>'scope' AS scope, record_json->>'category' AS "
       "category, "
       "record_json->>'state' AS state, record_json->>'proposer' AS proposer, record_json->>'method' AS "
       "method, "
       "CAST(record_json->>'created_at' AS bigint) AS created_at, "
       "CAST(record_json->>'voting_ends_secs' AS bigint) AS voting_ends_secs "
       "FROM governance_proposals WHERE record_json->>'state' IN " +
           std::string(kOpenStates)},
      {kView,
       "job_costs",
       {"mesh_jobs"},
       "SELECT key_json->>0 AS id, record_json->>'submitter' AS submitter, record_json->>'executor' AS "
       "executor, "
       "record_json->>'status' AS status, CAST(record_json->>'submitted_at' AS bigint) AS submitted_at, "
       "CAST(record_json->'escrow'->>'locked' AS numeric) AS locked, "
       "CAST(record_json->'escrow'->>'paid' AS numeric) AS paid, "
       "CAST(record_json->'escrow'->>'refunded' AS numeric) AS refunded, "
       "CAST(record_json->'escrow'->>'burned' AS numeric) AS burned, "
       "CAST(record_json->>'fuel_used' AS bigint) AS fuel_used FROM mesh_jobs"},
  };
}

// Names: the performance guide, "PostgreSQL Tuning". Its idx_jobs_status_created is an index of the table
// itself.
std::vector<Report> indexes() {
  return {
      {kIndex,
       "idx_proposals_status",
       {"governance_proposals"},
       "governance_proposals ((record_json->>'state'))"},
      {kIndex,
       "idx_active_proposals",
       {"governance_proposals"},
       "governance_proposals ((CAST(record_json->>'created_at' AS bigint))) WHERE record_json->>'state' IN " +
           std::string(kActiveStates)},
      {kIndex,
       "idx_mana_transactions_timestamp",
       {"mana_transactions"},
       "mana_transactions ((CAST(record_json->>'at' AS bigint)) DESC)"},
      // SQLite has no hash index: there the table itself is a b-tree by CID.
      {kIndex, "idx_dag_blocks_cid_hash", {"dag_blocks"}, "dag_blocks USING hash (key)", false, true},
  };
}

}  // namespace

std::vector<Report> sql_reports() {
  std::vector<Report> out = views();
  for (Report& each : indexes()) out.push_back(std::move(each));
  return out;
}

}  // namespace icn::registry
