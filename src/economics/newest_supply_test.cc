#include "economics/newest_supply.h"

#include <gtest/gtest.h>

#include "economics/economics_testing.h"
#include "storage/fault/fault_engine.h"

namespace icn::economics {
namespace {

class NewestSupplyTest : public ::testing::Test {
 protected:
  // The next block, which leaves such a supply record.
  ledger::ExecutedBlock next_block(std::int64_t burned) {
    const auto store = ledger_->store().value();
    auto block = executor_.execute(ledger_->published()->head, *store, ++time_, {});
    EXPECT_TRUE(block.ok()) << block.error().detail();
    ledger::View view(*store);
    Supply supply;
    supply.granted = Millimana{1'000'000};
    supply.burned = Millimana{static_cast<std::int64_t>(burned)};
    EXPECT_TRUE(kSupply.put(view, kSupplyKey, supply).ok());
    for (storage::Row& row : view.take_rows()) block->rows.push_back(std::move(row));
    return std::move(*block);
  }

  std::shared_ptr<storage::FaultScript> script_ = std::make_shared<storage::FaultScript>();
  ledger::Rules rules_ = testing::rules();
  std::unique_ptr<ledger::Ledger> ledger_ =
      ledger::Ledger::open(
          std::make_unique<storage::FaultEngine>(std::make_unique<storage::MemoryEngine>(), script_),
          testing::all_tables(), rules_, {"test-net", "development", testing::person(0), testing::kStart})
          .value();
  ledger::BlockExecutor executor_{rules_};
  TimestampSecs time_ = testing::kStart;
};

TEST_F(NewestSupplyTest, IsThatOfTheNewestBlock) {
  const NewestSupply newest(*ledger_);
  EXPECT_EQ(newest.get().value(), kSupply.get(*ledger_->store().value(), kSupplyKey).value().value());
  ASSERT_TRUE(ledger_->commit(next_block(7)).ok());
  EXPECT_EQ(newest.get().value().burned, Millimana{7});
}

TEST_F(NewestSupplyTest, IsKnownWhileTheStoreCannotBeRead) {
  const NewestSupply newest(*ledger_);
  ASSERT_TRUE(ledger_->commit(next_block(7)).ok());
  const ledger::ExecutedBlock next = next_block(8);
  script_->corrupt_reads(storage::FaultScript::kEvery);
  EXPECT_EQ(newest.get().value().burned, Millimana{7});
  ASSERT_TRUE(ledger_->commit(next).ok());
  EXPECT_EQ(newest.get().value().burned, Millimana{7});
  script_->corrupt_reads(0);
  EXPECT_EQ(newest.get().value().burned, Millimana{8});
}

TEST_F(NewestSupplyTest, SaysWhyItWasNeverRead) {
  script_->corrupt_reads(storage::FaultScript::kEvery);
  const NewestSupply newest(*ledger_);
  EXPECT_FALSE(newest.get().ok());
  script_->corrupt_reads(0);
  EXPECT_TRUE(newest.get().ok());
}

}  // namespace
}  // namespace icn::economics
