#include "dag/merkle_tree.h"

#include <algorithm>
#include <map>

#include "storage/errors.h"

namespace icn::dag {
namespace {

constexpr std::size_t kWidth = 16;
using Changes = std::span<const TreeChange>;

std::size_t nibble(const Hash& key, std::size_t depth) {
  return depth % 2 == 0 ? key[depth / 2] >> 4 : key[depth / 2] & 0x0f;
}

Hash leaf_hash(std::span<const Hash> keys) {
  Bytes bytes{0x00};
  for (const Hash& key : keys) append(bytes, key);
  return crypto::sha256(bytes);
}

Hash inner_hash(std::span<const TreeSummary> children) {
  Bytes bytes{0x01};
  for (const TreeSummary& child : children) append(bytes, child.hash);
  return crypto::sha256(bytes);
}

TreeSummary summary_of_leaf(std::span<const Hash> keys, std::size_t depth) {
  if (keys.empty() && depth > 0) return {};
  return {keys.size(), leaf_hash(keys)};
}

// Calls visit(child nibble, items) for each run of items with one nibble at `depth`; items are sorted by key.
template <typename Item, typename KeyOf, typename Visit>
Result<void> by_nibble(std::span<Item> items, std::size_t depth, KeyOf key_of, Visit visit) {
  for (std::size_t at = 0; at < items.size();) {
    const std::size_t child = nibble(key_of(items[at]), depth);
    std::size_t end = at;
    while (end < items.size() && nibble(key_of(items[end]), depth) == child) ++end;
    ICN_TRY(visit(child, items.subspan(at, end - at)));
    at = end;
  }
  return {};
}

// The stored tree below one path.
class Subtree {
 public:
  Subtree(storage::RecordSpace& space, Bytes path) : space_(space), path_(std::move(path)) {}

  Result<TreeSummary> apply(Changes changes) {
    ICN_TRY_ASSIGN(node, kTree.get(space_, path_));
    if (!node || node->hashes.empty())
      return apply_to_leaf(node ? keys_of(*node) : std::vector<Hash>(), changes);
    return apply_to_inner(*node, changes);
  }

  Result<TreeSummary> build(std::span<const Hash> keys) {
    if (keys.size() <= kTreeLeafMax) return write_leaf(keys);
    std::array<TreeSummary, kWidth> children{};
    ICN_TRY(by_nibble(
        keys, path_.size(), [](const Hash& key) { return key; },
        [&](std::size_t child, std::span<const Hash> below) -> Result<void> {
          ICN_TRY_ASSIGN(summary, at(child).build(below));
          children[child] = summary;
          return {};
        }));
    return write_inner(children);
  }

  // Removes all nodes below and this one, and gives their keys in order.
  Result<void> dissolve(std::vector<Hash>& keys) {
    ICN_TRY_ASSIGN(node, kTree.get(space_, path_));
    if (!node) return {};
    for (const Hash& key : keys_of(*node)) keys.push_back(key);
    for (std::size_t child = 0; child < node->counts.size(); ++child) {
      if (node->counts[child] > 0) ICN_TRY(at(child).dissolve(keys));
    }
    return kTree.erase(space_, path_);
  }

 private:
  Subtree at(std::size_t child) const {
    Bytes path = path_;
    path.push_back(static_cast<std::uint8_t>(child));
    return Subtree(space_, std::move(path));
  }

  static std::vector<Hash> keys_of(const TreeNode& node) {
    std::vector<Hash> keys(node.keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) std::ranges::copy(node.keys[i], keys[i].begin());
    return keys;
  }

  Result<TreeSummary> apply_to_leaf(const std::vector<Hash>& keys, Changes changes) {
    std::map<Hash, bool> merged;
    for (const Hash& key : keys) merged[key] = true;
    for (const TreeChange& change : changes) merged[change.key] = change.is_added;
    std::vector<Hash> now;
    for (const auto& [key, is_added] : merged) {
      if (is_added) now.push_back(key);
    }
    return build(now);
  }

  Result<TreeSummary> apply_to_inner(const TreeNode& node, Changes changes) {
    if (node.hashes.size() != kWidth || node.counts.size() != kWidth)
      return Error(storage::kCorrupt, "a node of the tree over CIDs");
    std::array<TreeSummary, kWidth> children{};
    for (std::size_t i = 0; i < kWidth; ++i) {
      children[i].count = node.counts[i];
      std::ranges::copy(node.hashes[i], children[i].hash.begin());
    }
    ICN_TRY(by_nibble(
        changes, path_.size(), [](const TreeChange& change) { return change.key; },
        [&](std::size_t child, Changes below) -> Result<void> {
          ICN_TRY_ASSIGN(summary, at(child).apply(below));
          children[child] = summary;
          return {};
        }));
    return write_inner(children);
  }

