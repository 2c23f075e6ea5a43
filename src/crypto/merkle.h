#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "crypto/hash.h"

namespace icn::crypto {

// Root of the Merkle tree over `leaves`: a leaf is SHA-256(0x00 leaf), a node SHA-256(0x01 left right), a
// lone last node moves up as it is; no leaves: SHA-256 of nothing. Source: RFC 6962, 2.1.
Hash merkle_root(std::span<const Hash> leaves);

// The sibling hashes from leaf `index` up to the root. Source: RFC 6962, 2.1.1.
std::vector<Hash> merkle_path(std::span<const Hash> leaves, std::size_t index);

// The same root for leaves that come one after the other, in memory that grows with their logarithm.
class MerkleStream {
 public:
  void add(const Hash& leaf);
  Hash root() const;
  std::uint64_t count() const { return count_; }

 private:
  std::uint64_t count_ = 0;
  std::vector<Hash> peaks_;  // roots of whole subtrees, the largest first: the bits of count_
};

// The hash of a leaf as the tree holds it, and of two nodes.
Hash merkle_leaf(const Hash& leaf);
Hash merkle_node(const Hash& left, const Hash& right);

// The root that `path` leads to from leaf `index` of `count`; none: no such path has that length.
// Source: RFC 9162, 2.1.3.2.
std::optional<Hash> merkle_root_by_path(const Hash& leaf, std::uint64_t index, std::uint64_t count,
                                        std::span<const Hash> path);

}  // namespace icn::crypto
