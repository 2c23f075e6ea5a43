#pragma once

#include "codec/values.h"
#include "crypto/merkle.h"

// crypto::MerkleStream in a form that a row can hold: 32 bytes for each bit that is set in the count of
// leaves, the largest subtree first.
namespace icn::governance {

// Adds a leaf after `count` others.
void add_to_peaks(codec::HexBytes& peaks, std::uint64_t count, const crypto::Hash& leaf);
// The root of crypto::merkle_root() over the same leaves.
crypto::Hash root_of_peaks(const codec::HexBytes& peaks);

}  // namespace icn::governance