  Result<TreeSummary> write_leaf(std::span<const Hash> keys) {
    if (keys.empty()) {
      ICN_TRY(kTree.erase(space_, path_));
    } else {
      TreeNode node;
      for (const Hash& key : keys) node.keys.emplace_back(key.begin(), key.end());
      ICN_TRY(kTree.put(space_, path_, node));
    }
    return summary_of_leaf(keys, path_.size());
  }

  Result<TreeSummary> write_inner(std::span<const TreeSummary> children) {
    TreeSummary summary{0, inner_hash(children)};
    TreeNode node;
    for (const TreeSummary& child : children) {
      summary.count += child.count;
      node.hashes.emplace_back(child.hash.begin(), child.hash.end());
      node.counts.push_back(child.count);
    }
    if (summary.count > kTreeLeafMax) {
      ICN_TRY(kTree.put(space_, path_, node));
      return summary;
    }
    std::vector<Hash> keys;
    for (std::size_t child = 0; child < kWidth; ++child) {
      if (children[child].count > 0) ICN_TRY(at(child).dissolve(keys));
    }
    return write_leaf(keys);
  }

  storage::RecordSpace& space_;
  Bytes path_;
};

Hash root_below(std::span<const Hash> keys, std::size_t depth) {
  if (keys.size() <= kTreeLeafMax) return summary_of_leaf(keys, depth).hash;
  std::array<TreeSummary, kWidth> children{};
  const auto done = by_nibble(
      keys, depth, [](const Hash& key) { return key; },
      [&](std::size_t child, std::span<const Hash> below) -> Result<void> {
        children[child] = {below.size(), root_below(below, depth + 1)};
        return {};
      });
  ICN_ASSERT(done.ok());
  return inner_hash(children);
}

}  // namespace

Hash tree_key(ByteView cid) { return crypto::sha256(cid); }

Cid tree_root_cid(const Hash& root) { return Cid::of_digest(codec::kRaw, root); }

Result<TreeSummary> update_tree(storage::RecordSpace& space, std::vector<TreeChange> changes) {
  std::ranges::sort(changes, {}, &TreeChange::key);
  return Subtree(space, {}).apply(changes);
}

Result<TreeSummary> stored_tree(const storage::Reader& reader) {
  ICN_TRY_ASSIGN(node, kTree.get(reader, Bytes()));
  if (!node) return summary_of_leaf({}, 0);
  Bytes bytes{static_cast<std::uint8_t>(node->hashes.empty() ? 0x00 : 0x01)};
  TreeSummary summary{node->keys.size(), {}};
  for (const auto* parts : {&node->keys, &node->hashes}) {
    for (const Bytes& part : *parts) append(bytes, part);
  }
  for (const std::uint64_t count : node->counts) summary.count += count;
  summary.hash = crypto::sha256(bytes);
  return summary;
}

Hash tree_root(std::vector<Hash> keys) {
  std::ranges::sort(keys);
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return root_below(keys, 0);
}

Result<bool> fold_tree_log(Batch& batch, std::size_t rows_max) {
  ICN_TRY_ASSIGN(rows, kTreeLog.scan(batch.view, {}));
  std::map<Hash, bool> changes;
  std::vector<Bytes> folded;
  bool is_more = false;
  while (true) {
    ICN_TRY_ASSIGN(row, rows.next());
    if (!row) break;
    if (folded.size() == rows_max) {
      is_more = true;
      break;
    }
    for (const Bytes& cid : row->added) changes[tree_key(cid)] = true;
    for (const Bytes& cid : row->removed) changes[tree_key(cid)] = false;
    folded.push_back(to_bytes(rows.key()));
  }
  if (folded.empty()) return false;
  std::vector<TreeChange> list;
  for (const auto& [key, is_added] : changes) list.push_back({key, is_added});
  ICN_TRY(update_tree(batch.view, std::move(list)));
  for (Bytes& key : folded) ICN_TRY(batch.view.erase(kTreeLog.schema(), std::move(key), {}));
  return is_more;
}

Result<TreeState> tree_state(const storage::Reader& snapshot) {
  ICN_TRY_ASSIGN(summary, stored_tree(snapshot));
  ICN_TRY_ASSIGN(rows, kTreeLog.scan(snapshot, {}));
  ICN_TRY_ASSIGN(first, rows.next());
  return TreeState{summary, !first.has_value()};
}

}  // namespace icn::dag
