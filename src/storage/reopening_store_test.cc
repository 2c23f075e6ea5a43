#include "storage/reopening_store.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "storage/errors.h"
#include "storage/fault/fault_engine.h"
#include "storage/memory/memory_engine.h"
#include "storage/storage_testing.h"

namespace icn::storage {
namespace {

using testing::get_text;
using testing::kPlainTable;
using testing::put_row;
using testing::write_one;
using Unsynced = FaultScript::Unsynced;

class ReopeningStoreTest : public ::testing::Test {
 protected:
  Result<void> put(std::string_view key, std::string_view record,
                   Durability durability = Durability::kSynced) {
    return write_one(*store_, put_row(key, record), durability);
  }

  std::shared_ptr<FaultScript> script_ = std::make_shared<FaultScript>();
  FaultEngine engine_{std::make_unique<MemoryEngine>(), script_};
  std::unique_ptr<Store> store_ = open(std::chrono::hours(1));

  std::unique_ptr<Store> open(std::chrono::milliseconds read_retry) {
    return ReopeningStore::open(engine_, {kPlainTable}, make_silent_log(), read_retry).value();
  }
};

TEST_F(ReopeningStoreTest, AfterAFailedSyncWhatIsThereDecides) {
  ASSERT_TRUE(put("a", "1").ok());
  script_->fail_syncs(1, Unsynced::kKept);
  EXPECT_TRUE(put("b", "2").ok());
  EXPECT_EQ(get_text(*store_, "b"), "2");
  script_->fail_syncs(1, Unsynced::kLost);
  const auto lost = put("c", "3");
  ASSERT_FALSE(lost.ok());
  EXPECT_TRUE(lost.error().is(kNotApplied));
  EXPECT_EQ(get_text(*store_, "c"), "absent");
  EXPECT_TRUE(put("c", "3").ok());
  EXPECT_EQ(get_text(*store_, "a") + get_text(*store_, "b") + get_text(*store_, "c"), "123");
}

TEST_F(ReopeningStoreTest, TheLastRowOfAKeyDecides) {
  script_->fail_syncs(1, Unsynced::kKept);
  EXPECT_TRUE(
      store_->write({put_row("a", "1"), put_row("b", "1"), put_row("a", "2")}, Durability::kSynced).ok());
  EXPECT_EQ(get_text(*store_, "a"), "2");
}

TEST_F(ReopeningStoreTest, AFailedFlushIsUnknownAndTheNextWriteGoesThrough) {
  ASSERT_TRUE(put("a", "1", Durability::kBuffered).ok());
  script_->fail_syncs(1, Unsynced::kLost);
  EXPECT_TRUE(store_->flush().error().is(kSyncFailed));
  EXPECT_EQ(get_text(*store_, "a"), "absent");
  EXPECT_TRUE(put("a", "2").ok());
  EXPECT_TRUE(store_->flush().ok());
}

TEST_F(ReopeningStoreTest, WhenItCannotBeOpenedEachWriteTriesAgain) {
  ASSERT_TRUE(put("a", "1").ok());
  script_->fail_syncs(1, Unsynced::kLost);
  script_->fail_opens(2);
  EXPECT_TRUE(put("b", "2").error().is(kSyncFailed));
  EXPECT_EQ(store_->get(kPlainTable, as_bytes("a")).error().category(), Category::kUnavailable);
  EXPECT_FALSE(store_->snapshot()->get(kPlainTable, as_bytes("a")).ok());
  EXPECT_NE(store_->stats().refuses, "");
  EXPECT_TRUE(put("b", "2").error().is(kInputOutput));
  EXPECT_TRUE(put("b", "2").ok());
  EXPECT_EQ(get_text(*store_, "a") + get_text(*store_, "b"), "12");
  EXPECT_EQ(store_->stats().refuses, "");
}

// A node whose callers are looked up in the store gets no write before a read.
TEST_F(ReopeningStoreTest, ReadsOpenItWhenNobodyWrites) {
  store_.reset();
  store_ = open(std::chrono::milliseconds(0));
  ASSERT_TRUE(put("a", "1").ok());
  script_->fail_syncs(1, Unsynced::kLost);
  script_->fail_opens(2);
  EXPECT_TRUE(put("b", "2").error().is(kSyncFailed));
  EXPECT_EQ(store_->get(kPlainTable, as_bytes("a")).error().category(), Category::kUnavailable);
  EXPECT_EQ(get_text(*store_, "a"), "1");
  EXPECT_EQ(get_text(*store_, "b"), "absent");
  EXPECT_TRUE(put("b", "2").ok());
}

TEST_F(ReopeningStoreTest, AFullLogIsGotOverWithoutARefusal) {
  ASSERT_TRUE(put("a", "1").ok());
  script_->fill_log();
  EXPECT_TRUE(put("b", "2").error().is(kFull));
  EXPECT_EQ(get_text(*store_, "a"), "1");
  script_->fail_opens(1, kFull);
  script_->set_full(false);
  EXPECT_TRUE(put("b", "2").error().is(kFull));
  EXPECT_TRUE(put("b", "2").ok());
  EXPECT_EQ(get_text(*store_, "a") + get_text(*store_, "b"), "12");
}

TEST_F(ReopeningStoreTest, WaitsForReadersThatHoldTheOldOne) {
  ASSERT_TRUE(put("a", "1").ok());
  auto snapshot = store_->snapshot();
  auto cursor = snapshot->scan(kPlainTable, {}).value();
  script_->fail_syncs(1, Unsynced::kLost);
  auto written = std::async(std::launch::async, [&] { return put("b", "2"); });
  EXPECT_EQ(written.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  EXPECT_TRUE(*cursor->next());
  EXPECT_EQ(to_text(*cursor->record()), "1");
  cursor.reset();
  snapshot.reset();
  EXPECT_TRUE(written.get().error().is(kNotApplied));
  EXPECT_TRUE(put("b", "2").ok());
}

TEST_F(ReopeningStoreTest, ManyWritersShareAnOpening) {
  std::atomic<int> wrong{0};
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 4; ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = 0; i < 50; ++i) {
        if (writer == 0 && i % 10 == 5) script_->fail_syncs(1, Unsynced::kLost);
        const std::string key = std::to_string(writer) + "/" + std::to_string(i);
        const bool written = put(key, "1").ok();
        if (written != (get_text(*store_, key) == "1")) ++wrong;
      }
    });
  }
  for (std::thread& each : writers) each.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_TRUE(put("last", "1").ok());
}

}  // namespace
}  // namespace icn::storage
