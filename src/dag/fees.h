#pragma once

#include "base/mana.h"
#include "dag/block.h"
#include "ledger/parameters.h"

namespace icn::dag {

// What one block costs its writer: by size below 1, 10, 100 KiB or more, and by type. Source: domain.md 5.
Millimana block_fee(const ledger::Parameters& parameters, std::uint64_t size, BlockType type);

}  // namespace icn::dag
