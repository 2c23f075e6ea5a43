#include "dag/merkle_tree.h"

#include <gtest/gtest.h>

#include <set>

#include "base/random.h"
#include "dag/dag_testing.h"

namespace icn::dag {
namespace {

using testing::by;
using testing::TestBlocks;
using testing::text;

Hash key_number(std::uint64_t number) { return tree_key(as_bytes("block " + std::to_string(number))); }

// SHA-256 of the one byte 0x00 (`printf '\0' | sha256sum`).
TEST(MerkleTree, TheEmptyTreeHasTheHashOfAnEmptyLeaf) {
  EXPECT_EQ(hex_encode(tree_root({})), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  TestBlocks blocks;
  EXPECT_EQ(stored_tree(*blocks.store)->hash, tree_root({}));
}

TEST(MerkleTree, AFewKeysAreOneLeafInOrder) {
  Bytes leaf{0x00};
  std::set<Hash> keys{key_number(1), key_number(2), key_number(3)};
  for (const Hash& key : keys) append(leaf, key);
  EXPECT_EQ(tree_root({key_number(3), key_number(1), key_number(2)}), crypto::sha256(leaf));
}

// Kept step by step in any order, the root is that computed from nothing; also across the sizes where leaves
// split and join.
TEST(MerkleTree, TheStoredRootIsTheComputedOne) {
  SeededRandom random(3);
  TestBlocks blocks;
  std::set<Hash> model;
  for (int step = 0; step < 300; ++step) {
    const bool is_growing = step % 100 < 60;
    std::map<Hash, bool> changes;
    for (std::uint64_t i = random.below(40); i > 0; --i) {
      changes[key_number(random.below(1'500))] = is_growing ? random.below(5) > 0 : random.below(5) == 0;
    }
    std::vector<TreeChange> list;
    for (const auto& [key, is_added] : changes) {
      list.push_back({key, is_added});
      if (is_added)
        model.insert(key);
      else
        model.erase(key);
    }
    storage::StoreSpace space(*blocks.store, storage::Durability::kBuffered);
    const auto updated = update_tree(space, list);
    ASSERT_TRUE(updated.ok());
    EXPECT_EQ(updated->count, model.size());
    ASSERT_EQ(updated->hash, tree_root({model.begin(), model.end()}));
    EXPECT_EQ(stored_tree(*blocks.store)->hash, updated->hash);
    EXPECT_EQ(stored_tree(*blocks.store)->count, model.size());
  }
  std::vector<TreeChange> rest;
  for (const Hash& key : model) rest.push_back({key, false});
  storage::StoreSpace space(*blocks.store, storage::Durability::kBuffered);
  EXPECT_EQ(update_tree(space, rest)->hash, tree_root({}));
  EXPECT_EQ(blocks.stored_rows(kTree.schema()), 0u);
}

TEST(MerkleTree, FollowsTheBlocksAcrossRestarts) {
  TestBlocks blocks;
  std::vector<Hash> keys;
  for (int i = 0; i < 100; ++i) {
    const Cid cid = blocks.put(text(std::to_string(i)), by("did:key:a"));
    if (i % 3 == 0) {
      ASSERT_TRUE(blocks.blocks->erase(cid).ok());
    } else {
      keys.push_back(tree_key(cid.bytes()));
    }
    if (i == 50) blocks.open();
  }
  EXPECT_FALSE(tree_state(*blocks.store)->is_in_sync);
  bool is_more = true;
  while (is_more) {
    ASSERT_TRUE(blocks.blocks->writer()
                    .run(1,
                         [&](Batch& batch) -> Result<void> {
                           ICN_TRY_ASSIGN(more, fold_tree_log(batch, 7));
                           is_more = more;
                           return {};
                         })
                    .ok());
  }
  const auto state = tree_state(*blocks.store);
  EXPECT_TRUE(state->is_in_sync);
  EXPECT_EQ(state->summary.hash, tree_root(keys));
}

}  // namespace
}  // namespace icn::dag
