#include <gtest/gtest.h>

#include "base/random.h"
#include "storage/errors.h"
#include "storage/postgresql/engine_test_support.h"
#include "storage/postgresql/errors.h"

// A table whose partitions lie on two servers (docs/partitions.md).
namespace icn::storage {
namespace {

using testing::get_text;
using testing::kIndexedTable;
using testing::kPlainTable;
using testing::put_row;
using testing::text;
using testing::write_one;

class PartitionsTest : public testing::PostgresqlTest {
 protected:
  void SetUp() override {
    PostgresqlTest::SetUp();
    if (server_ == nullptr) return;
    other_ = testing::PostgresqlServer::another();
    options_.content_tables = {kPlainTable.id};
    options_.connection_timeout_ms = 2'000;
    other_->ask(
        "CREATE SCHEMA parts; CREATE TABLE parts.plain_1 (key bytea PRIMARY KEY, record bytea NOT NULL)");
    server_->ask(
        "CREATE EXTENSION IF NOT EXISTS postgres_fdw; DROP SERVER IF EXISTS other CASCADE;"
        "CREATE SERVER other FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '127.0.0.1', port '" +
        std::to_string(other_->port()) +
        "', dbname 'postgres', batch_size '50'); CREATE USER MAPPING FOR icn SERVER other OPTIONS (user "
        "'icn')");
  }
  void TearDown() override {
    PostgresqlTest::TearDown();
    if (server_ != nullptr) server_->ask("DROP SERVER IF EXISTS other CASCADE");
  }

  // Moves the rows of a closed store.
  std::string partition(const std::string& table) const {
    return ask(
        "ALTER TABLE " + table + " RENAME TO whole; CREATE TABLE " + table +
        " (LIKE whole) PARTITION BY HASH (key); CREATE TABLE " + table + "_0 PARTITION OF " + table +
        " (PRIMARY KEY (key)) FOR VALUES WITH (MODULUS 2, REMAINDER 0); CREATE FOREIGN TABLE " + table +
        "_1 PARTITION OF " + table +
        " FOR VALUES WITH (MODULUS 2, REMAINDER 1) SERVER other OPTIONS (schema_name 'parts'); INSERT INTO " +
        table + " SELECT * FROM whole; DROP TABLE whole");
  }
  std::string here() const { return ask("SELECT count(*) FROM plain_0"); }
  std::string there() const { return other_->ask("SELECT count(*) FROM parts.plain_1"); }
  // A key whose row lies on the other server, or here.
  std::string key_of(bool is_there) const {
    for (int i = 0;; ++i) {
      std::string key = (is_there ? "there " : "here ") + std::to_string(i);
      const std::string found =
          ask("SELECT satisfies_hash_partition('plain'::regclass, 2, 1, '" + key + "'::bytea)");
      if (found == (is_there ? "t\n" : "f\n")) return key;
    }
  }

