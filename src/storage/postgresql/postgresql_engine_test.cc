#include "storage/postgresql/postgresql_engine.h"

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <sstream>

#include <spdlog/sinks/ostream_sink.h>

#include "base/random.h"
#include "storage/errors.h"
#include "storage/postgresql/errors.h"
#include "storage/postgresql/growth.h"
#include "storage/postgresql/tables.h"
#include "storage/postgresql/test_support.h"
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

class Postgresql : public ::testing::Test {
 protected:
  void SetUp() override {
    server_ = PostgresqlServer::shared();
    if (server_ == nullptr) GTEST_SKIP() << "PostgreSQL is not installed (scripts/setup.sh test installs it)";
    options_ = testing::postgresql_options(*server_, folder_.path());
  }
  void TearDown() override {
    if (server_ != nullptr) server_->ask("DROP SCHEMA IF EXISTS \"" + options_.schema + "\" CASCADE");
  }

  Result<std::unique_ptr<Store>> try_open(const std::filesystem::path& folder) const {
    return PostgresqlEngine(folder, options_, make_silent_log()).open({kPlainTable, kIndexedTable});
  }
  std::unique_ptr<Store> open() const {
    auto store = try_open(folder_.path());
    EXPECT_TRUE(store.ok()) << store.error().detail();
    return store.ok() ? std::move(*store) : nullptr;
  }
  std::string code(const std::filesystem::path& folder) const {
    const auto store = try_open(folder);
    return store.ok() ? "open" : std::string(store.error().code());
  }
  std::string ask(const std::string& sql) const {
    return server_->ask("SET search_path = \"" + options_.schema + "\"; " + sql);
  }
  // Cuts every connection to the schema's store but the one that asks.
  void cut() const {
    server_->ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'icn'");
  }

  TestFolder folder_;
  PostgresqlServer* server_ = nullptr;
  PostgresqlOptions options_;
};

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

TEST_F(Postgresql, AServerThatIsNotThereIsNamed) {
  options_.url = "postgresql://icn@127.0.0.1:1/postgres";
  const auto store = try_open(folder_.path());
  ASSERT_FALSE(store.ok());
  EXPECT_TRUE(store.error().is(kAway));
  EXPECT_NE(store.error().detail().find("127.0.0.1"), std::string::npos) << store.error().detail();
}

// Errors become answers to anybody: what is away is told, where it is only to the log.
TEST_F(Postgresql, AServerThatWentAwayIsNamedInTheLogAlone) {
  options_.connection_timeout_ms = 200;
  const auto lines = std::make_shared<std::ostringstream>();
  const auto log = std::make_shared<Log>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(*lines));
  PostgresqlEngine engine(folder_.path(), options_, log);
  auto store = *engine.open({kPlainTable, kIndexedTable});
  ASSERT_TRUE(write_one(*store, put_row("a", "1"), Durability::kSynced).ok());
  server_->stop(SIGINT);
  std::vector<Error> told{store->get(kPlainTable, as_bytes("a")).error(),
                          store->snapshot()->get(kPlainTable, as_bytes("a")).error(),
                          store->scan(kPlainTable, {}).error(),
                          write_one(*store, put_row("a", "2"), Durability::kSynced).error()};
  const std::string refuses = store->stats().refuses;
  store.reset();
  told.push_back(engine.open({kPlainTable, kIndexedTable}).error());
  server_->start();
  for (const Error& error : told) {
    EXPECT_EQ(error.category(), Category::kUnavailable) << error.detail();
    EXPECT_EQ(error.detail().find("127.0.0.1"), std::string::npos) << error.detail();
    EXPECT_EQ(error.detail().find("port"), std::string::npos) << error.detail();
  }
  EXPECT_TRUE(told.front().is(kAway) && told.back().is(kAway));
  EXPECT_EQ(refuses.find("127.0.0.1"), std::string::npos) << refuses;
  EXPECT_NE(lines->str().find("127.0.0.1"), std::string::npos) << lines->str();
  EXPECT_EQ(get_text(**engine.open({kPlainTable, kIndexedTable}), "a"), "1");
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
  std::thread cutter([&] {
    while (!is_over) {
      cut();
      ++cuts;
      std::this_thread::sleep_for(std::chrono::milliseconds(15));
    }
  });
  int last = 0;
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
  std::thread cutter([&] {
    while (!is_over) {
      cut();
      ++cuts;
      std::this_thread::sleep_for(std::chrono::milliseconds(15));
    }
  });
  int last = 0;
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

