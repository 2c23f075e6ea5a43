#include "storage/sqlite/sqlite_engine.h"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "base/random.h"
#include "storage/errors.h"
#include "storage/failing_sync_testing.h"
#include "storage/sqlite/row_sum.h"
#include "storage/sqlite/sqlite_tables.h"
#include "storage/storage_testing.h"
#include "storage/tables.h"

namespace icn::storage {
namespace {

using testing::get_text;
using testing::kIndexedTable;
using testing::kPlainTable;
using testing::number_of;
using testing::put_row;
using testing::read_file;
using testing::TestFolder;
using testing::text;
using testing::write_file;
using testing::write_one;

Result<std::unique_ptr<Store>> try_open(const std::filesystem::path& folder, SqliteOptions options = {}) {
  return SqliteEngine(folder, std::move(options), make_silent_log()).open({kPlainTable, kIndexedTable});
}
std::unique_ptr<Store> open_in(const std::filesystem::path& folder, SqliteOptions options = {}) {
  auto store = try_open(folder, std::move(options));
  EXPECT_TRUE(store.ok()) << store.error().detail();
  return store.ok() ? std::move(*store) : nullptr;
}

// What another program sees: the first column of each row, one a line.
std::string query(const std::filesystem::path& folder, const std::string& sql) {
  sqlite3* db = nullptr;
  EXPECT_EQ(sqlite3_open_v2((folder / "store.db").c_str(), &db, SQLITE_OPEN_READWRITE, nullptr), SQLITE_OK);
  std::string out;
  char* problem = nullptr;
  sqlite3_exec(
      db, sql.c_str(),
      [](void* to, int, char** values, char**) {
        *static_cast<std::string*>(to) += std::string(values[0] != nullptr ? values[0] : "null") + "\n";
        return 0;
      },
      &out, &problem);
  if (problem != nullptr) out += std::string("error: ") + problem;
  sqlite3_free(problem);
  sqlite3_close(db);
  return out;
}

// https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md and its program's `xxhsum -H1`.
TEST(RowSum, IsXxh64) {
  EXPECT_EQ(xxh64({}, 0), 0xEF46DB3751D8E999U);
  EXPECT_EQ(xxh64(as_bytes("a"), 0), 0xD24EC4F1A98C6E5BU);
  EXPECT_EQ(xxh64(as_bytes("abc"), 0), 0x44BC2CF5AD770999U);
  EXPECT_EQ(xxh64(as_bytes("Nobody inspects the spammish repetition"), 0), 0xFBCEA83C8A378BF1U);
}

// The buffer and the sums of https://github.com/Cyan4973/xxHash/blob/dev/tests/sanity_test.c; those of 241,
// 1024, 1025 and 65536 bytes are libxxhash's.
TEST(RowSum, OfALongRecordIsMadeWithXxh3) {
  Bytes buffer;
  for (std::uint64_t number = 2654435761U; buffer.size() < 65'536; number *= 11400714785074694797U)
    buffer.push_back(static_cast<std::uint8_t>(number >> 56));
  const std::pair<std::size_t, std::uint64_t> expected[] = {
      {241, 0xC5A639ECD2030E5E},  {403, 0xCDEB804D65C6DEA4},  {512, 0x617E49599013CB6B},
      {1024, 0xDD85C9B5C1109C5C}, {1025, 0xD870C0FA13211C6A}, {2048, 0xDD59E2C3A5F038E0},
      {2240, 0x6E73A90539CF2948}, {2367, 0xCB37AEB9E5D361ED}, {65'536, 0x918F7F0F912CA480}};
  for (const auto& [size, sum] : expected) {
    const ByteView record = ByteView(buffer).first(size);
    EXPECT_EQ(xxh3(record), sum) << size;
    const ByteView key = as_bytes("key");
    EXPECT_EQ(row_sum(key, record), static_cast<std::int64_t>(xxh64(key, sum)));
    EXPECT_TRUE(is_row_sum(row_sum(key, record), key, record));
    EXPECT_TRUE(is_row_sum(static_cast<std::int64_t>(xxh64(record, xxh64(key, 0))), key, record));
    EXPECT_FALSE(is_row_sum(row_sum(key, record) + 1, key, record));
  }
}

TEST(SqliteEngine, AFolderOfAnotherEngineANewerSchemaAndAMissingFileAreRefused) {
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
  write_file(folder.path() / kMarkerName, "icn-store 1\nengine sqlite\nschema 2\nstate ready\n");
  EXPECT_EQ(code(), "storage_newer_schema");
  write_file(folder.path() / kMarkerName, "icn-store 1\nengine rocksdb\nschema 1\nstate ready\n");
  EXPECT_EQ(code(), "storage_foreign");
  write_file(folder.path() / kMarkerName, marker);
  EXPECT_EQ(code(), "open");
  std::filesystem::rename(folder.path() / "store.db", folder.path() / "kept");
  EXPECT_EQ(code(), "storage_corrupt");
  write_file(folder.path() / "store.db", std::string(100'000, 'x'));
  EXPECT_EQ(code(), "storage_corrupt");
  write_file(folder.path() / "store.db", "");
  EXPECT_EQ(code(), "storage_corrupt") << "an empty file is no database of ours";
  std::filesystem::rename(folder.path() / "kept", folder.path() / "store.db");
  EXPECT_EQ(code(), "open");
}

// Another program may read what is there, and its lock only makes a write wait.
TEST(SqliteEngine, AnotherProgramReadsAndItsLockIsWaitedFor) {
  const TestFolder folder;
  SqliteOptions options;
  options.busy_timeout_ms = 300;
  auto store = open_in(folder.path(), options);
  ASSERT_TRUE(write_one(*store, put_row("a", "1"), Durability::kSynced).ok());
  EXPECT_EQ(query(folder.path(), "SELECT record FROM plain WHERE key = x'61'"), "1\n");
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open((folder.path() / "store.db").c_str(), &db), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(db, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  const auto refused = write_one(*store, put_row("a", "2"), Durability::kSynced);
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(refused.error().is(kInputOutput)) << refused.error().detail();
  EXPECT_EQ(get_text(*store, "a"), "1");
  ASSERT_EQ(sqlite3_exec(db, "ROLLBACK", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(db);
  EXPECT_TRUE(write_one(*store, put_row("a", "3"), Durability::kSynced).ok());
  EXPECT_EQ(get_text(*store, "a"), "3");
}

// Every scan the store makes is answered by the primary key or the declared index, sorted by nothing.
TEST(SqliteEngine, ScansUseTheirIndex) {
  const TestFolder folder;
  const auto store = open_in(folder.path());
  const SqliteTable table(kIndexedTable);
  for (const std::optional<std::size_t> index :
       {std::optional<std::size_t>(), std::optional<std::size_t>(0)}) {
    for (const bool reverse : {false, true}) {
      for (const Bytes& from : {Bytes(), Bytes{1}}) {
        for (const Bytes& to : {Bytes(), Bytes{2}}) {
          std::string sql = table.scan({index, from, to, reverse});
          for (const char* place : {"?1", "?2"}) {
            if (const auto at = sql.find(place); at != std::string::npos) sql.replace(at, 2, "x'01'");
          }
          sqlite3* db = nullptr;
          ASSERT_EQ(sqlite3_open((folder.path() / "store.db").c_str(), &db), SQLITE_OK);
          std::string plan;
          sqlite3_exec(
              db, ("EXPLAIN QUERY PLAN " + sql).c_str(),
              [](void* out, int, char** values, char**) {
                return *static_cast<std::string*>(out) += values[3], 0;
              },
              &plan, nullptr);
          sqlite3_close(db);
          const bool bounded = !from.empty() || !to.empty();
          EXPECT_EQ(plan.find("TEMP B-TREE"), std::string::npos) << sql << ": " << plan;
          EXPECT_TRUE(plan.starts_with(bounded || index ? "SEARCH" : "SCAN")) << sql << ": " << plan;
          EXPECT_EQ(plan.find("idx_indexed_first") != std::string::npos, index.has_value()) << plan;
        }
      }
    }
  }
}

struct Thing {
  std::string name;
  std::uint64_t count = 0;
  static constexpr auto fields() {
    return codec::described(codec::field("name", &Thing::name), codec::field("count", &Thing::count));
  }
};
const Table<std::tuple<std::string, std::uint64_t>, Thing> kThings{9, "things"};

// The texts are what RFC 8259 says of these values.
TEST(SqliteEngine, TypedTablesShowTheirRowsAsJson) {
  const TestFolder folder;
  SqliteOptions options;
  options.readable = readable_tables(kThings);
  auto store = *SqliteEngine(folder.path(), options, make_silent_log()).open({kThings.schema()});
  StoreSpace space(*store, Durability::kBuffered);
  ASSERT_TRUE(kThings.put(space, {"it's \"x\"", 7}, {"first\n", 1}).ok());
  ASSERT_TRUE(kThings.put(space, {"b", std::uint64_t{1} << 60}, {std::string("nul \0", 5), 2}).ok());
  ASSERT_TRUE(kThings.put(space, {"b", std::uint64_t{1} << 60}, {"again", 3}).ok());
  EXPECT_EQ(query(folder.path(), "SELECT key_json || ' ' || record_json FROM things ORDER BY key"),
            "[\"b\",\"1152921504606846976\"] {\"name\":\"again\",\"count\":3}\n"
            "[\"it's \\\"x\\\"\",7] {\"name\":\"first\\n\",\"count\":1}\n");
  EXPECT_EQ(query(folder.path(), "SELECT sum(record_json->>'count') FROM things"), "4\n");
}

// Reads while the store is in the middle of a batch: as it puts a row into its readable form.
struct MiddleOfABatch {
  static inline const Store* store = nullptr;
  static inline std::string seen;
  static ReadableRow read(ByteView, ByteView) {
    if (store != nullptr) std::thread([] { seen = get_text(*store, "a"); }).join();
    return {"[]", "null"};
  }
};

TEST(SqliteEngine, AReadNeitherWaitsForABatchNorSeesAPartOfIt) {
  const TestFolder folder;
  SqliteOptions options;
  options.readable = {{"plain", &MiddleOfABatch::read}};
  const auto store = open_in(folder.path(), options);
  ASSERT_TRUE(write_one(*store, put_row("a", "1"), Durability::kBuffered).ok());
  EXPECT_EQ(get_text(*store, "a"), "1");
  MiddleOfABatch::store = store.get();
  const auto written = store->write({put_row("a", "2"), put_row("b", "2")}, Durability::kBuffered);
  MiddleOfABatch::store = nullptr;
  ASSERT_TRUE(written.ok());
  EXPECT_EQ(MiddleOfABatch::seen, "1");
  EXPECT_EQ(get_text(*store, "a"), "2");
}

// Only what was synced is on the disk after a power loss: here what the sync saw of the files.
TEST(SqliteEngine, ASyncedWriteSurvivesPowerLoss) {
  const TestFolder folder;
  const auto here = folder.path() / "store";
  const auto disk = folder.path() / "disk";
  std::filesystem::create_directory(disk);
  int synced = 0;
  SqliteOptions options;
  options.sync = [&](int file) {
    ++synced;
    for (const char* name : {"store.db", "store.db-wal", "ICN_STORE", "ICN_TABLES"}) {
      std::filesystem::copy_file(here / name, disk / name, std::filesystem::copy_options::overwrite_existing);
    }
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

TEST(SqliteEngine, AFailedSyncIsNeverTriedAgainAndEndsWriting) {
  const TestFolder folder;
  testing::check_a_failed_sync_ends_writing([&](std::function<int(int)> sync) {
    SqliteOptions options;
    options.sync = std::move(sync);
    return open_in(folder.path(), std::move(options));
  });
}

// What a killed process had answered is there; of the batch under way all or nothing.
TEST(SqliteEngine, KilledProcessLosesNoAnsweredWrite) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the thread sanitizer does not follow a fork that starts threads";
#endif
  SeededRandom random(7);
  const TestFolder folder;
  SqliteOptions options;
  options.checkpoint_size_bytes = 256 << 10;  // so that some are killed while the log is emptied
  for (int round = 0; round < 30; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    const Durability durability = round % 2 == 0 ? Durability::kSynced : Durability::kBuffered;
    int answers[2];
    ASSERT_EQ(::pipe(answers), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      auto store = open_in(folder.path(), options);
      for (std::uint32_t i = 0; store; ++i) {
        const std::string number = std::to_string(i);
        if (!store
                 ->write({put_row("left", number), put_row("key " + std::to_string(i % 500), number),
                          put_row("right", number)},
                         durability)
                 .ok())
          _exit(1);
        if (::write(answers[1], &i, sizeof(i)) != sizeof(i)) _exit(1);
      }
      _exit(1);
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
    const auto store = open_in(folder.path(), options);
    ASSERT_NE(store, nullptr);
    const std::string left = get_text(*store, "left");
    EXPECT_EQ(left, get_text(*store, "right"));
    EXPECT_EQ(left, get_text(*store, "key " + std::to_string(number_of(left) % 500)));
    EXPECT_GE(number_of(left), answered);
    EXPECT_LE(number_of(left), std::uint64_t{answered} + 1);
  }
}

void damage(SeededRandom& random, const std::filesystem::path& file) {
  std::string content = read_file(file);
  if (random.below(3) == 0) {
    content.resize(random.below(content.size()));
  } else {
    for (auto flips = 1 + random.below(4); flips > 0; --flips) {
      content[random.below(content.size())] ^= static_cast<char>(1U << random.below(8));
    }
  }
  write_file(file, content);
}

// Never a crash, and never a record that was not written: refused, reported, or right.
TEST(SqliteEngine, DamagedFilesNeverCrashItNorGiveWrongRecords) {
  const TestFolder folder;
  std::map<std::string, std::string> rows;
  {
    const auto store = open_in(folder.path() / "source");
    for (int i = 0; i < 800; ++i) {
      const std::string key = "key " + std::to_string(i);
      rows[key] = "value " + std::to_string(i) + std::string(static_cast<std::size_t>(i % 200), 'v');
      ASSERT_TRUE(write_one(*store, put_row(key, rows[key]), Durability::kBuffered).ok());
      // The second half is in the log only.
      if (i == 400) {
        ASSERT_EQ(query(folder.path() / "source", "PRAGMA wal_checkpoint(PASSIVE)"), "0\n");
      }
    }
    std::filesystem::copy(folder.path() / "source", folder.path() / "whole");
  }
  std::filesystem::remove(folder.path() / "whole" / "store.db-shm");
  const auto target = folder.path() / "damaged";
  int refused = 0;
  int served = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    SeededRandom random(seed);
    std::filesystem::remove_all(target);
    std::filesystem::copy(folder.path() / "whole", target);
    damage(random, target / (seed % 2 == 0 ? "store.db" : "store.db-wal"));
    auto store = try_open(target);
    if (!store.ok()) {
      ++refused;
      EXPECT_TRUE(store.error().is(kCorrupt)) << store.error().detail();
      continue;
    }
    for (const auto& [key, value] : rows) {
      const auto found = (*store)->get(kPlainTable, as_bytes(key));
      if (!found.ok()) {
        ++refused;
        EXPECT_TRUE(found.error().is(kCorrupt)) << found.error().detail();
      } else if (*found) {
        ++served;
        EXPECT_EQ(to_text(**found), value);
      }
    }
  }
  EXPECT_GT(refused, 5);
  EXPECT_GT(served, 5);
}

}  // namespace
}  // namespace icn::storage
