#pragma once

#include <atomic>

#include "dag/block_store.h"

namespace icn::dag {

// Says what must stay for reasons this folder does not know: credentials in force, outputs of open jobs.
// Thread: any.
class KeepRules {
 public:
  virtual ~KeepRules() = default;
  virtual Result<bool> must_keep(const Cid& cid, const BlockMeta& meta) const = 0;
};

struct PruneOptions {
  std::uint64_t age_secs_min = 86'400;
  std::uint64_t receipt_age_secs_min = 30 * 86'400;  // of type execution
  std::uint64_t blocks_min = 1'000;                  // so many stay in any case
  Did node_did;                                      // what the node itself put is never removed
  const KeepRules* keep = nullptr;
};

struct PruneReport {
  std::uint64_t removed = 0;
  std::uint64_t bytes = 0;
  std::uint64_t pins_expired = 0;
};

// Removes blocks that are old enough, not pinned, and linked to by no block that stays; what only they linked
// to goes with them. A link from a block that is kept by a direct pin alone does not count. Works in slices
// of about a millisecond on the blocks' writer, between other groups: nobody waits for the whole. Source:
// domain.md 9 "Pins".
class Pruner {
 public:
  Pruner(BlockStore& blocks, const Clock& clock, PruneOptions options)
      : blocks_(blocks), clock_(clock), options_(std::move(options)) {}

  // The whole way round, on the calling thread; not an io thread. A dry run changes nothing.   prune_running
  Result<PruneReport> run(bool is_dry);

 private:
  // One slice from `cursor` on, which moves; empty: the end was reached.
  Result<void> slice(Batch& batch, TimestampSecs now, Bytes& cursor, PruneReport& report) const;
  Result<void> remove_with_children(Batch& batch, TimestampSecs now, const Cid& first,
                                    PruneReport& report) const;
  Result<bool> may_go(const Batch& batch, const Cid& cid, const BlockMeta& meta, TimestampSecs now) const;
  Result<bool> is_referenced(const Batch& batch, const Cid& cid, TimestampSecs now) const;
  bool is_old(const BlockMeta& meta, TimestampSecs now) const;
  Result<PruneReport> run_dry(TimestampSecs now) const;

  BlockStore& blocks_;
  const Clock& clock_;
  PruneOptions options_;
  std::atomic<bool> is_running_{false};
};

}  // namespace icn::dag
