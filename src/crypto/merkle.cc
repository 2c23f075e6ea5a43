#include "crypto/merkle.h"

#include <bit>

namespace icn::crypto {
namespace {

constexpr std::uint8_t kLeaf = 0;
constexpr std::uint8_t kNode = 1;

}  // namespace

Hash merkle_leaf(const Hash& leaf) { return sha256(ByteView(&kLeaf, 1), ByteView(leaf)); }

Hash merkle_node(const Hash& left, const Hash& right) {
  return sha256(ByteView(&kNode, 1), ByteView(left), ByteView(right));
}

Hash merkle_root(std::span<const Hash> leaves) {
  if (leaves.empty()) return sha256(ByteView());
  std::vector<Hash> level;
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

std::vector<Hash> merkle_path(std::span<const Hash> leaves, std::size_t index) {
  ICN_ASSERT(index < leaves.size());
  if (leaves.size() == 1) return {};
  const std::size_t split = std::bit_floor(leaves.size() - 1);
  const bool left = index < split;
  auto path =
      left ? merkle_path(leaves.first(split), index) : merkle_path(leaves.subspan(split), index - split);
  path.push_back(merkle_root(left ? leaves.subspan(split) : leaves.first(split)));
  return path;
}

void MerkleStream::add(const Hash& leaf) {
  Hash node = merkle_leaf(leaf);
  for (std::uint64_t bits = count_; (bits & 1) != 0; bits >>= 1) {
    node = merkle_node(peaks_.back(), node);
    peaks_.pop_back();
  }
  peaks_.push_back(node);
  ++count_;
}

Hash MerkleStream::root() const {
  if (peaks_.empty()) return sha256(ByteView());
  Hash node = peaks_.back();
  for (std::size_t i = peaks_.size() - 1; i > 0; --i) node = merkle_node(peaks_[i - 1], node);
  return node;
}

std::optional<Hash> merkle_root_by_path(const Hash& leaf, std::uint64_t index, std::uint64_t count,
                                        std::span<const Hash> path) {
  if (index >= count) return std::nullopt;
  std::uint64_t node_index = index;
  std::uint64_t last_index = count - 1;
  Hash node = merkle_leaf(leaf);
  for (const Hash& sibling : path) {
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

}  // namespace icn::crypto
