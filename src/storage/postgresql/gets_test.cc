#include "storage/postgresql/gets.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "storage/errors.h"
#include "storage/postgresql/test_support.h"

namespace icn::storage {
namespace {

using testing::get_text;
using testing::kIndexedTable;
using testing::kPlainTable;
using testing::PostgresqlServer;
using testing::put_row;
using testing::TestFolder;
using testing::write_one;

constexpr int kThreads = 16;

class PostgresqlGets : public ::testing::Test {
 protected:
  void SetUp() override {
    server_ = PostgresqlServer::shared();
    if (server_ == nullptr) GTEST_SKIP() << "PostgreSQL is not installed (scripts/setup.sh test installs it)";
    options_ = testing::postgresql_options(*server_, folder_.path());
    store_ = open();
  }
  void TearDown() override {
    store_.reset();
    if (server_ != nullptr) server_->ask("DROP SCHEMA IF EXISTS \"" + options_.schema + "\" CASCADE");
  }
  std::unique_ptr<Store> open() const {
    auto store =
        PostgresqlEngine(folder_.path(), options_, make_silent_log()).open({kPlainTable, kIndexedTable});
    EXPECT_TRUE(store.ok()) << store.error().detail();
    return store.ok() ? std::move(*store) : nullptr;
  }
  std::string ask(const std::string& sql) const {
    return server_->ask("SET search_path = \"" + options_.schema + "\"; " + sql);
  }
  void write_numbers(int count) {
    std::vector<Row> rows;
    for (int i = 0; i < count; ++i) rows.push_back(put_row(std::to_string(i), "value " + std::to_string(i)));
    ASSERT_TRUE(store_->write(rows, Durability::kBuffered).ok());
  }
  // Each of many threads calls `once` with its number, again and again.
  template <typename Once>
  static void at_the_same_time(int rounds, const Once& once) {
    std::vector<std::thread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        for (int round = 0; round < rounds; ++round) once(thread, round);
      });
    }
    for (std::thread& each : threads) each.join();
  }

  TestFolder folder_;
  PostgresqlServer* server_ = nullptr;
  PostgresqlOptions options_;
  std::unique_ptr<Store> store_;
};

TEST_F(PostgresqlGets, EachThreadGetsTheRowItAskedFor) {
  write_numbers(40);
  at_the_same_time(200, [&](int thread, int round) {
    // Some ask for the same, some for what is not there, one for a key that no row may have.
    const int number = (thread * 7 + round) % 50;
    const std::string expected = number < 40 ? "value " + std::to_string(number) : "absent";
    EXPECT_EQ(get_text(*store_, std::to_string(number)), expected);
    if (thread == 0) {
      EXPECT_EQ(get_text(*store_, std::string(kKeySizeMax + 1, 'k')), "absent");
    }
  });
}

TEST_F(PostgresqlGets, AReadSeesWhatItsThreadHasWritten) {
  at_the_same_time(30, [&](int thread, int round) {
    const std::string key = std::to_string(thread);
    EXPECT_TRUE(write_one(*store_, put_row(key, std::to_string(round)), Durability::kBuffered).ok());
    EXPECT_EQ(get_text(*store_, key), std::to_string(round));
  });
}

TEST_F(PostgresqlGets, CutConnectionsAreNoticedByNobody) {
  write_numbers(40);
  std::atomic<bool> is_over = false;
  std::thread cutter([&] {
    while (!is_over) {
      server_->ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'icn'");
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  });
  at_the_same_time(100, [&](int thread, int round) {
    const std::string number = std::to_string((thread + round) % 40);
    EXPECT_EQ(get_text(*store_, number), "value " + number);
  });
  is_over = true;
  cutter.join();
}

// The row's error is that of who asked for it.
TEST_F(PostgresqlGets, ARowThatCannotBeReadIsNoErrorOfOthers) {
  write_numbers(40);
  ask("ALTER TABLE plain RENAME TO rows; CREATE VIEW plain AS SELECT key, CASE WHEN key = '7' THEN "
      "(1 / (length(key) - 1))::text::bytea ELSE record END AS record FROM rows");
  std::atomic<int> refused = 0;
  at_the_same_time(100, [&](int thread, int round) {
    const std::string number = std::to_string((thread + round) % 40);
    const std::string found = get_text(*store_, number);
    if (number != "7") {
      EXPECT_EQ(found, "value " + number);
    } else {
      EXPECT_NE(found.find("division by zero"), std::string::npos) << found;
      ++refused;
    }
  });
  EXPECT_GT(refused, 0);
}

// However many wait for a table that somebody has locked.
TEST_F(PostgresqlGets, ALockedTableHoldsUpNoOther) {
  ASSERT_TRUE(store_
                  ->write({put_row("a", "1"),
                           {&kIndexedTable, to_bytes(as_bytes("b")), to_bytes(as_bytes("2")), {{}, {}}, {}}},
                          Durability::kSynced)
                  .ok());
  const std::unique_ptr<PGconn, decltype(&PQfinish)> other(PQconnectdb(server_->url().c_str()), &PQfinish);
  PQclear(PQexec(other.get(), ("BEGIN; LOCK TABLE \"" + options_.schema + "\".plain").c_str()));
  std::atomic<int> answered = 0;
  std::vector<std::thread> waiting;
  for (int i = 0; i < kThreads; ++i) {
    waiting.emplace_back([&] {
      EXPECT_EQ(get_text(*store_, "a"), "1");
      ++answered;
    });
  }
  for (int tries = 0; tries < 3000; ++tries) {
    if (ask("SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND relation = 'plain'::regclass") == "t\n")
      break;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  const auto found = store_->get(kIndexedTable, as_bytes("b"));
  EXPECT_TRUE(found.ok() && *found);
  EXPECT_EQ(answered, 0);
  PQclear(PQexec(other.get(), "ROLLBACK"));
  for (std::thread& each : waiting) each.join();
  EXPECT_EQ(answered, kThreads);
}

TEST_F(PostgresqlGets, SeveralComeInTheOrderOfTheirKeys) {
  write_numbers(40);
  const std::vector<std::string> keys{"3", "none", "1", "3", "39"};
  std::vector<ByteView> asked;
  for (const std::string& each : keys) asked.push_back(as_bytes(each));
  const auto found = store_->get_several(kPlainTable, asked);
  ASSERT_TRUE(found.ok());
  std::vector<std::string> texts;
  for (const auto& each : *found) texts.push_back(each ? to_text(*each) : "absent");
  EXPECT_EQ(texts, (std::vector<std::string>{"value 3", "absent", "value 1", "value 3", "value 39"}));
  EXPECT_TRUE(store_->get_several(kPlainTable, {})->empty());
}

}  // namespace
}  // namespace icn::storage
