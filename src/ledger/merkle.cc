#include "ledger/merkle.h"

#include <bit>

namespace icn::ledger {
namespace {

constexpr std::uint8_t kLeaf = 0;
constexpr std::uint8_t kNode = 1;

}  // namespace

crypto::Hash merkle_root(std::span<const crypto::Hash> leaves) {
  if (leaves.empty()) return crypto::sha256(ByteView());
  std::vector<crypto::Hash> level;
  level.reserve(leaves.size());
  for (const auto& leaf : leaves) level.push_back(crypto::sha256(ByteView(&kLeaf, 1), ByteView(leaf)));
  while (level.size() > 1) {
    std::size_t out = 0;
    for (std::size_t i = 0; i < level.size(); i += 2) {
      level[out++] = i + 1 < level.size()
                         ? crypto::sha256(ByteView(&kNode, 1), ByteView(level[i]), ByteView(level[i + 1]))
                         : level[i];
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

}  // namespace icn::ledger
