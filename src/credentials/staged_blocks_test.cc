#include "credentials/staged_blocks.h"

#include <gtest/gtest.h>

#include "dag/dag_testing.h"
#include "economics/economics_testing.h"

namespace icn::credentials {
namespace {

class StagedBlocksTest : public ::testing::Test {
 protected:
  StagedBlocksTest() {
    std::vector<storage::TableSchema> tables = economics::testing::all_tables();
    tables.push_back(StagedBlocks::table());
    ledger_ =
        ledger::Ledger::open(
            std::make_unique<storage::MemoryEngine>(), tables, rules_,
            {"test-net", "development", economics::testing::person(0), economics::testing::kStart, {}, {}})
            .value();
  }

  StagedBlock block(const std::string& text, bool is_public) {
    return {codec::kRaw,           to_bytes(as_bytes(text)),
            Did("did:key:issuer"), Did("did:key:holder"),
            1'700'000'000,         is_public};
  }
  codec::Cid cid_of(const std::string& text) { return codec::Cid::of(codec::kRaw, as_bytes(text)); }

  ledger::Rules rules_ = economics::testing::rules();
  std::unique_ptr<ledger::Ledger> ledger_;
  dag::testing::TestBlocks blocks_;
};

// The node was killed when the ledger had its anchors and the block store had nothing.
TEST_F(StagedBlocksTest, WhatACrashLeftComesWhereItBelongs) {
  StagedBlocks before(*ledger_, *blocks_.blocks);
  ASSERT_TRUE(before.stage(cid_of("one"), block("one", true)).ok());
  ASSERT_TRUE(before.stage(cid_of("two"), block("two", false)).ok());
  EXPECT_FALSE(blocks_.blocks->has(cid_of("one")).value());

  StagedBlocks after(*ledger_, *blocks_.blocks);
  EXPECT_EQ(after.recover().value(), 2u);
  EXPECT_EQ(blocks_.blocks->get(cid_of("one")).value()->bytes, "one");
  EXPECT_EQ(blocks_.blocks->meta(cid_of("one")).value()->visibility, dag::Visibility::kPublic);
  EXPECT_EQ(blocks_.blocks->meta(cid_of("two")).value()->visibility, dag::Visibility::kPrivate);
  EXPECT_EQ(blocks_.blocks->meta(cid_of("two")).value()->author, Did("did:key:issuer"));
  EXPECT_TRUE(blocks_.blocks->is_shared_with(cid_of("two"), Did("did:key:holder")).value());
  EXPECT_EQ(after.recover().value(), 0u);
}

// Killed between the two: the block is there, and its row too. Once more does no harm.
TEST_F(StagedBlocksTest, WhatIsThereAlreadyStays) {
  StagedBlocks staged(*ledger_, *blocks_.blocks);
  const StagedBlock one = block("one", false);
  ASSERT_TRUE(staged.stage(cid_of("one"), one).ok());
  ASSERT_TRUE(blocks_.blocks->put(one.codec, one.bytes, StagedBlocks::options_of(one)).ok());
  EXPECT_EQ(staged.recover().value(), 1u);
  EXPECT_EQ(blocks_.blocks->totals().blocks, 1u);
}

TEST_F(StagedBlocksTest, WhatIsForgottenDoesNotComeBack) {
  StagedBlocks staged(*ledger_, *blocks_.blocks);
  ASSERT_TRUE(staged.stage(cid_of("one"), block("one", false)).ok());
  staged.forget(cid_of("one"));
  staged.forget(cid_of("never staged"));
  EXPECT_EQ(staged.recover().value(), 0u);
  EXPECT_FALSE(blocks_.blocks->has(cid_of("one")).value());
}

}  // namespace
}  // namespace icn::credentials
