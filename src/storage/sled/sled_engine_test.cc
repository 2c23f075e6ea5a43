#include "storage/sled/sled_engine.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "base/log.h"
#include "base/random.h"
#include "storage/errors.h"
#include "storage/failing_sync_testing.h"
#include "storage/sled/sync_mark.h"
#include "storage/storage_testing.h"

namespace icn::storage {
namespace {

using testing::get_text;
using testing::kPlainTable;
using testing::number_of;
using testing::put_row;
using testing::read_file;
using testing::TestFolder;
using testing::write_file;
using testing::write_one;

SledOptions small() {
  SledOptions options;
  options.cache_capacity_bytes = 8 << 20;
  return options;
}

Result<std::unique_ptr<Store>> try_open(const std::filesystem::path& folder, SledOptions options = small()) {
  return SledEngine(folder, std::move(options), make_silent_log()).open({kPlainTable});
}
std::unique_ptr<Store> open_in(const std::filesystem::path& folder, SledOptions options = small()) {
  auto store = try_open(folder, std::move(options));
  EXPECT_TRUE(store.ok()) << store.error().detail();
  return store.ok() ? std::move(*store) : nullptr;
}

TEST(SledEngine, AFolderOfAnotherEngineANewerSchemaAndMissingFilesAreRefused) {
  const TestFolder folder;
  const auto code = [&] {
    const auto store = try_open(folder.path());
    return store.ok() ? std::string("open") : std::string(store.error().code());
  };
  write_file(folder.path() / "other.txt", "x");
  EXPECT_EQ(code(), "storage_foreign");
  std::filesystem::remove(folder.path() / "other.txt");
  EXPECT_EQ(code(), "open");
  const std::string marker = read_file(folder.path() / kMarkerName);
  EXPECT_EQ(marker, "icn-store 1\nengine sled\nschema 1\nstate ready\n");
  write_file(folder.path() / kMarkerName, "icn-store 1\nengine sled\nschema 2\nstate ready\n");
  EXPECT_EQ(code(), "storage_newer_schema");
  write_file(folder.path() / kMarkerName, "icn-store 1\nengine rocksdb\nschema 1\nstate ready\n");
  EXPECT_EQ(code(), "storage_foreign");
  write_file(folder.path() / kMarkerName, marker);
  EXPECT_EQ(code(), "open");
  for (const std::filesystem::path file : {"sled/db", "ICN_SYNCED"}) {
    std::filesystem::rename(folder.path() / file, folder.path() / "kept");
    EXPECT_EQ(code(), "storage_corrupt") << file;
    std::filesystem::rename(folder.path() / "kept", folder.path() / file);
    EXPECT_EQ(code(), "open") << file;
  }
  write_file(folder.path() / "ICN_SYNCED", std::string(16, '\0'));
  EXPECT_EQ(code(), "storage_corrupt");
}

// Whether pages are compressed stays as the store was made, whatever the setting says.
TEST(SledEngine, AStoreIsOpenedWhateverItsCompression) {
  for (const int made : {0, 4}) {
    const TestFolder folder;
    SledOptions options = small();
    options.compression_factor = made;
    ASSERT_TRUE(
        write_one(*open_in(folder.path(), options), put_row("a", std::string(5000, 'x')), Durability::kSynced)
            .ok());
    options.compression_factor = made == 0 ? 22 : 0;
    EXPECT_EQ(get_text(*open_in(folder.path(), options), "a"), std::string(5000, 'x'));
  }
}

// Only what was synced is on the disk after a power loss: here what the sync saw of the files.
TEST(SledEngine, ASyncedWriteSurvivesPowerLoss) {
  const TestFolder folder;
  const auto here = folder.path() / "store";
  const auto disk = folder.path() / "disk";
  int synced = 0;
  SledOptions options = small();
  options.flush_every_ms = 0;
  options.sync = [&](int file) {
    ++synced;
    std::filesystem::remove_all(disk);
    std::filesystem::copy(here, disk, std::filesystem::copy_options::recursive);
    return ::fdatasync(file);
  };
  auto store = open_in(here, options);
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(write_one(*store, put_row("buffered", std::to_string(i)), Durability::kBuffered).ok());
    const int before = synced;
    ASSERT_TRUE(write_one(*store, put_row("synced", std::to_string(i)), Durability::kSynced).ok());
    ASSERT_EQ(synced, before + 1);
    const auto found = open_in(disk);
    EXPECT_EQ(get_text(*found, "synced"), std::to_string(i));
    EXPECT_EQ(get_text(*found, "buffered"), std::to_string(i));
  }
}

TEST(SledEngine, AFailedSyncIsNeverTriedAgainAndEndsWriting) {
  const TestFolder folder;
  testing::check_a_failed_sync_ends_writing([&](std::function<int(int)> sync) {
    SledOptions options = small();
    options.sync = std::move(sync);
    return open_in(folder.path(), std::move(options));
  });
}

// A log that has lost its end is a damaged one, not an older one.
TEST(SledEngine, ALogWithoutItsNewestWritesIsRefused) {
  const TestFolder folder;
  {
    const auto store = open_in(folder.path() / "store");
    ASSERT_TRUE(write_one(*store, put_row("a", "1"), Durability::kSynced).ok());
  }
  std::filesystem::copy(folder.path() / "store", folder.path() / "older",
                        std::filesystem::copy_options::recursive);
  {
    const auto store = open_in(folder.path() / "store");
    ASSERT_TRUE(write_one(*store, put_row("a", "2"), Durability::kSynced).ok());
  }
  EXPECT_EQ(get_text(*open_in(folder.path() / "older"), "a"), "1") << "as a whole it is a store of then";
  std::filesystem::remove_all(folder.path() / "store/sled");
  std::filesystem::rename(folder.path() / "older/sled", folder.path() / "store/sled");
  const auto refused = try_open(folder.path() / "store");
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(refused.error().is(kCorrupt));
  EXPECT_NE(refused.error().detail().find("newest writes are missing"), std::string::npos)
      << refused.error().detail();
}

// sled writes its notes of where pages lie to a file of this name first.
TEST(SledEngine, NotesThatACrashLeftHalfWrittenAreNoDamage) {
  const TestFolder folder;
  ASSERT_TRUE(write_one(*open_in(folder.path()), put_row("a", "1"), Durability::kSynced).ok());
  const auto half = folder.path() / "sled/snap.00000000FFFFFFFF.generating";
  write_file(half, "half");
  EXPECT_EQ(get_text(*open_in(folder.path()), "a"), "1");
  EXPECT_FALSE(std::filesystem::exists(half));
}

// Writes until it is killed; each number that is answered goes to standard output. sled's threads do not
// survive a fork: a process of its own that KilledProcessLosesNoAnsweredWrite starts.
TEST(SledEngine, DISABLED_WritesUntilItIsKilled) {
  const char* const folder = std::getenv("SLED_TEST_FOLDER");
  const int answers = std::atoi(std::getenv("SLED_TEST_ANSWERS"));
  const bool is_synced = std::getenv("SLED_TEST_SYNCED") != nullptr;
  auto store = open_in(folder);
  for (std::uint32_t i = 0; store; ++i) {
    const std::string number = std::to_string(i);
    const auto done =
        store->write({put_row("left", number), put_row("key " + std::to_string(i % 500), number),
                      put_row("right", number)},
                     is_synced ? Durability::kSynced : Durability::kBuffered);
    if (!done.ok()) break;
    if (!is_synced && i % 16 == 0 && !store->flush().ok()) break;
    const bool is_durable = is_synced || i % 16 == 0;
    if (is_durable && ::write(answers, &i, sizeof(i)) != sizeof(i)) break;
  }
  _exit(1);
}

// What a killed process had answered is there; of a batch all or nothing.
TEST(SledEngine, KilledProcessLosesNoAnsweredWrite) {
  SeededRandom random(7);
  const TestFolder folder;
  const std::string program = std::filesystem::read_symlink("/proc/self/exe").string();
  for (int round = 0; round < 30; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    int answers[2];
    ASSERT_EQ(::pipe(answers), 0);
    std::vector<std::string> words{program, "--gtest_also_run_disabled_tests",
                                   "--gtest_filter=SledEngine.DISABLED_WritesUntilItIsKilled"};
    std::vector<std::string> surroundings{"SLED_TEST_FOLDER=" + folder.path().string(),
                                          "SLED_TEST_ANSWERS=" + std::to_string(answers[1])};
    if (round % 2 == 0) surroundings.emplace_back("SLED_TEST_SYNCED=1");
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    std::vector<char*> environment;
    for (std::string& each : surroundings) environment.push_back(each.data());
    environment.push_back(nullptr);
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(1);
      ::execve(program.c_str(), arguments.data(), environment.data());
      _exit(127);
    }
    ::close(answers[1]);
    std::uint32_t answered = 0;
    ASSERT_EQ(::read(answers[0], &answered, sizeof(answered)), static_cast<ssize_t>(sizeof(answered)));
    std::this_thread::sleep_for(std::chrono::milliseconds(5 + random.below(60)));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    while (::read(answers[0], &answered, sizeof(answered)) == static_cast<ssize_t>(sizeof(answered))) {
    }
    ::close(answers[0]);
    const auto store = open_in(folder.path());
    ASSERT_NE(store, nullptr);
    const std::string left = get_text(*store, "left");
    EXPECT_EQ(left, get_text(*store, "right"));
    EXPECT_EQ(left, get_text(*store, "key " + std::to_string(number_of(left) % 500)));
    EXPECT_GE(number_of(left), answered);
  }
}

