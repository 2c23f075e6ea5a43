#include "storage/postgresql/postgresql_follower.h"

#include <gtest/gtest.h>

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
using testing::text;
using testing::write_one;

class Follower : public ::testing::Test {
 protected:
  void SetUp() override {
    server_ = PostgresqlServer::shared();
    if (server_ == nullptr) GTEST_SKIP() << "PostgreSQL is not installed (scripts/setup.sh test installs it)";
    options_ = testing::postgresql_options(*server_, folder_.path());
    options_.describe = [](const std::vector<Row>& rows) {
      return as_text(rows.front().key) == "quiet" ? std::string(9'000, 'x') : to_text(rows.front().key);
    };
  }
  void TearDown() override {
    if (server_ != nullptr) server_->ask("DROP SCHEMA IF EXISTS \"" + options_.schema + "\" CASCADE");
  }
  std::unique_ptr<Store> open_leader() const {
    auto store =
        PostgresqlEngine(folder_.path(), options_, make_silent_log()).open({kPlainTable, kIndexedTable});
    ICN_ASSERT(store.ok());
    return std::move(*store);
  }
  Result<std::unique_ptr<Store>> follow(const std::string& id = {},
                                        const std::vector<TableSchema>& tables = {kPlainTable}) const {
    return PostgresqlFollower(options_, id, make_silent_log()).open(tables);
  }
  std::string code(const Result<std::unique_ptr<Store>>& store) const {
    return store.ok() ? "open" : std::string(store.error().code());
  }
  static void write(Store& store, std::string_view key) {
    ASSERT_TRUE(write_one(store, put_row(key, "1"), Durability::kBuffered).ok());
  }

  TestFolder folder_;
  PostgresqlServer* server_ = nullptr;
  PostgresqlOptions options_;
};

TEST_F(Follower, ReadsWhatAnotherWritesAndWritesNothing) {
  EXPECT_EQ(code(follow()), "storage_io") << "nothing is there yet";
  auto leader = open_leader();
  auto one = follow();
  auto other = follow();
  ASSERT_TRUE(one.ok() && other.ok());
  EXPECT_EQ(get_text(**one, "a"), "absent");
  write(*leader, "a");
  EXPECT_EQ(get_text(**one, "a"), "1");
  const auto frozen = (*other)->snapshot();
  EXPECT_EQ(get_text(*frozen, "b"), "absent");
  write(*leader, "b");
  EXPECT_EQ(get_text(*frozen, "b"), "absent");
  EXPECT_EQ(get_text(**other, "b"), "1");
  const auto refused = write_one(**one, put_row("c", "1"), Durability::kSynced);
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(refused.error().is(kNotWritable));
  EXPECT_EQ(get_text(*leader, "c"), "absent");
  leader.reset();
  EXPECT_EQ(get_text(**one, "a"), "1") << "without the writer, too";
}

TEST_F(Follower, RefusesTheStoreOfAnotherNodeAndOneThatIsOlder) {
  const auto leader = open_leader();
  const auto generation = PostgresqlEngine::generation(options_);
  ASSERT_TRUE(generation.ok());
  EXPECT_TRUE(generation->ends_with(".1"));
  EXPECT_EQ(code(follow(generation->substr(0, generation->size() - 2))), "open");
  EXPECT_EQ(code(follow("11111111-2222-3333-4444-555555555555")), "storage_foreign");
  EXPECT_EQ(code(follow({}, {kPlainTable, {3, "newer", {}}})), "storage_older_schema");
}

// What a feed has said, in order.
struct Told {
  std::mutex mutex;
  std::string said;
  PostgresqlFeed::Listener listener() {
    const auto add = [this](const std::string& word) {
      const std::lock_guard lock(mutex);
      said += word + " ";
    };
    return {[add](const std::string& word) { add(word); }, [] {}, [add] { add("MISSED"); },
            [add] { add("ANEW"); }};
  }
  std::string eventually(const std::string& wanted) {
    for (int tries = 0; tries < 500; ++tries) {
      {
        const std::lock_guard lock(mutex);
        if (said == wanted) break;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    const std::lock_guard lock(mutex);
    return said;
  }
};

TEST_F(Follower, HearsOfEachBatchOnce) {
  auto leader = open_leader();
  Told told;
  PostgresqlFeed feed(options_, told.listener(), make_silent_log(), 50);
  EXPECT_EQ(told.eventually("ANEW "), "ANEW ");
  write(*leader, "a");
  write(*leader, "b");
  EXPECT_EQ(told.eventually("ANEW a b "), "ANEW a b ");
  std::this_thread::sleep_for(std::chrono::milliseconds(200));  // several looks
  EXPECT_EQ(told.eventually("ANEW a b "), "ANEW a b ");
  EXPECT_LT(feed.age_ms(), 1'000u);
  write(*leader, "quiet");
  EXPECT_EQ(told.eventually("ANEW a b MISSED "), "ANEW a b MISSED ");
  write(*leader, "c");
  EXPECT_EQ(told.eventually("ANEW a b MISSED c "), "ANEW a b MISSED c ");
  leader.reset();
  leader = open_leader();
  EXPECT_EQ(told.eventually("ANEW a b MISSED c ANEW "), "ANEW a b MISSED c ANEW ");
  write(*leader, "d");
  EXPECT_EQ(told.eventually("ANEW a b MISSED c ANEW d "), "ANEW a b MISSED c ANEW d ");
}

TEST_F(Follower, FindsWhatHappenedWhileItsConnectionWasCut) {
  const auto leader = open_leader();
  Told told;
  PostgresqlFeed feed(options_, told.listener(), make_silent_log(), 50);
  EXPECT_EQ(told.eventually("ANEW "), "ANEW ");
  write(*leader, "a");
  EXPECT_EQ(told.eventually("ANEW a "), "ANEW a ");
  // It is told of b only when it is quicker than the cut.
  server_->ask(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT epoch%' OR query LIKE "
      "'LISTEN%'");
  write(*leader, "b");
  EXPECT_EQ(told.eventually("ANEW a MISSED "), "ANEW a MISSED ");
  write(*leader, "c");
  EXPECT_EQ(told.eventually("ANEW a MISSED c "), "ANEW a MISSED c ");
}

}  // namespace
}  // namespace icn::storage
