#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "base/random.h"
#include "storage/errors.h"
#include "storage/small_disk_testing.h"
#include "storage/sqlite/sqlite_engine.h"
#include "storage/storage_testing.h"

// SQLite where there is little room, and under readers that keep its log from beginning anew.
namespace icn::storage {
namespace {

using testing::fill;
using testing::get_text;
using testing::kIndexedTable;
using testing::kPlainTable;
using testing::put_row;
using testing::SmallDisk;
using testing::TestFolder;
using testing::write_file;
using testing::write_one;

std::unique_ptr<Store> open_in(const std::filesystem::path& folder, SqliteOptions options) {
  auto store = SqliteEngine(folder, std::move(options), make_silent_log()).open({kPlainTable, kIndexedTable});
  EXPECT_TRUE(store.ok()) << store.error().detail();
  return store.ok() ? std::move(*store) : nullptr;
}

// Fills a 16 MiB disk, makes room again, and looks whether anything was lost or half there.
void run_on_small_disk(std::uint64_t free_space_min_bytes, std::uint64_t checkpoint_size_bytes) {
  const TestFolder folder;
  const SmallDisk disk(folder.path(), 16);
  if (!disk.mounted()) GTEST_SKIP() << "needs root to mount a small tmpfs";
  SqliteOptions options;
  options.free_space_min_bytes = free_space_min_bytes;
  options.checkpoint_size_bytes = checkpoint_size_bytes;
  auto store = open_in(disk.path(), options);
  ASSERT_NE(store, nullptr);
  write_file(disk.path() / "ballast", std::string(6 << 20, 'x'));
  int written = 0;
  ASSERT_NO_FATAL_FAILURE(fill(*store, 2000, written));
  // Neither a log of whole pages nor a checkpoint may take what is kept back.
  EXPECT_GE(std::filesystem::space(disk.path()).available, free_space_min_bytes);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(get_text(*store, "last"), std::to_string(written - 1));
    EXPECT_EQ(get_text(*store, "row " + std::to_string(written)), "absent");
    const auto again = write_one(*store, put_row("big", std::string(8 << 20, 'y')), Durability::kSynced);
    ASSERT_FALSE(again.ok());
    EXPECT_TRUE(again.error().is(kFull)) << again.error().detail();
  }
  std::filesystem::remove(disk.path() / "ballast");
  const auto resumed = write_one(*store, put_row("after", "room"), Durability::kSynced);
  ASSERT_TRUE(resumed.ok()) << resumed.error().detail();
  for (const bool reopened : {false, true}) {
    if (reopened) {
      store.reset();
      store = open_in(disk.path(), options);
      ASSERT_NE(store, nullptr);
    }
    EXPECT_EQ(get_text(*store, "after"), "room");
    EXPECT_EQ(get_text(*store, "last"), std::to_string(written - 1));
    EXPECT_EQ(get_text(*store, "row " + std::to_string(written)), "absent");
    EXPECT_EQ(get_text(*store, "big"), "absent");
  }
}

TEST(SqliteEngine, NearlyFullDiskRefusesBatchesAndTakesThemAtOnceWhenThereIsRoom) {
  run_on_small_disk(2 << 20, 1 << 20);
}
TEST(SqliteEngine, NearlyFullDiskUnderALogThatIsSeldomEmptied) { run_on_small_disk(3 << 20, 1 << 30); }
TEST(SqliteEngine, FullDiskRefusesBatchesAndTakesThemAtOnceWhenThereIsRoom) { run_on_small_disk(0, 1 << 20); }
TEST(SqliteEngine, FullDiskUnderALogThatIsNotEmptied) { run_on_small_disk(0, 1 << 30); }

// A moment that is read for long keeps the log, which fills the disk. Once it is read no more the store goes
// on by itself, and says so to those who only ask.
TEST(SqliteEngine, ADiskThatALogFilledWhileItWasReadHasRoomAgainAfterwards) {
  const TestFolder folder;
  const SmallDisk disk(folder.path(), 16);
  if (!disk.mounted()) GTEST_SKIP() << "needs root to mount a small tmpfs";
  SqliteOptions options;
  options.free_space_min_bytes = 2 << 20;
  options.checkpoint_size_bytes = 1 << 20;
  const auto store = open_in(disk.path(), options);
  ASSERT_NE(store, nullptr);
  ASSERT_TRUE(write_one(*store, put_row("a", "first"), Durability::kSynced).ok());
  auto moment = store->snapshot();
  ASSERT_EQ(get_text(*moment, "a"), "first");
  SeededRandom random(1);
  const auto write = [&](int number) {
    return store->write({put_row("a", std::to_string(number)),
                         put_row("row " + std::to_string(number % 50), to_text(random.bytes(16 << 10)))},
                        Durability::kBuffered);
  };
  int written = 0;
  Result<void> last;
  for (; written < 2000; ++written) {
    last = write(written);
    if (!last.ok()) break;
  }
  ASSERT_FALSE(last.ok()) << "50 rows of 16 KiB need no 16 MiB, but the log keeps all their versions";
  ASSERT_TRUE(last.error().is(kFull)) << last.error().detail();
  EXPECT_NE(store->stats().refuses, "");
  EXPECT_EQ(get_text(*moment, "a"), "first");
  EXPECT_EQ(get_text(*store, "a"), std::to_string(written - 1));
  moment.reset();
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!store->stats().refuses.empty() && std::chrono::steady_clock::now() < give_up)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  ASSERT_EQ(store->stats().refuses, "");
  for (int i = 0; i < 2000; ++i) ASSERT_TRUE(write(i).ok()) << i;
  EXPECT_GT(std::filesystem::space(disk.path()).available, std::uint64_t{8} << 20);
  EXPECT_EQ(get_text(*store, "a"), "1999");
}

// At every moment somebody reads, though nobody for long.
TEST(SqliteEngine, TheLogBeginsAnewUnderReadersWithoutAGap) {
  const TestFolder folder;
  SqliteOptions options;
  options.checkpoint_size_bytes = 1 << 20;
  const auto store = open_in(folder.path(), options);
  ASSERT_NE(store, nullptr);
  ASSERT_TRUE(write_one(*store, put_row("a", "1"), Durability::kBuffered).ok());
  std::atomic<bool> is_over = false;
  std::thread reader([&] {
    auto former = store->snapshot();
    while (!is_over) {
      auto next = store->snapshot();
      EXPECT_NE(get_text(*former, "a"), "absent");
      former = std::move(next);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  });
  SeededRandom random(1);
  std::uint64_t log_size = 0;
  for (int i = 0; i < 1500; ++i) {
    const auto written =
        store->write({put_row("a", std::to_string(i)),
                      put_row("row " + std::to_string(i % 50), to_text(random.bytes(16 << 10)))},
                     Durability::kBuffered);
    EXPECT_TRUE(written.ok());
    log_size = std::max(log_size, std::uint64_t{std::filesystem::file_size(folder.path() / "store.db-wal")});
  }
  is_over = true;
  reader.join();
  EXPECT_LT(log_size, std::uint64_t{4} << 20) << "1,500 rows of 16 KiB are 24 MiB of log";
}

}  // namespace
}  // namespace icn::storage
