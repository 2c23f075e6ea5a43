#include "governance/merkle_peaks.h"

#include <algorithm>

namespace icn::governance {
namespace {

constexpr std::size_t kHashSize = 32;

crypto::Hash last_peak(ByteView peaks) {
  crypto::Hash out;
  std::ranges::copy(peaks.last(kHashSize), out.begin());
  return out;
}

}  // namespace

void add_to_peaks(codec::HexBytes& peaks, std::uint64_t count, const crypto::Hash& leaf) {
  crypto::Hash node = crypto::merkle_leaf(leaf);
  for (; (count & 1) != 0; count >>= 1) {
    node = crypto::merkle_node(last_peak(peaks.bytes), node);
    peaks.bytes.resize(peaks.bytes.size() - kHashSize);
  }
  append(peaks.bytes, node);
}

crypto::Hash root_of_peaks(const codec::HexBytes& peaks) {
  ByteView left = peaks.bytes;
  if (left.empty()) return crypto::merkle_root({});
  crypto::Hash root = last_peak(left);
  for (left = left.first(left.size() - kHashSize); !left.empty(); left = left.first(left.size() - kHashSize))
    root = crypto::merkle_node(last_peak(left), root);
  return root;
}

}  // namespace icn::governance
