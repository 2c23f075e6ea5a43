#include "storage/postgresql/postgresql_engine.h"

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <sstream>

#include <spdlog/sinks/ostream_sink.h>

#include "base/random.h"
#include "storage/errors.h"
#include "storage/postgresql/engine_test_support.h"
#include "storage/postgresql/errors.h"
#include "storage/postgresql/growth.h"
#include "storage/postgresql/tables.h"
#include "storage/tables.h"

namespace icn::storage {
namespace {

using testing::get_text;
using testing::kIndexedTable;
using testing::kPlainTable;
using testing::number_of;
using testing::PostgresqlServer;
using testing::put_row;
using testing::read_file;
using testing::TestFolder;
using testing::write_file;
using testing::write_one;

class Postgresql : public testing::PostgresqlTest {};

TEST_F(Postgresql, ASchemaBelongsToItsFolder) {
  const TestFolder other;
  EXPECT_EQ(code(folder_.path()), "open");
  EXPECT_EQ(code(folder_.path()), "open");
  EXPECT_EQ(code(other.path()), "open") << "nothing was written: it may go to another folder";
  EXPECT_EQ(code(folder_.path()), "open");
  ASSERT_TRUE(write_one(*open(), put_row("a", "1"), Durability::kSynced).ok());
  const TestFolder third;
  EXPECT_EQ(code(third.path()), "storage_foreign");
  const std::string marker = read_file(folder_.path() / kMarkerName);
  write_file(folder_.path() / kMarkerName, "icn-store 1\nengine postgresql\nschema 2\nstate ready\n");
  EXPECT_EQ(code(folder_.path()), "storage_newer_schema");
  write_file(folder_.path() / kMarkerName, marker);
  EXPECT_EQ(get_text(*open(), "a"), "1");
  ask("DROP SCHEMA \"" + options_.schema + "\" CASCADE");
  EXPECT_EQ(code(folder_.path()), "storage_corrupt");
}

// Folders are renamed when a store is moved or compacted; schemas have the names of their folders.
TEST_F(Postgresql, ASchemaFollowsItsFolder) {
  ASSERT_TRUE(write_one(*open(), put_row("a", "first"), Durability::kSynced).ok());
  const std::string name = options_.schema;
  const TestFolder other;
  options_.schema = name + "-copy";
  {
    const auto copy = try_open(other.path());
    ASSERT_TRUE(copy.ok()) << copy.error().detail();
    ASSERT_TRUE(write_one(**copy, put_row("a", "second"), Durability::kSynced).ok());
  }
  options_.schema = name;
  {
    const auto second = try_open(other.path());
    ASSERT_TRUE(second.ok()) << second.error().detail();
    EXPECT_EQ(get_text(**second, "a"), "second");
  }
  EXPECT_EQ(ask("SELECT count(*) FROM pg_namespace WHERE nspname = '" + name + "-copy'"), "0\n");
  options_.schema = name + "-former";
  EXPECT_EQ(get_text(*open(), "a"), "first");
  ASSERT_TRUE(PostgresqlEngine::drop(folder_.path(), options_).ok());
  EXPECT_EQ(ask("SELECT count(*) FROM pg_namespace WHERE nspname LIKE '" + name + "-%'"), "0\n");
  options_.schema = name;
}

TEST_F(Postgresql, DropRemovesTheSchemaOfItsFolderOnly) {
  ASSERT_TRUE(write_one(*open(), put_row("a", "1"), Durability::kSynced).ok());
  const TestFolder other;
  ASSERT_TRUE(PostgresqlEngine::drop(other.path(), options_).ok());
  EXPECT_EQ(ask("SELECT count(*) FROM plain"), "1\n");
  ASSERT_TRUE(PostgresqlEngine::drop(folder_.path(), options_).ok());
  std::filesystem::remove_all(folder_.path());
  EXPECT_EQ(get_text(*open(), "a"), "absent");
}

// A second node with a copy of the folder.
TEST_F(Postgresql, ASecondNodeIsRefusedByTheLock) {
  const auto store = open();
  const TestFolder copy;
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    std::filesystem::copy(entry.path(), copy.path() / entry.path().filename());
  }
  EXPECT_EQ(code(copy.path()), "storage_locked");
  EXPECT_TRUE(write_one(*store, put_row("still", "works"), Durability::kSynced).ok());
}

// Another node wrote while ours had lost its connection, and with it the lock.
TEST_F(Postgresql, WhoLostTheLockToAnotherNodeWritesNoMore) {
  auto store = open();
  ASSERT_TRUE(write_one(*store, put_row("a", "1"), Durability::kSynced).ok());
  ask("UPDATE icn_meta SET epoch = epoch + 1");
  cut();
  const auto refused = write_one(*store, put_row("a", "2"), Durability::kSynced);
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(refused.error().is(kSyncFailed)) << refused.error().detail();
  EXPECT_TRUE(write_one(*store, put_row("a", "3"), Durability::kSynced).error().is(kSyncFailed));
  EXPECT_EQ(ask("SELECT encode(record, 'escape') FROM plain"), "1\n");
}

// Each number is written once and in order, however often the connections are cut.
TEST_F(Postgresql, CutConnectionsLoseNothingAndRepeatNothing) {
  auto store = open();
  std::atomic<bool> is_over = false;
  std::atomic<int> cuts = 0;
  std::atomic<int> last = 0;
  std::thread cutter([&] {
    while (!is_over) {
      const int before = last;
      cut();
      ++cuts;
      // On a busy machine a connection takes longer to open than this pause.
      std::this_thread::sleep_for(std::chrono::milliseconds(15));
      while (!is_over && last == before) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  });
  while (last < 200 || cuts < 20) {
    const int i = ++last;
    const auto durability = i % 2 == 0 ? Durability::kSynced : Durability::kBuffered;
    const auto written =
        store->write({put_row("last", std::to_string(i)), put_row(std::to_string(i), "x")}, durability);
    EXPECT_TRUE(written.ok()) << written.error().detail();
    EXPECT_EQ(get_text(*store, "last"), std::to_string(i));
    if (HasFailure()) break;  // the thread must not be left running
  }
  is_over = true;
  cutter.join();
  EXPECT_EQ(ask("SELECT count(*) FROM plain"), std::to_string(last + 1) + "\n");
  EXPECT_EQ(ask("SELECT batch FROM icn_meta"), std::to_string(last) + "\n");
}

// A batch of one row leaves no number: the row tells whether it is there.
TEST_F(Postgresql, SingleRowsSurviveCutConnections) {
  auto store = open();
  std::atomic<bool> is_over = false;
  std::atomic<int> cuts = 0;
  std::atomic<int> last = 0;
  std::thread cutter([&] {
    while (!is_over) {
      const int before = last;
      cut();
      ++cuts;
      // On a busy machine a connection takes longer to open than this pause.
      std::this_thread::sleep_for(std::chrono::milliseconds(15));
      while (!is_over && last == before) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  });
  while (last < 200 || cuts < 20) {
    const int i = ++last;
    const auto durability = i % 2 == 0 ? Durability::kSynced : Durability::kBuffered;
    const auto written = write_one(*store, put_row(std::to_string(i % 7), std::to_string(i)), durability);
    EXPECT_TRUE(written.ok()) << written.error().detail();
    EXPECT_EQ(get_text(*store, std::to_string(i % 7)), std::to_string(i));
    if (i % 10 == 0) {
      EXPECT_TRUE(store->flush().ok());
    }
    if (HasFailure()) break;
  }
  is_over = true;
  cutter.join();
  EXPECT_TRUE(store->flush().ok());
  EXPECT_TRUE(store->write({{&kPlainTable, testing::text("3"), {}, {}, {}}}, Durability::kBuffered).ok());
  cut();
  EXPECT_TRUE(store->flush().ok()) << "the row that would show it was erased since";
  EXPECT_EQ(ask("SELECT count(*) FROM plain"), "6\n");
}

TEST_F(Postgresql, ASingleRowThatTheServerLostIsMissed) {
  for (const bool is_flushed : {true, false}) {
    auto store = open();
    ASSERT_TRUE(write_one(*store, put_row("kept", "1"), Durability::kSynced).ok());
    ASSERT_TRUE(write_one(*store, put_row("lost", "1"), Durability::kBuffered).ok());
    ask("DELETE FROM plain WHERE key = 'lost'");  // as a crash would leave it
    cut();
    const auto refused =
        is_flushed ? store->flush() : write_one(*store, put_row("more", "1"), Durability::kBuffered);
    ASSERT_FALSE(refused.ok());
    EXPECT_TRUE(refused.error().is(kSyncFailed)) << refused.error().detail();
    EXPECT_EQ(ask("SELECT encode(key, 'escape') FROM plain"), "kept\n");
  }
}

// After many batches that only add rows theirs are inserted without a look at what is there.
TEST_F(Postgresql, ABatchMayReplaceRowsAfterManyThatAddedThem) {
  const auto store = open();
  for (int i = 0; i < 40; ++i) {
    const std::string number = std::to_string(i);
    ASSERT_TRUE(
        store->write({put_row("a" + number, "1"), put_row("b" + number, "1")}, Durability::kBuffered).ok());
  }
  const auto written =
      store->write({put_row("a7", "2"), put_row("new", "1"), {&kPlainTable, testing::text("b7"), {}, {}, {}}},
                   Durability::kSynced);
  EXPECT_TRUE(written.ok()) << written.error().detail();
  EXPECT_EQ(get_text(*store, "a7"), "2");
  EXPECT_EQ(get_text(*store, "a8"), "1");
  EXPECT_EQ(ask("SELECT count(*) FROM plain"), "80\n");
  EXPECT_EQ(store->stats().keys, 80U);
  EXPECT_EQ(ask("SELECT batch FROM icn_meta"), "41\n");
}

TEST(PostgresqlGrowth, IsLikelyAfterManyBatchesThatOnlyAddedAndNotAfterAMistake) {
  postgresql::Growth growth;
  const auto add = [&](int batches) {
    for (int i = 0; i < batches; ++i) growth.note(1, true);
  };
  add(15);
  EXPECT_FALSE(growth.is_likely(1));
  add(1);
  EXPECT_TRUE(growth.is_likely(1));
  EXPECT_FALSE(growth.is_likely(2));
  growth.note(1, false);
  EXPECT_FALSE(growth.is_likely(1));
  add(16);
  EXPECT_TRUE(growth.is_likely(1));
  growth.note_mistake(1);
  add(1000);
  EXPECT_FALSE(growth.is_likely(1));
  add(16);
  EXPECT_TRUE(growth.is_likely(1));
}

// A commit is a message of its own, and what was set for a batch that fails is unset with it.
TEST_F(Postgresql, AWriteSaysWhetherItWaitsForTheDiskAlsoAfterOneThatFailed) {
  const auto store = open();
  ask("CREATE TABLE seen (number serial, waits text);"
      "CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
      "IF encode(NEW.key, 'escape') = 'bad' THEN RAISE 'refused'; END IF; "
      "INSERT INTO \"" +
      options_.schema +
      "\".seen (waits) VALUES (current_setting('synchronous_commit')); "
      "RETURN NEW; END $$;"
      "CREATE TRIGGER see BEFORE INSERT ON plain FOR EACH ROW EXECUTE FUNCTION see()");
  EXPECT_TRUE(write_one(*store, put_row("a", "1"), Durability::kBuffered).ok());
  EXPECT_TRUE(write_one(*store, put_row("a", "2"), Durability::kSynced).ok());
  EXPECT_TRUE(write_one(*store, put_row("a", "3"), Durability::kSynced).ok());
  EXPECT_TRUE(write_one(*store, put_row("bad", "4"), Durability::kBuffered).error().is(kInputOutput));
  EXPECT_TRUE(write_one(*store, put_row("a", "5"), Durability::kBuffered).ok());
  EXPECT_TRUE(write_one(*store, put_row("bad", "6"), Durability::kSynced).error().is(kInputOutput));
  EXPECT_TRUE(write_one(*store, put_row("a", "7"), Durability::kSynced).ok());
  EXPECT_EQ(ask("SELECT waits FROM seen ORDER BY number"), "off\non\non\noff\non\n");
}

TEST_F(Postgresql, ABatchWhoseCommitFailsIsRefusedAsAWhole) {
  const auto store = open();
  ASSERT_TRUE(write_one(*store, put_row("a", "1"), Durability::kSynced).ok());
  ask("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
      "IF encode(NEW.key, 'escape') = 'bad' THEN RAISE 'refused at the end'; END IF; RETURN NULL; END $$;"
      "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT OR UPDATE ON plain DEFERRABLE INITIALLY DEFERRED "
      "FOR EACH ROW EXECUTE FUNCTION refuse()");
  for (const Durability durability : {Durability::kSynced, Durability::kBuffered}) {
    const auto refused = store->write({put_row("a", "2"), put_row("bad", "x")}, durability);
    ASSERT_FALSE(refused.ok());
    EXPECT_NE(refused.error().detail().find("refused at the end"), std::string::npos)
        << refused.error().detail();
    EXPECT_EQ(get_text(*store, "a"), "1");
  }
  EXPECT_TRUE(store->write({put_row("a", "3"), put_row("good", "x")}, Durability::kSynced).ok());
  EXPECT_EQ(get_text(*store, "a"), "3");
  EXPECT_EQ(ask("SELECT batch FROM icn_meta"), "2\n");
}

TEST_F(Postgresql, SnapshotsLeaveConnectionsForSingleReads) {
  options_.connections_max = 4;
  options_.connection_timeout_ms = 200;
  const auto store = open();
  ASSERT_TRUE(write_one(*store, put_row("a", "1"), Durability::kSynced).ok());
  std::vector<std::unique_ptr<Reader>> snapshots;
  for (int i = 0; i < 5; ++i) snapshots.push_back(store->snapshot());
  EXPECT_EQ(get_text(*snapshots[2], "a"), "1");
  EXPECT_NE(get_text(*snapshots[4], "a").find("3 connections are in use"), std::string::npos);
  EXPECT_EQ(get_text(*store, "a"), "1");
  snapshots.clear();
  EXPECT_EQ(get_text(*store->snapshot(), "a"), "1");
}

TEST_F(Postgresql, ScansUseTheirIndex) {
  const auto store = open();
  const postgresql::TableSql table(kIndexedTable);
  for (const std::optional<std::size_t> index :
       {std::optional<std::size_t>(), std::optional<std::size_t>(1)}) {
    for (const bool reverse : {false, true}) {
      for (const bool goes_on : {false, true}) {
        const std::string sql = table.scan({index, {1}, {2}, reverse}, goes_on);
        const int places = 3 + (goes_on ? (index ? 2 : 1) : 0);
        std::string types;
        std::string values;
        for (int i = 1; i <= places; ++i) {
          types += i == places ? "bigint" : "bytea, ";
          values += i == places ? "5" : "'\\x01', ";
        }
        const std::string plan =
            ask("SET enable_seqscan = off; SET enable_bitmapscan = off; PREPARE s (" + types + ") AS " + sql +
                "; SET plan_cache_mode = force_generic_plan; EXPLAIN EXECUTE s (" + values + ")");
        EXPECT_NE(plan.find(index ? "using idx_indexed_second" : "using indexed_pkey"), std::string::npos)
            << sql << "\n"
            << plan;
        EXPECT_EQ(plan.find("Sort"), std::string::npos) << plan;
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

// jsonb knows no NUL (https://www.postgresql.org/docs/15/datatype-json.html): U+FFFD is shown, the record
// keeps it.
TEST_F(Postgresql, TypedTablesShowTheirRowsAsJson) {
  options_.reports = {
      {sql::Report::Kind::kView, "counts", {"things"}, "SELECT record_json->>'count' AS n FROM things"},
      {sql::Report::Kind::kIndex, "idx_names", {"things"}, "things ((record_json->>'name'))"},
      {sql::Report::Kind::kView, "absent", {"nothing"}, "SELECT 1 FROM nothing"}};
  options_.readable = readable_tables(kThings);
  auto store = *PostgresqlEngine(folder_.path(), options_, make_silent_log()).open({kThings.schema()});
  StoreSpace space(*store, Durability::kBuffered);
  const Thing odd{std::string("'; DROP TABLE things; -- \\u0000 \0 \"", 35), 1};
  ASSERT_TRUE(kThings.put(space, {"it's", 7}, odd).ok());
  ASSERT_TRUE(kThings.put(space, {"b", 8}, {"x", 2}).ok());
  ASSERT_TRUE(kThings.put(space, {"b", 8}, {"y", 3}).ok());
  EXPECT_EQ(ask("SELECT key_json::text || ' ' || (record_json->>'name') FROM things ORDER BY key"),
            "[\"b\", 8] y\n[\"it's\", 7] '; DROP TABLE things; -- \\u0000 \xEF\xBF\xBD \"\n");
  const auto kept = kThings.get(*store, {"it's", 7});
  ASSERT_TRUE(kept.ok() && *kept);
  EXPECT_EQ((**kept).name, odd.name);
  EXPECT_EQ(ask("SELECT n FROM counts ORDER BY n"), "1\n3\n");
  EXPECT_EQ(
      ask("SELECT count(*) FROM pg_indexes WHERE indexname = 'idx_names' AND schemaname = current_schema()"),
      "1\n");
}

}  // namespace
}  // namespace icn::storage
