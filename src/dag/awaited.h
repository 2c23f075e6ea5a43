#pragma once

#include "dag/block_store.h"

// Blocks that wait for the ledger to name them: put for a transaction that is not decided yet. One that is
// refused takes its blocks with it, but for those that were held before, or that somebody pinned, linked to or
// brought as well since. Rows (table 242) outlive a crash: what was not settled is settled later by them.
namespace icn::dag {

// Puts new blocks for the transaction `awaited` tells of.
void put_awaited(BlockStore& store, Executor& executor, std::vector<NewBlock> blocks, PutOptions options,
                 Awaited awaited, GroupWriter::Done done);

// The transaction was decided: its blocks that still wait stay (`is_named`) or go. `done` as put_later()'s.
void settle_awaited(BlockStore& store, Executor& executor, std::vector<Cid> cids, const Bytes& transaction,
                    bool is_named, TimestampSecs now, GroupWriter::Done done);
// The same, waiting; not on an io thread.
Result<void> settle_awaited(BlockStore& store, const std::vector<Cid>& cids, const Bytes& transaction,
                            bool is_named, TimestampSecs now);

struct AwaitedBlock {
  Cid cid;
  Awaited awaited;
};
Result<std::vector<AwaitedBlock>> list_awaited(const Reader& reader);

}  // namespace icn::dag
