#include "dag/hot_rows.h"

#include <gtest/gtest.h>

#include "storage/memory/memory_engine.h"

namespace icn::dag {
namespace {

class HotRowsTest : public ::testing::Test {
 protected:
  // As the group writer writes: one batch, told of when it is durable.
  std::vector<storage::Row> write(std::int64_t amount, std::uint64_t blocks) {
    ledger::View view(rows_);
    const Did did("did:key:a");
    if (amount == 0)
      EXPECT_TRUE(kOwed.erase(view, did).ok());
    else
      EXPECT_TRUE(kOwed.put(view, did, {{amount}, blocks, 0}).ok());
    Totals totals;
    totals.blocks = blocks;
    EXPECT_TRUE(kTotals.put(view, kTotalsKey, totals).ok());
    std::vector<storage::Row> rows = view.take_rows();
    EXPECT_TRUE(store_->write(rows, storage::Durability::kSynced).ok());
    return rows;
  }
  std::int64_t owed() const {
    const auto found = kOwed.get(rows_, Did("did:key:a")).value();
    return found ? found->amount.value : 0;
  }
  std::uint64_t blocks() const { return kTotals.get(rows_, kTotalsKey).value().value_or(Totals()).blocks; }

  storage::MemoryEngine engine_;
  std::unique_ptr<storage::Store> store_ = std::move(engine_.open(tables())).value();
  HotRows rows_{*store_};
};

TEST_F(HotRowsTest, ShowWhatIsDurableWhenTheyAreTold) {
  EXPECT_EQ(owed(), 0);
  EXPECT_EQ(blocks(), 0u);
  const auto first = write(5, 1);
  EXPECT_EQ(owed(), 0) << "not told yet";
  rows_.committed(first);
  EXPECT_EQ(owed(), 5);
  EXPECT_EQ(blocks(), 1u);
  rows_.committed(write(9, 2));
  EXPECT_EQ(owed(), 9);
  EXPECT_EQ(blocks(), 2u);
  rows_.committed(write(0, 3));
  EXPECT_EQ(owed(), 0);
  EXPECT_EQ(blocks(), 3u);
}

TEST_F(HotRowsTest, AreReadAnewWhenNothingIsKnownOfTheStore) {
  rows_.committed(write(5, 1));
  EXPECT_EQ(owed(), 5);
  write(7, 4);  // nobody knows whether it is there
  rows_.clear();
  EXPECT_EQ(owed(), 7);
  EXPECT_EQ(blocks(), 4u);
}

TEST_F(HotRowsTest, OtherTablesAreReadFromTheStore) {
  const Bytes key{1};
  EXPECT_FALSE(kBlockMeta.get(rows_, key).value());
  ledger::View view(*store_);
  ASSERT_TRUE(kBlockMeta.insert(view, key, BlockMeta()).ok());
  ASSERT_TRUE(store_->write(view.take_rows(), storage::Durability::kSynced).ok());
  EXPECT_TRUE(kBlockMeta.get(rows_, key).value());
}

}  // namespace
}  // namespace icn::dag
