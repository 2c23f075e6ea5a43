#pragma once

#include "economics/tables.h"
#include "identity/tables.h"
#include "ledger/ledger.h"
#include "reputation/appeals.h"

namespace icn::reputation::testing {

// Of a ledger with accounts, identities and reputation.
inline std::vector<storage::TableSchema> all_tables() {
  storage::TableSet set;
  for (const auto& table : economics::tables()) set.add(table);
  for (const auto& table : ledger::own_tables()) set.add(table);
  for (const auto& table : identity::tables()) set.add(table);
  for (const auto& table : tables()) set.add(table);
  return set.schemas();
}

}  // namespace icn::reputation::testing