// Damages one file of the store and says which.
std::filesystem::path damage(SeededRandom& random, const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const bool is_ours = entry.path().filename().string().starts_with("ICN_");  // tested above
    if (entry.is_regular_file() && entry.file_size() > 0 && !is_ours) files.push_back(entry.path());
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
  return victim;
}

// Never a crash, never a record that was not written and never one left out: refused, reported, or right.
TEST(SledEngine, DamagedFilesNeverCrashItNorGiveWrongRecords) {
  const TestFolder folder;
  std::map<std::string, std::string> rows;
  SledOptions options = small();
  options.compression_factor = 0;  // else a flipped byte is mostly found by that
  {
    const auto store = open_in(folder.path() / "whole", options);
    SeededRandom random(1);
    for (int i = 0; i < 3000; ++i) {
      const std::string key = "key " + std::to_string(i);
      rows[key] = hex_encode(random.bytes(200 + random.below(200)));
      ASSERT_TRUE(write_one(*store, put_row(key, rows[key]), Durability::kBuffered).ok());
    }
    rows["large"] = hex_encode(random.bytes(1 << 20));
    ASSERT_TRUE(write_one(*store, put_row("large", rows["large"]), Durability::kSynced).ok());
  }
  const auto target = folder.path() / "damaged";
  int refused = 0;
  int served = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SeededRandom random(seed);
    std::filesystem::remove_all(target);
    std::filesystem::copy(folder.path() / "whole", target, std::filesystem::copy_options::recursive);
    const auto victim = damage(random, target);
    SCOPED_TRACE("seed " + std::to_string(seed) + " " + victim.string());
    auto store = try_open(target, options);
    if (!store.ok()) {
      ++refused;
      EXPECT_TRUE(store.error().is(kCorrupt)) << store.error().detail();
      continue;
    }
    for (const auto& [key, value] : rows) {
      const auto found = (*store)->get(kPlainTable, as_bytes(key));
      if (!found.ok()) {
        ++refused;
        EXPECT_TRUE(found.error().is(kCorrupt) || found.error().is(kInputOutput)) << found.error().detail();
        break;
      }
      ASSERT_TRUE(found->has_value()) << key;
      ASSERT_EQ(to_text(**found), value);
      ++served;
    }
  }
  EXPECT_GT(refused, 5);
  EXPECT_GT(served, 5);
}

}  // namespace
}  // namespace icn::storage
