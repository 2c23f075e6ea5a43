#include "ledger/checkpoint.h"

#include <algorithm>

#include "base/errors.h"
#include "ledger/due.h"
#include "ledger/state.h"

namespace icn::ledger {
namespace {

constexpr std::string_view kSummaryDomain{"icn:checkpoint:v1\0", 18};

// Without a heartbeat: nobody's deadline.
Result<void> plan(View& view, std::uint64_t due_secs, std::string_view kind) {
  const DueKey key{due_secs, std::string(kind), ""};
  return kDue.put(view, key, {due_secs, std::string(kind), ""});
}

std::uint64_t interval_secs(const BlockContext& block) {
  return static_cast<std::uint64_t>(block.parameters->ledger_checkpoint_interval_secs);
}

}  // namespace

std::size_t checkpoint_domain_of(std::uint16_t table) {
  ICN_ASSERT(table > 0 && table < kAgreedTablesEnd);
  const auto found = std::ranges::find_if(kCheckpointDomains,
                                          [&](const CheckpointDomain& each) { return table <= each.last; });
  return static_cast<std::size_t>(found - kCheckpointDomains.begin());
}

crypto::Hash checkpoint_root(const CheckpointSummary& summary) {
  return crypto::sha256(as_bytes(kSummaryDomain), ByteView(codec::encode_block(summary)));
}

Result<CheckpointClock> load_checkpoint_clock(const Reader& state) {
  ICN_TRY_ASSIGN(clock, kCheckpointClock.get(state, kCheckpointKey));
  return clock.value_or(CheckpointClock{});
}

Result<CheckpointClock> begin_checkpoint(View& view, const BlockContext& block) {
  ICN_TRY_ASSIGN(clock, load_checkpoint_clock(view));
  if (clock.pending_height != 0) {
    return Error(errors::kConflict,
                 "the checkpoint of height " + std::to_string(clock.pending_height) + " has no header yet");
  }
  ++clock.epoch;
  clock.pending_height = block.height;
  clock.begun_secs = block.running_secs();
  ICN_TRY(kCheckpointClock.put(view, kCheckpointKey, clock));
  ICN_TRY(plan(view, block.running_secs(), kCheckpointStep));
  return clock;
}

Result<void> run_checkpoint_due(View& view, const BlockContext& block) {
  ICN_TRY_ASSIGN(clock, load_checkpoint_clock(view));
  if (clock.pending_height != 0)
    return plan(view, block.running_secs() + interval_secs(block), kCheckpointDue);
  clock.is_planned = false;
  ICN_TRY(kCheckpointClock.put(view, kCheckpointKey, clock));
  ICN_TRY(begin_checkpoint(view, block));
  return {};
}

// One block after the other until the header is there, however quiet the network is.
Result<void> run_checkpoint_step(View& view, const BlockContext& block) {
  ICN_TRY_ASSIGN(clock, load_checkpoint_clock(view));
  if (clock.pending_height == 0 || block.height >= clock.pending_height + kCheckpointDelay) return {};
  return plan(view, block.running_secs(), kCheckpointStep);
}

Result<std::optional<crypto::Hash>> end_checkpoint_block(View& view, const BlockContext& block,
                                                         std::uint64_t genesis_secs, bool has_changes,
                                                         const CheckpointRoots& roots) {
  ICN_TRY_ASSIGN(clock, load_checkpoint_clock(view));
  std::optional<crypto::Hash> out;
  bool is_changed = false;
  if (clock.pending_height != 0 && block.height == clock.pending_height + kCheckpointDelay) {
    ICN_TRY_ASSIGN(root, roots(clock.pending_height));
    ICN_TRY(kCheckpoints.put(view, clock.epoch,
                             {clock.epoch, clock.pending_height, block.height, {to_bytes(root)}}));
    if (clock.epoch > kCheckpointsKept) ICN_TRY(kCheckpoints.erase(view, clock.epoch - kCheckpointsKept));
    clock.pending_height = 0;
    is_changed = true;
    out = root;
  }
  if (has_changes && !clock.is_planned && clock.pending_height != block.height) {
    const std::uint64_t begun_secs = clock.epoch == 0 ? genesis_secs : clock.begun_secs;
    ICN_TRY(plan(view, std::max(begun_secs + interval_secs(block), block.running_secs()), kCheckpointDue));
    clock.is_planned = true;
    is_changed = true;
  }
  if (is_changed) ICN_TRY(kCheckpointClock.put(view, kCheckpointKey, clock));
  return out;
}

}  // namespace icn::ledger
