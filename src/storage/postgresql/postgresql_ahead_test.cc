#include <gtest/gtest.h>

#include <memory>

#include "storage/errors.h"
#include "storage/postgresql/engine_test_support.h"

// Batches that are answered before the server has them.
namespace icn::storage {
namespace {

using testing::get_text;
using testing::kPlainTable;
using testing::put_row;
using testing::text;
using testing::write_one;

class PostgresqlAhead : public testing::PostgresqlTest {
 protected:
  void SetUp() override {
    PostgresqlTest::SetUp();
    options_.writes_ahead = true;
  }
  // Batches wait until it is gone.
  std::unique_ptr<PGconn, decltype(&PQfinish)> hold_table() const {
    std::unique_ptr<PGconn, decltype(&PQfinish)> out(PQconnectdb(server_->url().c_str()), &PQfinish);
    PQclear(
        PQexec(out.get(), ("BEGIN; LOCK TABLE \"" + options_.schema + "\".plain IN EXCLUSIVE MODE").c_str()));
    return out;
  }
};

TEST_F(PostgresqlAhead, ReadsShowTheBatchThatIsUnderWay) {
  const auto store = open();
  ASSERT_TRUE(store->write({put_row("old", "1"), put_row("gone", "1")}, Durability::kSynced).ok());
  auto held = hold_table();
  ASSERT_TRUE(store
                  ->write({put_row("new", "2"),
                           put_row("old", "2"),
                           put_row("new", "3"),
                           {&kPlainTable, text("gone"), {}, {}, {}}},
                          Durability::kBuffered)
                  .ok());
  EXPECT_EQ(ask("SELECT count(*) FROM plain"), "2\n") << "the server has it already";
  EXPECT_EQ(get_text(*store, "new"), "3");
  EXPECT_EQ(get_text(*store, "old"), "2");
  EXPECT_EQ(get_text(*store, "gone"), "absent");
  EXPECT_EQ(get_text(*store, "never"), "absent");
  held.reset();
  const auto several = store->get_several(kPlainTable, {as_bytes("old"), as_bytes("gone")});
  ASSERT_TRUE(several.ok());
  EXPECT_EQ(to_text((*several)[0].value_or(Bytes())), "2");
  EXPECT_FALSE((*several)[1].has_value());
  ASSERT_TRUE(write_one(*store, put_row("new", "4"), Durability::kBuffered).ok());
  EXPECT_EQ(get_text(*store->snapshot(), "new"), "4");
  EXPECT_TRUE(store->flush().ok());
  EXPECT_EQ(ask("SELECT encode(key, 'escape') || encode(record, 'escape') FROM plain ORDER BY key"),
            "new4\nold2\n");
}

TEST_F(PostgresqlAhead, ABatchThatTheServerRefusesAfterAllEndsWriting) {
  auto store = open();
  ASSERT_TRUE(write_one(*store, put_row("a", "1"), Durability::kSynced).ok());
  ask("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
      "IF encode(NEW.key, 'escape') = 'full' THEN RAISE 'no room' USING ERRCODE = '53100'; END IF; "
      "IF encode(NEW.key, 'escape') = 'bad' THEN RAISE 'refused'; END IF; RETURN NEW; END $$;"
      "CREATE TRIGGER refuse BEFORE INSERT ON plain FOR EACH ROW EXECUTE FUNCTION refuse()");
  for (const bool is_full : {false, true}) {
    SCOPED_TRACE(is_full);
    const std::string key = is_full ? "full" : "bad";
    ASSERT_TRUE(store->write({put_row("a", "2"), put_row(key, "x")}, Durability::kBuffered).ok());
    const auto flushed = store->flush();
    ASSERT_FALSE(flushed.ok());
    EXPECT_TRUE(flushed.error().is(is_full ? kFull : kSyncFailed)) << flushed.error().detail();
    EXPECT_TRUE(write_one(*store, put_row("b", "1"), Durability::kBuffered).error().is(kMustReopen));
    EXPECT_TRUE(write_one(*store, put_row("b", "1"), Durability::kSynced).error().is(kMustReopen));
    EXPECT_EQ(get_text(*store, "a"), "1");
    store.reset();
    store = open();
    EXPECT_EQ(get_text(*store, "a"), "1");
    ASSERT_TRUE(write_one(*store, put_row("b", "1"), Durability::kBuffered).ok());
    EXPECT_TRUE(store->flush().ok());
  }
}

// One engine knows that there was no room: its next store asks for each batch, and need not be opened again.
TEST_F(PostgresqlAhead, WhileThereMayBeNoRoomABatchIsRefusedAtOnce) {
  PostgresqlEngine engine(folder_.path(), options_, make_silent_log());
  auto store = *engine.open({kPlainTable});
  ask("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
      "RAISE 'no room' USING ERRCODE = '53100'; END $$;"
      "CREATE TRIGGER refuse BEFORE INSERT ON plain FOR EACH ROW EXECUTE FUNCTION refuse()");
  ASSERT_TRUE(write_one(*store, put_row("a", "1"), Durability::kBuffered).ok());
  EXPECT_TRUE(store->flush().error().is(kFull));
  store.reset();
  store = *engine.open({kPlainTable});
  EXPECT_NE(store->stats().refuses.find("full"), std::string::npos);
  EXPECT_TRUE(write_one(*store, put_row("a", "1"), Durability::kBuffered).error().is(kFull));
  ask("DROP TRIGGER refuse ON plain");
  EXPECT_TRUE(write_one(*store, put_row("a", "2"), Durability::kBuffered).ok());
  EXPECT_EQ(store->stats().refuses, "");
  EXPECT_TRUE(store->flush().ok());
  EXPECT_EQ(get_text(*store, "a"), "2");
}

TEST_F(PostgresqlAhead, ACutOrAWrongGuessIsMendedBehindTheAnswer) {
  const auto store = open();
  for (int i = 0; i < 40; ++i) {  // after which batches are taken to add rows only
    const std::string number = std::to_string(i);
    const std::vector<Row> rows{put_row("a" + number, "1"), put_row("b" + number, "1")};
    ASSERT_TRUE(store->write(rows, Durability::kBuffered).ok());
    if (i % 10 == 9) cut();
  }
  ASSERT_TRUE(store->write({put_row("a7", "2"), put_row("new", "1")}, Durability::kBuffered).ok());
  EXPECT_TRUE(store->flush().ok());
  EXPECT_EQ(ask("SELECT encode(record, 'escape') FROM plain WHERE key = 'a7'"), "2\n");
  auto held = hold_table();
  ASSERT_TRUE(store->write({put_row("a8", "2"), put_row("new", "2")}, Durability::kBuffered).ok());
  cut();
  held.reset();
  EXPECT_TRUE(store->flush().ok());
  EXPECT_EQ(ask("SELECT encode(record, 'escape') FROM plain WHERE key IN ('a8', 'new')"), "2\n2\n");
  EXPECT_EQ(ask("SELECT count(*) FROM plain"), "81\n");
}

}  // namespace
}  // namespace icn::storage
