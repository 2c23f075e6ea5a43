#include "storage/rocksdb/rocksdb_engine.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "base/random.h"
#include "storage/errors.h"
#include "storage/small_disk_testing.h"
#include "storage/storage_testing.h"

namespace icn::storage {
namespace {

using testing::fill;
using testing::get_text;
using testing::kPlainTable;
using testing::number_of;
using testing::put_row;
using testing::read_file;
using testing::SmallDisk;
using testing::TestFolder;
using testing::write_file;
using testing::write_one;

std::unique_ptr<Store> open_in(const std::filesystem::path& folder, RocksdbOptions options = {}) {
  auto store = RocksdbEngine(folder, options, make_silent_log()).open({kPlainTable});
  EXPECT_TRUE(store.ok()) << store.error().detail();
  return store.ok() ? std::move(*store) : nullptr;
}

TEST(RocksdbEngine, UnknownCompressionIsNamed) {
  const TestFolder folder;
  RocksdbOptions options;
  options.compression = "lz5";
  const auto store = RocksdbEngine(folder.path(), options, make_silent_log()).open({kPlainTable});
  ASSERT_FALSE(store.ok());
  EXPECT_NE(store.error().detail().find("lz5"), std::string::npos);
}

// A store of tables whose indexes are others than this program's is refused and stays as it is; a new table
// is taken in.
TEST(RocksdbEngine, AStoreWithOtherIndexesIsRefused) {
  const TestFolder folder;
  const auto open = [&](const std::vector<TableSchema>& tables) {
    const auto store = RocksdbEngine(folder.path(), {}, make_silent_log()).open(tables);
    return store.ok() ? std::string() : std::string(store.error().code()) + " " + store.error().detail();
  };
  const TableSchema first{7, "first", {"by_time"}};
  const TableSchema longer{7, "first", {"by_time", "by_owner"}};
  EXPECT_EQ(open({first}), "");
  EXPECT_EQ(open({first}), "");
  const std::string older = open({longer});
  EXPECT_TRUE(older.starts_with("storage_older_schema " + folder.path().string())) << older;
  EXPECT_NE(older.find("first by_time by_owner"), std::string::npos) << older;
  const TableSchema second{8, "second", {}};
  EXPECT_EQ(open({first, second}), "");
  EXPECT_EQ(open({first}), "");
  EXPECT_TRUE(open({{7, "first", {}}}).starts_with("storage_newer_schema"));
  EXPECT_TRUE(open({{7, "other", {"by_time"}}}).starts_with("storage_newer_schema"));
  EXPECT_EQ(open({first, second}), "");
}

// Fills a 16 MiB disk, makes room again, and looks whether anything was lost or half there.
void run_on_small_disk(std::uint64_t free_space_min_bytes, std::chrono::milliseconds patience) {
  const TestFolder folder;
  const SmallDisk disk(folder.path(), 16);
  if (!disk.mounted()) GTEST_SKIP() << "needs root to mount a small tmpfs";
  RocksdbOptions options;
  options.write_buffer_size_bytes = 1 << 20;
  options.compression = "none";
  options.free_space_min_bytes = free_space_min_bytes;
  // What is kept back is enough for memory tables. A compaction would fill the disk by itself.
  if (free_space_min_bytes > 0) options.level0_compaction_trigger = 100;
  auto store = open_in(disk.path(), options);
  ASSERT_NE(store, nullptr);
  write_file(disk.path() / "ballast", std::string(6 << 20, 'x'));
  int written = 0;
  ASSERT_NO_FATAL_FAILURE(fill(*store, 2000, written));
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(get_text(*store, "last"), std::to_string(written - 1));
    EXPECT_EQ(get_text(*store, "row " + std::to_string(written)), "absent");
    const auto again = write_one(*store, put_row("big", std::string(8 << 20, 'y')), Durability::kSynced);
    ASSERT_FALSE(again.ok());
    EXPECT_TRUE(again.error().is(kFull)) << again.error().detail();
  }
  std::filesystem::remove(disk.path() / "ballast");
  const auto deadline = std::chrono::steady_clock::now() + patience;
  auto resumed = write_one(*store, put_row("after", "room"), Durability::kSynced);
  while (!resumed.ok() && std::chrono::steady_clock::now() < deadline) {
    if (resumed.error().is(kMustReopen)) {
      store.reset();
      store = open_in(disk.path(), options);
      ASSERT_NE(store, nullptr);
    } else {
      ASSERT_TRUE(resumed.error().is(kFull)) << resumed.error().detail();
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    resumed = write_one(*store, put_row("after", "room"), Durability::kSynced);
  }
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

TEST(RocksdbEngine, NearlyFullDiskRefusesBatchesAndTakesThemAtOnceWhenThereIsRoom) {
  run_on_small_disk(4 << 20, std::chrono::milliseconds(0));
}

TEST(RocksdbEngine, FullDiskRefusesBatchesAndTakesThemAgainOnceThereIsRoom) {
  run_on_small_disk(0, std::chrono::seconds(20));
}

// What a killed process had answered is there; of the batch under way all or nothing.
TEST(RocksdbEngine, KilledProcessLosesNoAnsweredWrite) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the thread sanitizer does not follow a fork that starts threads";
#endif
  SeededRandom random(7);
  const TestFolder folder;
  for (int round = 0; round < 4; ++round) {
    int answers[2];
    ASSERT_EQ(::pipe(answers), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      auto store = open_in(folder.path());
      for (std::uint32_t i = 0; store; ++i) {
        const std::string number = std::to_string(i);
        if (!store->write({put_row("left", number), put_row("right", number)}, Durability::kBuffered).ok())
          _exit(1);
        if (::write(answers[1], &i, sizeof(i)) != sizeof(i)) _exit(1);
      }
      _exit(1);
    }
    ::close(answers[1]);
    std::uint32_t answered = 0;
    ASSERT_EQ(::read(answers[0], &answered, sizeof(answered)), static_cast<ssize_t>(sizeof(answered)));
    std::this_thread::sleep_for(std::chrono::milliseconds(20 + random.below(60)));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    while (::read(answers[0], &answered, sizeof(answered)) == static_cast<ssize_t>(sizeof(answered))) {
    }
    ::close(answers[0]);
    const auto store = open_in(folder.path());
    ASSERT_NE(store, nullptr);
    const std::string left = get_text(*store, "left");
    EXPECT_EQ(left, get_text(*store, "right"));
    EXPECT_GE(number_of(left), answered);
    EXPECT_LE(number_of(left), std::uint64_t{answered} + 1);
  }
}

// Rows "key i" -> "value i ...", in several files and a log.
std::map<std::string, std::string> fill(const std::filesystem::path& folder) {
  std::map<std::string, std::string> rows;
  RocksdbOptions options;
  options.write_buffer_size_bytes = 64 << 10;
  options.level0_compaction_trigger = 100;  // no file goes while they are copied
  auto store = open_in(folder / "source", options);
  for (int i = 0; i < 800; ++i) {
    const std::string key = "key " + std::to_string(i);
    rows[key] = "value " + std::to_string(i) + std::string(static_cast<std::size_t>(i % 200), 'v');
    EXPECT_TRUE(write_one(*store, put_row(key, rows[key]), Durability::kBuffered).ok());
  }
  EXPECT_TRUE(store->flush().ok());
  // Copied while it is open, as a power loss would leave it; again when a log that was flushed went
  // meanwhile.
  std::error_code vanished;
  for (int i = 0; i < 100; ++i) {
    std::filesystem::remove_all(folder / "damaged");
    std::filesystem::copy(folder / "source", folder / "damaged", std::filesystem::copy_options::recursive,
                          vanished);
    if (!vanished) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_FALSE(vanished) << vanished.message();
  return rows;
}

void damage_one_file(SeededRandom& random, const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.file_size() > 0) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  const auto& victim = files[random.below(files.size())];
  std::string content = read_file(victim);
  if (random.below(3) == 0) {
    content.resize(random.below(content.size()));
  } else {
    for (auto flips = 1 + random.below(4); flips > 0; --flips) {
      content[random.below(content.size())] ^= static_cast<char>(1U << random.below(8));
    }
  }
  write_file(victim, content);
  SCOPED_TRACE(victim.string());
}

// Never a crash, and never a record that was not written: refused, reported, or right.
TEST(RocksdbEngine, DamagedFilesNeverCrashItNorGiveWrongRecords) {
  const TestFolder folder;
  const auto rows = fill(folder.path());
  const auto target = folder.path() / "damaged";
  std::filesystem::rename(target, folder.path() / "whole");
  int refused = 0;
  int opened = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    SeededRandom random(seed);
    std::filesystem::remove_all(target);
    std::filesystem::copy(folder.path() / "whole", target, std::filesystem::copy_options::recursive);
    damage_one_file(random, target);
    const auto before = testing::contents_of(target);
    auto store = RocksdbEngine(target, RocksdbOptions{}, make_silent_log()).open({kPlainTable});
    if (!store.ok()) {
      ++refused;
      EXPECT_EQ(before, testing::contents_of(target)) << store.error().detail();
      continue;
    }
    ++opened;
    auto cursor = (*store)->scan(kPlainTable, {});
    ASSERT_TRUE(cursor.ok());
    while (true) {
      const auto more = (*cursor)->next();
      if (!more.ok() || !*more) break;
      const auto record = (*cursor)->record();
      if (!record.ok()) break;
      const auto expected = rows.find(to_text((*cursor)->key()));
      ASSERT_NE(expected, rows.end());
      EXPECT_EQ(to_text(*record), expected->second);
    }
  }
  EXPECT_GT(refused, 5);
  EXPECT_GT(opened, 5);
}

}  // namespace
}  // namespace icn::storage
