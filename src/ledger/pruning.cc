#include "ledger/pruning.h"

#include <algorithm>

#include "base/errors.h"
#include "ledger/checkpoint.h"
#include "ledger/errors.h"
#include "ledger/parameters.h"
#include "ledger/state.h"
#include "storage/record_space.h"

namespace icn::ledger {
namespace {

constexpr std::uint64_t kBatchBlocks = 500;

// The newest height whose body may go.
Result<std::uint64_t> prunable_height(const Reader& store, std::uint64_t blocks_kept) {
  ICN_TRY_ASSIGN(head, load_head(store));
  if (!head || head->header.height <= blocks_kept) return std::uint64_t{0};
  std::uint64_t height = head->header.height - blocks_kept;
  ICN_TRY_ASSIGN(clock, load_checkpoint_clock(store));
  if (clock.pending_height != 0) height = std::min(height, clock.pending_height - 1);
  // Snapshots name the transactions of the last hour or so, and outcomes are asked for until they expire.
  std::uint64_t lifetime_secs = 0;
  for (const ParameterRow& row : parameter_rows())
    if (row.name == "ledger.lifetime_max_secs") lifetime_secs = static_cast<std::uint64_t>(row.max);
  ICN_TRY_ASSIGN(gone, pruned_height(store));
  while (height > gone) {
    ICN_TRY_ASSIGN(header, kHeaders.get(store, height));
    if (header && header->time + 2 * lifetime_secs <= head->header.time) break;
    --height;
  }
  return height;
}

}  // namespace

Result<std::uint64_t> pruned_height(const Reader& store) {
  ICN_TRY_ASSIGN(pruned, kPruned.get(store, kPrunedKey));
  return pruned ? pruned->height : 0;
}

Result<std::uint64_t> prune_blocks(storage::Store& store, std::uint64_t blocks_kept,
                                   std::uint64_t height_max) {
  ICN_TRY_ASSIGN(prunable, prunable_height(store, blocks_kept));
  const std::uint64_t last = std::min(prunable, height_max);
  ICN_TRY_ASSIGN(gone, pruned_height(store));
  const std::uint64_t before = gone;
  while (gone < last) {
    storage::RowBuffer rows(store);
    const std::uint64_t end = std::min(last, gone + kBatchBlocks);
    for (std::uint64_t height = gone + 1; height <= end; ++height) ICN_TRY(kBodies.erase(rows, height));
    ICN_TRY(kPruned.put(rows, kPrunedKey, {end}));
    ICN_TRY(store.write(rows.take(), storage::Durability::kBuffered));
    gone = end;
  }
  return gone - before;
}

Error missing_block(const Reader& store, std::uint64_t height, std::uint64_t newest) {
  const auto pruned = pruned_height(store);
  if (pruned.ok() && height > 0 && height <= *pruned) {
    return Error(kBlockPruned, "block " + std::to_string(height) + " is no longer kept here; the oldest is " +
                                   std::to_string(*pruned + 1));
  }
  return Error(errors::kNotFound,
               "there is no block " + std::to_string(height) + "; the newest is " + std::to_string(newest));
}

}  // namespace icn::ledger
