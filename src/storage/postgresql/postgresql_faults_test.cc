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

// A server that is not there, goes, crashes, is slow, damaged, or lags.
class PostgresqlServerFaults : public testing::PostgresqlTest {};

TEST_F(PostgresqlServerFaults, AServerThatIsNotThereIsNamed) {
  options_.url = "postgresql://icn@127.0.0.1:1/postgres";
  const auto store = try_open(folder_.path());
  ASSERT_FALSE(store.ok());
  EXPECT_TRUE(store.error().is(kAway));
  EXPECT_NE(store.error().detail().find("127.0.0.1"), std::string::npos) << store.error().detail();
}

// Errors become answers to anybody: what is away is told, where it is only to the log.
TEST_F(PostgresqlServerFaults, AServerThatWentAwayIsNamedInTheLogAlone) {
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

// The first who asks may wait for a server that restarts; those after it must not hold up all that a node
// does.
TEST_F(PostgresqlServerFaults, OnlyTheFirstReadWaitsForAServerThatIsAway) {
  options_.connection_timeout_ms = 3'000;
  auto store = open();
  ASSERT_TRUE(write_one(*store, put_row("a", "1"), Durability::kSynced).ok());
  server_->stop(SIGINT);
  const auto read_ms = [&] {
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_TRUE(store->get(kPlainTable, as_bytes("a")).error().is(kAway));
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun)
        .count();
  };
  EXPECT_GE(read_ms(), 2'000);
  std::int64_t quickest_ms = read_ms();
  for (int i = 0; i < 4; ++i) quickest_ms = std::min<std::int64_t>(quickest_ms, read_ms());
  EXPECT_LT(quickest_ms, 1'000);
  server_->start();
  EXPECT_EQ(get_text(*store, "a"), "1");
  server_->stop(SIGINT);
  EXPECT_GE(read_ms(), 2'000) << "it was heard of again";
  server_->start();
}

// What was answered as durable is there after each crash of the server, and the node goes on by itself.
TEST_F(PostgresqlServerFaults, ACrashOfTheServerLosesNoSyncedWrite) {
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
TEST_F(PostgresqlServerFaults, BufferedWritesThatACrashLostAreNotCalledDurable) {
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

TEST_F(PostgresqlServerFaults, AStatementThatWaitsTooLongIsGivenUp) {
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

// Snapshots come from the replica while it has all that was written, and never from one that lags or is gone.
TEST_F(PostgresqlServerFaults, AReplicaAnswersWhatItHasCaughtUpWith) {
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
TEST_F(PostgresqlServerFaults, AFlippedBitIsNamedAndNotServed) {
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

}  // namespace
}  // namespace icn::storage
