#include "registry/rules.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace icn::registry {
namespace {

// A node that joins copies rows it does not understand: somebody must know their index values.
TEST(Rules, EveryIndexOfTheLedgerCanBeMadeFromItsRecords) {
  const ledger::Rules all = rules();
  for (const storage::TableSchema& table : ledger_tables()) {
    const bool is_known =
        std::ranges::find(all.indexers, table.id, &ledger::TableIndexer::table) != all.indexers.end();
    EXPECT_EQ(is_known, !table.indexes.empty()) << table.name;
  }
}

TEST(Rules, WhatCanBeProvedLiesInTheAgreedState) {
  for (const ledger::ProofSubject& each : rules().proof_subjects) EXPECT_LT(each.table->id, 200) << each.name;
}

}  // namespace
}  // namespace icn::registry
