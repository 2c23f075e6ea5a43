#include "dag/pruner.h"

#include "dag/errors.h"
#include "dag/pins.h"

namespace icn::dag {
namespace {

using ledger::key_of;
using ledger::prefix_range;

constexpr std::size_t kSliceRows = 64;
constexpr std::size_t kSliceRemoved = 128;

Result<Cid> cid_of_key(ByteView key) {
  Bytes bytes;
  if (!storage::parse_key(key, bytes)) return Error(errors::kInternal, "a key of a block record is damaged");
  return Cid::from_bytes(bytes);
}

// Holds the flag of a run, if nobody else has it.
class Running {
 public:
  explicit Running(std::atomic<bool>& flag) : flag_(flag), is_mine_(!flag.exchange(true)) {}
  ~Running() {
    if (is_mine_) flag_ = false;
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  bool is_mine() const { return is_mine_; }

 private:
  std::atomic<bool>& flag_;
  const bool is_mine_;
};

}  // namespace

Result<PruneReport> Pruner::run(bool is_dry) {
  const Running running(is_running_);
  if (!running.is_mine()) return Error(kPruneRunning);
  const TimestampSecs now = clock_.now_secs();
  if (is_dry) return run_dry(now);
  PruneReport report;
  while (true) {
    std::size_t expired = 0;
    ICN_TRY(blocks_.writer().run(1'000, [&](Batch& batch) -> Result<void> {
      ICN_TRY_ASSIGN(count, expire_pins(batch, now, kSliceRows));
      expired = count;
      return {};
    }));
    report.pins_expired += expired;
    if (expired < kSliceRows) break;
  }
  Bytes cursor;
  do {
    PruneReport done;
    Bytes next = cursor;
    ICN_TRY(blocks_.writer().run(100'000, [&](Batch& batch) { return slice(batch, now, next, done); }));
    report.removed += done.removed;
    report.bytes += done.bytes;
    cursor = std::move(next);
  } while (!cursor.empty());
  return report;
}

// The same slices on an overlay that is never written.
Result<PruneReport> Pruner::run_dry(TimestampSecs now) const {
  const auto snapshot = blocks_.store().snapshot();
  ledger::View view(*snapshot);
  Batch batch{view, {}};
  PruneReport report;
  while (true) {
    ICN_TRY_ASSIGN(expired, expire_pins(batch, now, kSliceRows));
    report.pins_expired += expired;
    if (expired < kSliceRows) break;
  }
  Bytes cursor;
  do {
    ICN_TRY(slice(batch, now, cursor, report));
  } while (!cursor.empty());
  return report;
}

Result<void> Pruner::slice(Batch& batch, TimestampSecs now, Bytes& cursor, PruneReport& report) const {
  std::vector<std::pair<Cid, BlockMeta>> rows;
  {
    ICN_TRY_ASSIGN(found, kBlockMeta.scan(batch.view, {std::nullopt, cursor, {}, false}));
    cursor.clear();
    while (true) {
      ICN_TRY_ASSIGN(meta, found.next());
      if (!meta) break;
      if (rows.size() == kSliceRows) {
        cursor = to_bytes(found.key());
        break;
      }
      ICN_TRY_ASSIGN(cid, cid_of_key(found.key()));
      rows.emplace_back(std::move(cid), std::move(*meta));
    }
  }
  for (const auto& [cid, meta] : rows) {
    ICN_TRY_ASSIGN(goes, may_go(batch, cid, meta, now));
    if (goes) ICN_TRY(remove_with_children(batch, now, cid, report));
  }
  return {};
}

// Bounded: what is left of a deep tree goes at the next run.
Result<void> Pruner::remove_with_children(Batch& batch, TimestampSecs now, const Cid& first,
                                          PruneReport& report) const {
  std::vector<Cid> candidates{first};
  for (std::size_t removed = 0; removed < kSliceRemoved && !candidates.empty();) {
    const Cid cid = std::move(candidates.back());
    candidates.pop_back();
    ICN_TRY_ASSIGN(meta, kBlockMeta.get(batch.view, block_key(cid)));
    if (!meta) continue;
    ICN_TRY_ASSIGN(goes, may_go(batch, cid, *meta, now));
    if (!goes) continue;
    ICN_TRY_ASSIGN(links, erase_block(batch, cid));
    candidates.insert(candidates.end(), links.begin(), links.end());
    ++removed;
    ++report.removed;
    report.bytes += meta->size;
  }
  return {};
}

bool Pruner::is_old(const BlockMeta& meta, TimestampSecs now) const {
  const bool is_receipt = meta.type == BlockType::kExecution;
  return meta.time + (is_receipt ? options_.receipt_age_secs_min : options_.age_secs_min) <= now;
}

Result<bool> Pruner::may_go(const Batch& batch, const Cid& cid, const BlockMeta& meta,
                            TimestampSecs now) const {
  if (!is_old(meta, now)) return false;
  if (!meta.author.empty() && meta.author == options_.node_did) return false;
  ICN_TRY_ASSIGN(totals, kTotals.get(batch.view, kTotalsKey));
  const auto held = static_cast<std::int64_t>(totals.value_or(Totals()).blocks) + batch.delta.blocks;
  if (held <= static_cast<std::int64_t>(options_.blocks_min)) return false;
  ICN_TRY_ASSIGN(pin, pinned(batch.view, cid, now));
  if (pin != Pinned::kNo) return false;
  ICN_TRY_ASSIGN(referenced, is_referenced(batch, cid, now));
  if (referenced) return false;
  if (options_.keep == nullptr) return true;
  ICN_TRY_ASSIGN(kept, options_.keep->must_keep(cid, meta));
  return !kept;
}

Result<bool> Pruner::is_referenced(const Batch& batch, const Cid& cid, TimestampSecs now) const {
  ICN_TRY_ASSIGN(rows, kReferences.scan(batch.view, prefix_range(key_of(block_key(cid)))));
  while (true) {
    ICN_TRY_ASSIGN(row, rows.next());
    if (!row) return false;
    Bytes child, parent_bytes;
    if (!storage::parse_key(rows.key(), child, parent_bytes)) return true;
    ICN_TRY_ASSIGN(parent, Cid::from_bytes(parent_bytes));
    ICN_TRY_ASSIGN(pin, pinned(batch.view, parent, now));
    if (pin != Pinned::kDirect) return true;
    ICN_TRY_ASSIGN(meta, kBlockMeta.get(batch.view, parent_bytes));
    if (meta && !is_old(*meta, now)) return true;
    ICN_TRY_ASSIGN(above, kReferences.scan(batch.view, prefix_range(key_of(parent_bytes))));
    ICN_TRY_ASSIGN(first, above.next());
    if (first) return true;
  }
}

}  // namespace icn::dag