  std::unique_ptr<testing::PostgresqlServer> other_;
};

TEST_F(PartitionsTest, RowsAreReadWhereverTheyLie) {
  std::vector<Row> rows;
  std::map<std::string, std::string> expected;
  for (int i = 0; i < 300; ++i) {
    const std::string key = "key " + std::to_string(1000 + i);
    rows.push_back(put_row(key, "record of " + key));
    expected[key] = "record of " + key;
  }
  auto store = open();
  ASSERT_TRUE(store->write({rows.begin(), rows.begin() + 100}, Durability::kSynced).ok());
  store.reset();
  ASSERT_EQ(partition("plain"), "");
  store = open();
  ASSERT_TRUE(store->write({rows.begin() + 100, rows.end()}, Durability::kSynced).ok());
  ASSERT_TRUE(write_one(*store, rows[5], Durability::kSynced).ok()) << "the same row again";
  ASSERT_TRUE(write_one(*store, rows[6], Durability::kBuffered).ok());
  ASSERT_TRUE(store->flush().ok());
  EXPECT_NE(here(), "0\n");
  EXPECT_NE(there(), "0\n");
  EXPECT_EQ(ask("SELECT count(*) FROM plain"), "300\n");
  std::vector<Bytes> keys;
  for (const auto& [key, record] : expected) {
    EXPECT_EQ(get_text(*store, key), record);
    keys.push_back(text(key));
  }
  const std::vector<ByteView> wanted(keys.begin(), keys.end());
  const auto several = store->get_several(kPlainTable, wanted);
  ASSERT_TRUE(several.ok()) << several.error().detail();
  EXPECT_EQ(to_text(**several->begin()), expected.begin()->second);
  const auto moment = store->snapshot();
  for (const bool is_reverse : {false, true}) {
    auto cursor = moment->scan(kPlainTable, {std::nullopt, text("key 1050"), text("key 1250"), is_reverse});
    ASSERT_TRUE(cursor.ok());
    for (int i = 0; i < 200; ++i) {
      ASSERT_TRUE(*(*cursor)->next());
      EXPECT_EQ(to_text((*cursor)->key()), "key " + std::to_string(is_reverse ? 1249 - i : 1050 + i));
    }
    EXPECT_FALSE(*(*cursor)->next());
  }
}

TEST_F(PartitionsTest, ABatchIsErasedEverywhere) {
  auto store = open();
  store.reset();
  ASSERT_EQ(partition("plain"), "");
  store = open();
  const std::string far = key_of(true);
  const std::string near = key_of(false);
  ASSERT_TRUE(store->write({put_row(far, "1"), put_row(near, "2")}, Durability::kSynced).ok());
  EXPECT_EQ(there() + here(), "1\n1\n");
  EXPECT_EQ(store->stats().keys, 2u);
  const Row erased{&kPlainTable, text(far), std::nullopt, {}, {}};
  ASSERT_TRUE(store->write({erased, put_row("beside", "3")}, Durability::kSynced).ok());
  EXPECT_EQ(get_text(*store, far), "absent");
  EXPECT_EQ(get_text(*store, "beside"), "3");
  EXPECT_EQ(store->stats().keys, 2u);
  ASSERT_TRUE(store->write({put_row(far, "4")}, Durability::kSynced).ok());
  EXPECT_EQ(get_text(*store, far), "4");
}

TEST_F(PartitionsTest, WhileTheOtherServerIsAwayTheRestGoesOn) {
  auto store = open();
  store.reset();
  ASSERT_EQ(partition("plain"), "");
  store = open();
  const std::string far = key_of(true);
  const std::string near = key_of(false);
  ASSERT_TRUE(store->write({put_row(far, "1"), put_row(near, "2")}, Durability::kSynced).ok());
  other_->stop(SIGQUIT);
  const auto lost = store->get(kPlainTable, as_bytes(far));
  ASSERT_FALSE(lost.ok());
  EXPECT_TRUE(lost.error().is(kAway)) << lost.error().detail();
  EXPECT_EQ(lost.error().detail().find("127.0.0.1"), std::string::npos) << lost.error().detail();
  EXPECT_EQ(get_text(*store, near), "2");
  const auto refused = store->write(
      {put_row("indexed beside", "1"), put_row(far + "x", "1"), put_row(far, "1")}, Durability::kSynced);
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(refused.error().is(kAway)) << refused.error().code() << refused.error().detail();
  EXPECT_EQ(get_text(*store, near), "2");
  const Row other{&kIndexedTable, text("a"), text("b"), {std::nullopt, std::nullopt}, {}};
  EXPECT_TRUE(write_one(*store, other, Durability::kSynced).ok()) << "a table of this server alone";
  // Forgotten here, which is what counts; its bytes stay there.
  const Row erased{&kPlainTable, text(far), std::nullopt, {}, {}};
  EXPECT_TRUE(store->write({erased, other}, Durability::kSynced).ok());
  other_->start();
  EXPECT_EQ(get_text(*store, far), "1");
  ASSERT_TRUE(store->write({put_row(far + "y", "5"), put_row(near, "2")}, Durability::kSynced).ok());
  EXPECT_EQ(get_text(*store, far + "y"), "5");
}

TEST_F(PartitionsTest, OnlyContentMayLieSo) {
  options_.content_tables = {};
  auto store = open();
  store.reset();
  ASSERT_EQ(partition("plain"), "");
  EXPECT_EQ(code(folder_.path()), "storage_not_writable");
  options_.content_tables = {kPlainTable.id};
  EXPECT_EQ(code(folder_.path()), "open");
}

}  // namespace
}  // namespace icn::storage
