#include "storage/fault/fault_engine.h"

#include <gtest/gtest.h>

#include "storage/engine_rows_testing.h"
#include "storage/errors.h"
#include "storage/storage_testing.h"

namespace icn::storage {
namespace {

using testing::get_text;
using testing::kIndexedTable;
using testing::kPlainTable;
using testing::put_row;
using testing::text;
using testing::write_one;

// Over every engine: the wrapper must not depend on what is beneath.
class Fault : public ::testing::TestWithParam<testing::EngineRow> {
 protected:
  void SetUp() override {
    auto below = GetParam().make(folder_.path(), {});
    if (!below) GTEST_SKIP() << "PostgreSQL is not installed (scripts/setup.sh test installs it)";
    engine_ = std::make_unique<FaultEngine>(std::move(below), script_);
    reopen();
  }
  void reopen() {
    store_.reset();
    auto opened = engine_->open({kPlainTable, kIndexedTable});
    ASSERT_TRUE(opened.ok()) << opened.error().detail();
    store_ = std::move(*opened);
  }
  Result<void> put(std::string_view key, std::string_view record, Durability durability) {
    return write_one(*store_, put_row(key, record), durability);
  }

  testing::TestFolder folder_;
  std::shared_ptr<FaultScript> script_ = std::make_shared<FaultScript>();
  std::unique_ptr<FaultEngine> engine_;
  std::unique_ptr<Store> store_;
};

TEST_P(Fault, PowerLossTakesWhatWasNotSynced) {
  ASSERT_TRUE(put("a", "synced", Durability::kSynced).ok());
  ASSERT_TRUE(put("b", "flushed", Durability::kBuffered).ok());
  ASSERT_TRUE(store_->flush().ok());
  ASSERT_TRUE(store_
                  ->write({put_row("a", "lost 1"), put_row("a", "lost 2"), put_row("c", "lost")},
                          Durability::kBuffered)
                  .ok());
  ASSERT_TRUE(
      write_one(*store_, {&kPlainTable, text("b"), std::nullopt, {}, {}}, Durability::kBuffered).ok());
  EXPECT_EQ(get_text(*store_, "a"), "lost 2");
  script_->lose_power();
  EXPECT_EQ(get_text(*store_, "a"), "error: the power is off");
  EXPECT_FALSE(put("d", "1", Durability::kSynced).ok());
  reopen();
  EXPECT_EQ(get_text(*store_, "a"), "synced");
  EXPECT_EQ(get_text(*store_, "b"), "flushed");
  EXPECT_EQ(get_text(*store_, "c"), "absent");
}

TEST_P(Fault, PowerLossTakesIndexEntriesToo) {
  const auto indexed = [](std::string_view value) { return IndexValues{text(value), std::nullopt}; };
  ASSERT_TRUE(
      write_one(*store_, {&kIndexedTable, text("k"), text("1"), indexed("old"), {}}, Durability::kSynced)
          .ok());
  ASSERT_TRUE(write_one(*store_, {&kIndexedTable, text("k"), text("2"), indexed("new"), indexed("old")},
                        Durability::kBuffered)
                  .ok());
  script_->lose_power();
  reopen();
  auto cursor = store_->scan(kIndexedTable, {0, {}, {}, false});
  ASSERT_TRUE(cursor.ok());
  ASSERT_TRUE(*(*cursor)->next());
  EXPECT_EQ(as_text((*cursor)->index_value()), "old");
  EXPECT_EQ(to_text(*(*cursor)->record()), "1");
  EXPECT_FALSE(*(*cursor)->next());
}

TEST_P(Fault, EndOfTheProcessLosesNothing) {
  ASSERT_TRUE(put("a", "1", Durability::kBuffered).ok());
  reopen();
  EXPECT_EQ(get_text(*store_, "a"), "1");
  script_->lose_power();
  reopen();
  EXPECT_EQ(get_text(*store_, "a"), "1");
}

TEST_P(Fault, FailedSyncRefusesWritesUntilReopened) {
  for (const auto unsynced : {FaultScript::Unsynced::kKept, FaultScript::Unsynced::kLost}) {
    const bool kept = unsynced == FaultScript::Unsynced::kKept;
    ASSERT_TRUE(put("a", "before", Durability::kSynced).ok());
    script_->fail_syncs(1, unsynced);
    const auto failed = put("a", "after", Durability::kSynced);
    ASSERT_FALSE(failed.ok());
    EXPECT_TRUE(failed.error().is(kSyncFailed));
    EXPECT_TRUE(put("b", "1", Durability::kBuffered).error().is(kSyncFailed));
    EXPECT_TRUE(store_->flush().error().is(kSyncFailed));
    reopen();
    EXPECT_EQ(get_text(*store_, "a"), kept ? "after" : "before");
    EXPECT_EQ(get_text(*store_, "b"), "absent");
    EXPECT_TRUE(put("b", "1", Durability::kSynced).ok());
    ASSERT_TRUE(
        write_one(*store_, {&kPlainTable, text("b"), std::nullopt, {}, {}}, Durability::kSynced).ok());
  }
}

TEST_P(Fault, AWriteOfUnknownOutcomeIsThereOrNotOnceReopened) {
  for (const auto unsynced : {FaultScript::Unsynced::kKept, FaultScript::Unsynced::kLost}) {
    const bool kept = unsynced == FaultScript::Unsynced::kKept;
    ASSERT_TRUE(put("a", "before", Durability::kSynced).ok());
    script_->doubt_writes(1, unsynced);
    EXPECT_TRUE(put("a", "after", Durability::kBuffered).error().is(kSyncFailed));
    EXPECT_TRUE(put("b", "1", Durability::kBuffered).error().is(kSyncFailed));
    reopen();
    EXPECT_EQ(get_text(*store_, "a"), kept ? "after" : "before");
    EXPECT_EQ(get_text(*store_, "b"), "absent");
    EXPECT_TRUE(put("a", "again", Durability::kSynced).ok());
  }
}

TEST_P(Fault, FailedWriteShowsNothingOfItsBatch) {
  script_->fail_writes(1);
  const auto failed = store_->write({put_row("a", "1"), put_row("b", "2")}, Durability::kSynced);
  ASSERT_FALSE(failed.ok());
  EXPECT_TRUE(failed.error().is(kInputOutput));
  EXPECT_EQ(get_text(*store_, "a"), "absent");
  EXPECT_TRUE(put("a", "3", Durability::kSynced).ok());
  EXPECT_EQ(get_text(*store_, "a"), "3");
}

TEST_P(Fault, FullStoreReadsOnAndWritesAgainOnceThereIsRoom) {
  ASSERT_TRUE(put("a", "1", Durability::kSynced).ok());
  script_->set_full(true);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(put("a", "2", Durability::kSynced).error().is(kFull));
  EXPECT_EQ(get_text(*store_, "a"), "1");
  script_->set_full(false);
  EXPECT_TRUE(put("a", "2", Durability::kSynced).ok());
  EXPECT_EQ(get_text(*store_, "a"), "2");
}

TEST_P(Fault, ReadsAreCutShortOrRefused) {
  ASSERT_TRUE(put("a", "12345", Durability::kSynced).ok());
  script_->shorten_reads(1);
  EXPECT_EQ(get_text(*store_, "a"), "1234");
  EXPECT_EQ(get_text(*store_, "a"), "12345");
  script_->corrupt_reads(2);
  EXPECT_TRUE(store_->get(kPlainTable, as_bytes("a")).error().is(kCorrupt));
  const auto snapshot = store_->snapshot();
  auto cursor = snapshot->scan(kPlainTable, {});
  ASSERT_TRUE(cursor.ok());
  ASSERT_TRUE(*(*cursor)->next());
  EXPECT_TRUE((*cursor)->record().error().is(kCorrupt));
  EXPECT_EQ(to_text(*(*cursor)->record()), "12345");
}

TEST_P(Fault, OpenFailsAsOftenAsTold) {
  store_.reset();
  script_->fail_opens(1);
  EXPECT_TRUE(engine_->open({kPlainTable}).error().is(kInputOutput));
  reopen();
}

INSTANTIATE_TEST_SUITE_P(Engines, Fault, ::testing::ValuesIn(testing::kEngines),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace icn::storage
