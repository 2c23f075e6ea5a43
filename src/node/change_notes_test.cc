#include "node/change_notes.h"

#include <gtest/gtest.h>

#include "economics/tables.h"
#include "identity/tables.h"
#include "ledger/block.h"
#include "ledger/changes.h"

namespace icn::node {
namespace {

storage::Row row_of(const storage::TableSchema& table, Bytes key) {
  return {&table, std::move(key), to_bytes(as_bytes("record")), {}, {}};
}

std::vector<storage::Row> block_rows() {
  std::vector<storage::Row> rows;
  rows.push_back(row_of(identity::kDocuments.schema(), storage::key_of(Did("did:icn:person:a"))));
  rows.push_back(row_of(economics::kAccounts.schema(), storage::key_of(Did("did:icn:person:a"))));
  rows.push_back(row_of(ledger::kHeaders.schema(), storage::key_of(std::uint64_t{41})));
  return rows;
}

TEST(ChangeNotes, TellTheHeightAndWhatMayBeKeptOfIt) {
  const auto note = read_change(describe_change(block_rows()));
  ASSERT_TRUE(note.has_value());
  EXPECT_EQ(note->height, 41u);
  EXPECT_EQ(note->places, ledger::Changes::places_of({identity::kDocuments.schema().id}, block_rows()))
      << "nothing of accounts is told: nobody keeps it";
  EXPECT_EQ(note->places.size(), 2u) << "the row and its table";
}

TEST(ChangeNotes, ABatchWithoutABlockHasNoHeight) {
  std::vector<storage::Row> rows;
  rows.push_back(row_of(economics::kAccounts.schema(), storage::key_of(Did("did:icn:person:a"))));
  const auto note = read_change(describe_change(rows));
  ASSERT_TRUE(note.has_value());
  EXPECT_EQ(note->height, 0u);
  EXPECT_TRUE(note->places.empty());
}

TEST(ChangeNotes, WhatIsOfAnotherProgramOrCutOffIsNotRead) {
  const std::string good = describe_change(block_rows());
  std::string other_scheme = good;
  other_scheme[0] = other_scheme[0] == '0' ? '1' : '0';
  for (const std::string& odd : {std::string(), std::string("x"), other_scheme, good + "x", good + "12",
                                 good.substr(0, good.find(' ')), good.substr(0, good.size() - 1)}) {
    EXPECT_FALSE(read_change(odd).has_value()) << odd;
  }
}

TEST(ChangeNotes, NothingThatDecidesIsShared) {
  for (const std::uint16_t table : shared_tables()) EXPECT_NE(table, economics::kAccounts.schema().id);
}

}  // namespace
}  // namespace icn::node
