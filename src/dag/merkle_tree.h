#pragma once

#include <span>
#include <vector>

#include "crypto/hash.h"
#include "dag/group_writer.h"

// The root over all CIDs held: a radix Merkle tree that depends on the set alone, not on the order in which
// it came about.
//   key(cid)   = SHA-256 of the binary CID (version 1)
//   tree(keys) = a leaf when they are at most 32, else an inner node of 16 subtrees by the next nibble of the
//                key, the highest first
//   leaf       = 0x00 key*          keys in order
//   inner      = 0x01 hash{16}      of the subtrees; 32 zero bytes for an empty one
//   hash       = SHA-256 of these bytes; the root CID is the raw CID of the top node's bytes
// Kept in rows (tables.h), a batch of changes at a time.
namespace icn::dag {

using crypto::Hash;

inline constexpr std::size_t kTreeLeafMax = 32;

Hash tree_key(ByteView cid);
Cid tree_root_cid(const Hash& root);

struct TreeChange {
  Hash key;
  bool is_added;
};
struct TreeSummary {
  std::uint64_t count = 0;
  Hash hash{};
};

// Brings the stored tree up to date. Each key once, in any order; adding what is there and removing what is
// not change nothing.
Result<TreeSummary> update_tree(storage::RecordSpace& space, std::vector<TreeChange> changes);
// Of the stored tree.
Result<TreeSummary> stored_tree(const storage::Reader& reader);
// Computed from nothing.
Hash tree_root(std::vector<Hash> keys);

// Takes up to `rows_max` rows of the log into the tree. False: the log is empty now.
Result<bool> fold_tree_log(Batch& batch, std::size_t rows_max);

// The tree as it stands, and whether it knows of all blocks held.
struct TreeState {
  TreeSummary summary;
  bool is_in_sync = false;
};
Result<TreeState> tree_state(const storage::Reader& snapshot);

}  // namespace icn::dag
