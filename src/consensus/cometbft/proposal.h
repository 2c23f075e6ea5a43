#pragma once

#include <span>
#include <vector>

#include "consensus/cometbft/admission.h"

namespace icn::consensus {

struct Candidate {
  TransactionPtr transaction;
  std::size_t index = 0;  // in the engine's pool
  std::size_t bytes = 0;  // what it takes in a block
};

// Which candidates go into a block of at most `bytes_max`, by index, in the order of the pool. When not all
// fit: decisions of the network first (governance, federation), then each sender's first, second, ...
// transaction in turn, so that nobody who floods the pool keeps others out.
std::vector<std::size_t> choose(std::span<const Candidate> candidates, std::size_t bytes_max);

// Bytes a transaction of `size` bytes takes in a block, its tag and length included.
std::size_t bytes_in_block(std::size_t size);

}  // namespace icn::consensus
