#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <map>

#include "base/log.h"
#include "base/random.h"
#include "storage/errors.h"
#include "storage/sled/sled_engine.h"
#include "storage/sled/stuck_watch.h"
#include "storage/small_disk_testing.h"
#include "storage/storage_testing.h"

// sled where there is little room, and none.
namespace icn::storage {
namespace {

using namespace std::chrono_literals;
using testing::fill;
using testing::get_text;
using testing::kPlainTable;
using testing::put_row;
using testing::SmallDisk;
using testing::TestFolder;
using testing::write_file;
using testing::write_one;

std::unique_ptr<Store> open_in(const std::filesystem::path& folder, SledOptions options = {}) {
  options.cache_capacity_bytes = 8 << 20;
  auto store = SledEngine(folder, std::move(options), make_silent_log()).open({kPlainTable});
  EXPECT_TRUE(store.ok()) << store.error().detail();
  return store.ok() ? std::move(*store) : nullptr;
}

std::string random_text(SeededRandom& random, std::size_t size) { return to_text(random.bytes(size)); }

// sled does not get over a full disk, so it must never meet one.
TEST(SledEngine, NearlyFullDiskRefusesBatchesAndTakesThemAtOnceWhenThereIsRoom) {
  const TestFolder folder;
  const SmallDisk disk(folder.path(), 64);
  if (!disk.mounted()) GTEST_SKIP() << "needs root to mount a small tmpfs";
  auto store = open_in(disk.path());
  ASSERT_NE(store, nullptr);
  write_file(disk.path() / "ballast", std::string(24 << 20, 'x'));
  int written = 0;
  ASSERT_NO_FATAL_FAILURE(fill(*store, 4000, written));
  EXPECT_NE(store->stats().refuses, "");
  EXPECT_EQ(get_text(*store, "last"), std::to_string(written - 1));
  EXPECT_EQ(get_text(*store, "row " + std::to_string(written)), "absent");
  std::filesystem::remove(disk.path() / "ballast");
  const auto resumed = write_one(*store, put_row("after", "room"), Durability::kSynced);
  ASSERT_TRUE(resumed.ok()) << resumed.error().detail();
  store.reset();
  store = open_in(disk.path());
  ASSERT_NE(store, nullptr);
  EXPECT_EQ(get_text(*store, "after"), "room");
  EXPECT_EQ(get_text(*store, "last"), std::to_string(written - 1));
}

// Values of 64 KiB take several times their size, as sled writes whole pages anew: 8 MiB of them would not
// fit.
TEST(SledFullDisk, ABatchIsRefusedUnlessWhatSledMakesOfItFits) {
  const TestFolder folder;
  const SmallDisk disk(folder.path(), 160);
  if (!disk.mounted()) GTEST_SKIP() << "needs root to mount a small tmpfs";
  auto store = open_in(disk.path());
  ASSERT_NE(store, nullptr);
  SeededRandom random(2);
  const auto batch = [&](const std::string& name) {
    std::vector<Row> rows;
    for (int i = 0; i < 128; ++i)
      rows.push_back(put_row(name + hex_encode(random.bytes(8)), random_text(random, 64 << 10)));
    return rows;
  };
  ASSERT_TRUE(store->write(batch("first"), Durability::kSynced).ok());
  const auto refused = [&]() -> Result<void> {
    for (int i = 0; i < 16; ++i) ICN_TRY(store->write(batch("more"), Durability::kBuffered));
    return {};
  }();
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(refused.error().is(kFull)) << refused.error().detail();
  EXPECT_NE(refused.error().detail().find("are needed"), std::string::npos) << refused.error().detail();
  EXPECT_GE(std::filesystem::space(disk.path()).available, std::uint64_t{16} << 20);
  EXPECT_TRUE(write_one(*store, put_row("small", "fits"), Durability::kSynced).ok());
  store.reset();
  store = open_in(disk.path());
  ASSERT_NE(store, nullptr);
  EXPECT_EQ(get_text(*store, "small"), "fits");
}

// Somebody else takes the last room: here nothing is kept back. A page over a quarter of sled's segments
// fails in the way in which sled loses count, and without help waits for ever.
TEST(SledFullDisk, AWriteThatMeetsItFailsAndNothingHangs) {
  for (const std::uint64_t flush_every_ms : {0, 50}) {
    SCOPED_TRACE(flush_every_ms);
    const TestFolder folder;
    const SmallDisk disk(folder.path(), 48);
    if (!disk.mounted()) GTEST_SKIP() << "needs root to mount a small tmpfs";
    SledOptions options;
    options.free_space_min_bytes = 0;
    options.flush_every_ms = flush_every_ms;
    auto store = open_in(disk.path(), options);
    ASSERT_NE(store, nullptr);
    write_file(disk.path() / "ballast", std::string(24 << 20, 'x'));
    SeededRandom random(3);
    std::map<std::string, std::string> answered;
    Result<void> last;
    for (int i = 0; i < 1000 && last.ok(); ++i) {
      const std::string key = "row " + std::to_string(i);
      const std::string value = random_text(random, 200 << 10);
      last = write_one(*store, put_row(key, value), Durability::kSynced);
      if (last.ok()) answered[key] = value;
    }
    ASSERT_FALSE(last.ok());
    EXPECT_TRUE(last.error().is(kSyncFailed)) << last.error().detail();
    ASSERT_GT(answered.size(), 10U);
    EXPECT_TRUE(write_one(*store, put_row("next", "1"), Durability::kBuffered).error().is(kMustReopen));
    EXPECT_NE(store->stats().refuses, "");
    auto ended = std::async(std::launch::async, [&] {
      EXPECT_TRUE(store->flush().error().is(kSyncFailed));
      store.reset();
    });
    ASSERT_EQ(ended.wait_for(60s), std::future_status::ready) << "it hangs";
    std::filesystem::remove(disk.path() / "ballast");
    store = open_in(disk.path());
    ASSERT_NE(store, nullptr);
    for (const auto& [key, value] : answered) EXPECT_TRUE(get_text(*store, key) == value) << key;
    EXPECT_TRUE(write_one(*store, put_row("after", "room"), Durability::kSynced).ok());
  }
}

// A batch that fails on the way has filled several of sled's segments by then: those were written. It takes
// 6 MiB where at most 5 are left.
TEST(SledFullDisk, ABatchThatFailsOnTheWayIsNotThereInPart) {
  constexpr int kRows = 160;
  int failed = 0;
  int undone = 0;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    SCOPED_TRACE(seed);
    const TestFolder folder;
    const SmallDisk disk(folder.path(), 64);
    if (!disk.mounted()) GTEST_SKIP() << "needs root to mount a small tmpfs";
    SeededRandom random(seed);
    SledOptions options;
    options.free_space_min_bytes = 0;
    options.flush_every_ms = 0;
    auto store = open_in(disk.path(), options);
    ASSERT_NE(store, nullptr);
    // Every tenth one is large: sled makes a file of it, and a batch fails at that.
    const auto batch = [&](std::size_t large, std::size_t small) {
      std::vector<Row> rows;
      for (int i = 0; i < kRows; ++i)
        rows.push_back(put_row("row " + std::to_string(i), random_text(random, i % 10 == 0 ? large : small)));
      return rows;
    };
    const std::vector<Row> first = batch(200, 100);
    ASSERT_TRUE(store->write({first.begin(), first.begin() + kRows / 2}, Durability::kSynced).ok());
    const std::uint64_t available = std::filesystem::space(disk.path()).available;
    const std::uint64_t left = (2 << 20) + random.below(3 << 20);
    ASSERT_GT(available, left);
    write_file(disk.path() / "ballast", std::string(available - left, 'x'));
    const std::vector<Row> second = batch(300 << 10, 8 << 10);
    const auto written = store->write(second, Durability::kBuffered);
    const auto holds = [&](const std::vector<Row>& rows, int count) {
      int same = 0;
      for (int i = 0; i < kRows; ++i) {
        const auto found = store->get(kPlainTable, rows[i].key);
        const bool is_wanted = i < count;
        same += found.ok() && (is_wanted ? *found == rows[i].record : !found->has_value()) ? 1 : 0;
      }
      return same == kRows;
    };
    if (!written.ok()) {
      EXPECT_TRUE(written.error().is(kSyncFailed)) << written.error().detail();
      EXPECT_TRUE(holds(first, kRows / 2)) << "reads go on from what was there before";
      ++failed;
    }
    store.reset();
    std::filesystem::remove(disk.path() / "ballast");
    store = open_in(disk.path(), options);
    ASSERT_NE(store, nullptr);
    const bool is_old = holds(first, kRows / 2);
    EXPECT_TRUE(is_old || holds(second, kRows)) << "a part of the batch is there";
    undone += is_old ? 1 : 0;
    EXPECT_TRUE(write_one(*store, put_row("after", "room"), Durability::kSynced).ok());
  }
  EXPECT_GT(failed, 4);
  EXPECT_GT(undone, 4);
}

TEST(StuckWatch, FreesATurnThatTakesTooLongAndOnlyThat) {
  std::promise<void> freed;
  StuckWatch short_one(20ms, [&] { freed.set_value(); });  // a second call would throw
  StuckWatch long_one(1h, [] { ADD_FAILURE() << "nothing was stuck"; });
  {
    const StuckWatch::Turn quick(long_one);
    const StuckWatch::Turn stuck(short_one);
    const StuckWatch::Turn beside(short_one);
    ASSERT_EQ(freed.get_future().wait_for(60s), std::future_status::ready);
    std::this_thread::sleep_for(50ms);
  }
  std::this_thread::sleep_for(50ms);
}

}  // namespace
}  // namespace icn::storage
