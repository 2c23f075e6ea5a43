#pragma once

#include <span>
#include <vector>

#include "crypto/hash.h"

namespace icn::ledger {

// Root of the Merkle tree over `leaves`: a leaf is SHA-256(0x00 leaf), a node SHA-256(0x01 left right), a
// lone last node moves up as it is; no leaves: SHA-256 of nothing. Source: RFC 6962, 2.1.
crypto::Hash merkle_root(std::span<const crypto::Hash> leaves);

// The sibling hashes from leaf `index` up to the root. Source: RFC 6962, 2.1.1.
std::vector<crypto::Hash> merkle_path(std::span<const crypto::Hash> leaves, std::size_t index);

}  // namespace icn::ledger
