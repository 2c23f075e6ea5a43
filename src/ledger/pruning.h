#pragma once

#include "ledger/block.h"
#include "storage/store.h"

namespace icn::ledger {

// One row, key "pruned": bodies of blocks 1 up to `height` are gone; their headers and the places of their
// transactions stay. Genesis stays.
struct Pruned {
  std::uint64_t height = 0;
  static constexpr auto fields() { return described(codec::field("height", &Pruned::height)); }
};
inline const Table<std::string, Pruned> kPruned{205, "ledger_pruned"};
inline const std::string kPrunedKey = "pruned";

// Height up to which bodies are gone.
Result<std::uint64_t> pruned_height(const Reader& store);

// Removes the bodies of blocks below head - `blocks_kept`, up to `height_max`, but none that a transaction
// not yet expired or a checkpoint without its header may be asked from. Answers how many went; a batch at a
// time, not synced.
Result<std::uint64_t> prune_blocks(storage::Store& store, std::uint64_t blocks_kept,
                                   std::uint64_t height_max);

// pruned: the block was there and is no longer kept. not_found: there is no such block.
Error missing_block(const Reader& store, std::uint64_t height, std::uint64_t newest);

}  // namespace icn::ledger
