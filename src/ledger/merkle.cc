#include "ledger/merkle.h"

#include <bit>

namespace icn::ledger {
namespace {

constexpr std::uint8_t kLeaf = 0;
constexpr std::uint8_t kNode = 1;

}  // namespace

crypto::Hash merkle_leaf(const crypto::Hash& leaf) {
  return crypto::sha256(ByteView(&kLeaf, 1), ByteView(leaf));
}

crypto::Hash merkle_node(const crypto::Hash& left, const crypto::Hash& right) {
  return crypto::sha256(ByteView(&kNode, 1), ByteView(left), ByteView(right));
}

crypto::Hash merkle_root(std::span<const crypto::Hash> leaves) {
  if (leaves.empty()) return crypto::sha256(ByteView());
  std::vector<crypto::Hash> level;
  level.reserve(leaves.size());
  for (const auto& leaf : leaves) level.push_back(merkle_leaf(leaf));
  while (level.size() > 1) {
    std::size_t out = 0;
    for (std::size_t i = 0; i < level.size(); i += 2) {
      level[out++] = i + 1 < level.size() ? merkle_node(level[i], level[i + 1]) : level[i];
    }
    level.resize(out);
  }
  return level.front();
}

std::vector<crypto::Hash> merkle_path(std::span<const crypto::Hash> leaves, std::size_t index) {
  ICN_ASSERT(index < leaves.size());
  if (leaves.size() == 1) return {};
  const std::size_t split = std::bit_floor(leaves.size() - 1);
  const bool left = index < split;
  auto path =
      left ? merkle_path(leaves.first(split), index) : merkle_path(leaves.subspan(split), index - split);
  path.push_back(merkle_root(left ? leaves.subspan(split) : leaves.first(split)));
  return path;
}

void MerkleStream::add(const crypto::Hash& leaf) {
  crypto::Hash node = merkle_leaf(leaf);
  for (std::uint64_t bits = count_; (bits & 1) != 0; bits >>= 1) {
    node = merkle_node(peaks_.back(), node);
    peaks_.pop_back();
  }
  peaks_.push_back(node);
  ++count_;
}

crypto::Hash MerkleStream::root() const {
  if (peaks_.empty()) return crypto::sha256(ByteView());
  crypto::Hash node = peaks_.back();
  for (std::size_t i = peaks_.size() - 1; i > 0; --i) node = merkle_node(peaks_[i - 1], node);
  return node;
}

std::optional<crypto::Hash> merkle_root_by_path(const crypto::Hash& leaf, std::uint64_t index,
                                                std::uint64_t count, std::span<const crypto::Hash> path) {
  if (index >= count) return std::nullopt;
  std::uint64_t node_index = index;
  std::uint64_t last_index = count - 1;
  crypto::Hash node = merkle_leaf(leaf);
  for (const crypto::Hash& sibling : path) {
    if (last_index == 0) return std::nullopt;
    if ((node_index & 1) != 0 || node_index == last_index) {
      node = merkle_node(sibling, node);
      while ((node_index & 1) == 0 && node_index != 0) {
        node_index >>= 1;
        last_index >>= 1;
      }
    } else {
      node = merkle_node(node, sibling);
    }
    node_index >>= 1;
    last_index >>= 1;
  }
  return last_index == 0 ? std::optional(node) : std::nullopt;
}

}  // namespace icn::ledger
