#include "storage/sled/former_entries.h"

#include <gtest/gtest.h>

#include "base/log.h"
#include "base/random.h"
#include "storage/errors.h"
#include "storage/sled/sled_tree.h"
#include "storage/storage_testing.h"

// Given a store whose process ended somewhere between the note of a batch and its end, when it is opened, then
// the batch is there or not, as a whole.
namespace icn::storage {
namespace {

using testing::get_text;
using testing::kPlainTable;
using testing::put_row;
using testing::TestFolder;
using testing::write_one;

constexpr std::array<std::uint8_t, 4> kFirstPart{0xFF, 0xFF, 0xFF, 1};

class FormerEntriesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    options_.cache_capacity_bytes = 8 << 20;
    options_.flush_every_ms = 0;
    const auto store = open();
    ASSERT_NE(store, nullptr);
    ASSERT_TRUE(store->write({put_row("kept", "0"), put_row("changed", large_), put_row("erased", "2")},
                             Durability::kSynced)
                    .ok());
  }

  std::unique_ptr<Store> open() {
    auto store = SledEngine(folder_.path(), options_, make_silent_log()).open({kPlainTable});
    EXPECT_TRUE(store.ok()) << store.error().detail();
    return store.ok() ? std::move(*store) : nullptr;
  }
  std::unique_ptr<SledTree> open_tree() {
    auto tree = SledTree::open(folder_.path() / "sled", options_);
    EXPECT_TRUE(tree.ok()) << tree.error().detail();
    return tree.ok() ? std::move(*tree) : nullptr;
  }
  // What the tests do to "changed", "erased" and "new", in the order of keys.
  std::vector<Row> batch() const {
    return {put_row("changed", "3"), {&kPlainTable, to_bytes(as_bytes("erased")), std::nullopt, {}, {}},
            put_row("new", "4")};
  }
  std::string seen() {
    const auto store = open();
    if (store == nullptr) return "not open";
    const std::string changed = get_text(*store, "changed");
    return get_text(*store, "kept") + " " + (changed == large_ ? "large" : changed) + " " +
           get_text(*store, "erased") + " " + get_text(*store, "new");
  }
  // How many parts of a note the tree holds.
  std::size_t parts() {
    const auto tree = open_tree();
    return tree->read(to_bytes(kFirstPart), Bytes{0xFF, 0xFF, 0xFF, 2}, false, 1000)->entries.size();
  }

  SeededRandom random_{5};
  const std::string large_ = hex_encode(random_.bytes(50'000));  // of 32 KiB four parts
  const TestFolder folder_;
  SledOptions options_;
};

TEST_F(FormerEntriesTest, AnyPartOfABatchIsTakenBack) {
  for (std::size_t done = 0; done <= 3; ++done) {
    SCOPED_TRACE(done);
    {
      const auto tree = open_tree();
      const std::vector<Row> rows = batch();
      const auto changes = changes_of(rows).value();
      const auto former = FormerEntries::read(*tree, changes).value();
      EXPECT_EQ(former.at(changes[2].key), std::nullopt);
      EXPECT_EQ(former.note(*tree).value(), 4U);
      for (std::size_t i = 0; i < done; ++i) ASSERT_TRUE(tree->apply({changes[i]}).ok());
    }
    EXPECT_EQ(parts(), 4U);
    EXPECT_EQ(seen(), "0 large 2 absent");
    EXPECT_EQ(parts(), 0U);
  }
}

// Its end came between the batch and the end of its note, or between the parts of the note.
TEST_F(FormerEntriesTest, ANoteOfWhichPartsAreMissingIsNone) {
  for (const std::uint32_t dropped : {1U, 3U}) {
    SCOPED_TRACE(dropped);
    {
      const auto tree = open_tree();
      const std::vector<Row> rows = batch();
      const auto changes = changes_of(rows).value();
      ASSERT_TRUE(FormerEntries::read(*tree, changes)->note(*tree).ok());
      ASSERT_TRUE(tree->apply(changes).ok());
      ASSERT_TRUE(FormerEntries::drop(*tree, dropped).ok());
    }
    EXPECT_EQ(seen(), "0 3 absent 4");
    EXPECT_EQ(parts(), 0U);
    ASSERT_TRUE(write_one(*open(), put_row("changed", large_), Durability::kSynced).ok());
  }
  {
    const auto tree = open_tree();
    const std::vector<Row> rows = batch();
    const auto changes = changes_of(rows).value();
    ASSERT_TRUE(FormerEntries::read(*tree, changes)->note(*tree).ok());
    Bytes last = to_bytes(kFirstPart);
    append_u32(last, 3);
    ASSERT_TRUE(tree->apply({{last, std::nullopt}}).ok());
  }
  EXPECT_EQ(seen(), "0 large absent 4");
}

TEST_F(FormerEntriesTest, ADamagedNoteIsNamed) {
  {
    const auto tree = open_tree();
    Bytes key = to_bytes(kFirstPart);
    append_u32(key, 0);
    Bytes part;
    append_u32(part, 1);
    append_u32(part, 99);  // the size of a key that is not there
    ASSERT_TRUE(tree->apply({{key, part}}).ok());
  }
  const auto refused = SledEngine(folder_.path(), options_, make_silent_log()).open({kPlainTable});
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(refused.error().is(kCorrupt));
  EXPECT_NE(refused.error().detail().find("unfinished batch"), std::string::npos) << refused.error().detail();
}

TEST_F(FormerEntriesTest, ABatchThatEndsWellLeavesNoNote) {
  {
    const auto store = open();
    ASSERT_TRUE(store->write(batch(), Durability::kSynced).ok());
  }
  EXPECT_EQ(parts(), 0U);
  EXPECT_EQ(seen(), "0 3 absent 4");
}

}  // namespace
}  // namespace icn::storage