// What was answered as durable is there after each crash of the server, and the node goes on by itself.
TEST_F(Postgresql, ACrashOfTheServerLosesNoSyncedWrite) {
  auto store = open();
  std::atomic<int> answered = 0;
  for (int round = 0; round < 3; ++round) {
    // The server ends with the thread that started it: the crash is this thread's.
    std::thread writer([&] {
      const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(600);
      while (std::chrono::steady_clock::now() < end) {
        const auto written =
            write_one(*store, put_row("last", std::to_string(answered + 1)), Durability::kSynced);
        if (written.ok()) {
          ++answered;
        } else {
          EXPECT_TRUE(written.error().is(kSyncFailed)) << written.error().detail();
          break;
        }
      }
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(150));
    server_->stop(SIGQUIT);
    server_->start();
    writer.join();
    const std::string last = get_text(*store, "last");
    EXPECT_GE(number_of(last), static_cast<std::uint64_t>(answered));
    EXPECT_LE(number_of(last), static_cast<std::uint64_t>(answered) + 1);
    if (!store->flush().ok() || number_of(last) != static_cast<std::uint64_t>(answered)) {
      store.reset();
      store = open();
      answered = static_cast<int>(number_of(get_text(*store, "last")));
    }
  }
  EXPECT_GT(answered, 3);
}

// A sync says whether what was buffered before a crash is there; it never says so of what was lost.
TEST_F(Postgresql, BufferedWritesThatACrashLostAreNotCalledDurable) {
  auto store = open();
  for (int i = 1; i <= 50; ++i) {
    ASSERT_TRUE(write_one(*store, put_row("last", std::to_string(i)), Durability::kBuffered).ok());
  }
  server_->stop(SIGQUIT);
  server_->start();
  const auto flushed = store->flush();
  const std::string found = ask("SELECT encode(record, 'escape') FROM plain");
  EXPECT_EQ(flushed.ok(), found == "50\n") << found;
  if (!flushed.ok()) {
    EXPECT_TRUE(flushed.error().is(kSyncFailed));
    EXPECT_TRUE(write_one(*store, put_row("last", "51"), Durability::kBuffered).error().is(kSyncFailed));
  }
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

TEST_F(Postgresql, AStatementThatWaitsTooLongIsGivenUp) {
  options_.query_timeout_ms = 300;
  const auto store = open();
  ASSERT_TRUE(write_one(*store, put_row("a", "1"), Durability::kSynced).ok());
  const std::unique_ptr<PGconn, decltype(&PQfinish)> other(PQconnectdb(server_->url().c_str()), &PQfinish);
  PQclear(
      PQexec(other.get(), ("BEGIN; LOCK TABLE \"" + options_.schema + "\".plain IN EXCLUSIVE MODE").c_str()));
  const auto refused = write_one(*store, put_row("a", "2"), Durability::kSynced);
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(refused.error().is(kAway)) << refused.error().detail();
  EXPECT_NE(refused.error().detail().find("statement timeout"), std::string::npos)
      << refused.error().detail();
  EXPECT_EQ(get_text(*store, "a"), "1");
  PQclear(PQexec(other.get(), "ROLLBACK"));
  EXPECT_TRUE(write_one(*store, put_row("a", "3"), Durability::kSynced).ok());
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

// Snapshots come from the replica while it has all that was written, and never from one that lags or is gone.
TEST_F(Postgresql, AReplicaAnswersWhatItHasCaughtUpWith) {
  const auto replica = PostgresqlServer::replica_of(*server_);
  options_.replica_url = replica->url();
  const auto store = open();
  const auto open_on_replica = [&] {
    return replica->ask(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'icn' AND state = 'idle in "
        "transaction'");
  };
  ASSERT_TRUE(write_one(*store, put_row("a", "1"), Durability::kSynced).ok());
  std::string seen;
  for (int tries = 0; tries < 500 && seen != "1\n"; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    const auto snapshot = store->snapshot();
    ASSERT_EQ(get_text(*snapshot, "a"), "1");
    seen = open_on_replica();
  }
  EXPECT_EQ(seen, "1\n");
  replica->ask("SELECT pg_wal_replay_pause()");
  ASSERT_TRUE(write_one(*store, put_row("a", "2"), Durability::kSynced).ok());
  {
    const auto snapshot = store->snapshot();
    EXPECT_EQ(get_text(*snapshot, "a"), "2");
    EXPECT_EQ(open_on_replica(), "0\n");
  }
  replica->stop(SIGQUIT);
  EXPECT_EQ(get_text(*store->snapshot(), "a"), "2");
}

// One bit of a row, as a disk may flip it: the server's sum of the page tells, and the other tables are read
// on.
TEST_F(Postgresql, AFlippedBitIsNamedAndNotServed) {
  const auto sums = PostgresqlEngine::has_page_sums(options_);
  ASSERT_TRUE(sums.ok() && *sums);
  {
    const auto store = open();
    const Row other{
        &kIndexedTable, testing::text("b"), testing::text("whole"), {std::nullopt, std::nullopt}, {}};
    ASSERT_TRUE(store->write({put_row("a", "a record to look for"), other}, Durability::kSynced).ok());
  }
  const std::string relation = ask("SELECT pg_relation_filepath('\"" + options_.schema + "\".plain')");
  server_->ask("CHECKPOINT");
  server_->stop(SIGINT);
  const std::filesystem::path file =
      std::filesystem::path(server_->data()) / relation.substr(0, relation.size() - 1);
  std::string bytes = read_file(file);
  const std::size_t at = bytes.find("a record to look for");
  ASSERT_NE(at, std::string::npos);
  const auto set = [&](int flip) {
    std::fstream out(file, std::ios::in | std::ios::out | std::ios::binary);
    out.seekp(static_cast<std::streamoff>(at));
    out.put(static_cast<char>(bytes[at] ^ flip));
  };
  set(1);
  server_->start();
  {
    const auto store = open();
    EXPECT_TRUE(store->get(kPlainTable, as_bytes("a")).error().is(kCorrupt));
    const auto snapshot = store->snapshot();
    const auto rows = snapshot->scan(kPlainTable, {});
    ASSERT_TRUE(rows.ok());
    const auto next = (*rows)->next();
    ASSERT_FALSE(next.ok());
    EXPECT_TRUE(next.error().is(kCorrupt)) << next.error().detail();
    EXPECT_TRUE(snapshot->get(kPlainTable, as_bytes("a")).error().is(kCorrupt));
    const auto other = snapshot->get(kIndexedTable, as_bytes("b"));
    ASSERT_TRUE(other.ok()) << other.error().detail();
    EXPECT_EQ(to_text(other->value_or(Bytes())), "whole");
  }
  server_->stop(SIGINT);
  set(0);
  server_->start();
  EXPECT_EQ(get_text(*open(), "a"), "a record to look for");
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
