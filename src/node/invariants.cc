#include "node/invariants.h"

#include "ledger/stuck_rows.h"

namespace icn::node {
namespace {

Result<std::string> first_stuck(const ledger::Reader& state) {
  ICN_TRY_ASSIGN(rows, ledger::kStuckRows.scan(state, {}));
  ICN_TRY_ASSIGN(row, rows.next());
  if (!row) return std::string();
  return row->kind + " of " + row->id + " was set aside and is tried again each hour";
}

}  // namespace

std::vector<system::Check> invariant_checks(const ledger::Reader& state, std::string supply_problem) {
  const auto stuck = first_stuck(state);
  return {{"mana is conserved", std::move(supply_problem)},
          {"what is due is done", stuck.ok() ? *stuck : stuck.error().detail()}};
}

}  // namespace icn::node
