#include "ledger/checkpoint_keeper.h"

#include <limits>

#include "base/errors.h"
#include "ledger/errors.h"
#include "ledger/past_state.h"
#include "ledger/pruning.h"
#include "ledger/snapshot_files.h"
#include "ledger/state.h"
#include "storage/held_store.h"
#include "storage/record_space.h"

namespace icn::ledger {
namespace {

constexpr std::size_t kRootsKept = 4;

}  // namespace

CheckpointKeeper::CheckpointKeeper(const Rules& rules, std::vector<storage::TableSchema> tables,
                                   CheckpointOptions options)
    : rules_(rules),
      tables_(std::move(tables)),
      options_(std::move(options)),
      log_(options_.log ? options_.log : make_silent_log()) {
  thread_ = std::thread([this] { run(); });
}

CheckpointKeeper::~CheckpointKeeper() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    store_.reset();
  }
  wake_.notify_all();
  changed_.notify_all();
  thread_.join();
}

void CheckpointKeeper::resume(std::shared_ptr<storage::Store> store) {
  const auto clock = load_checkpoint_clock(*store);
  const std::lock_guard lock(mutex_);
  Work work{0, 0, true};
  unsafe_height_ = 0;
  if (clock.ok() && clock->pending_height != 0) {
    const auto known = kCheckpointSummaries.get(*store, clock->epoch);
    const bool is_known = known.ok() && *known && (*known)->height == clock->pending_height;
    if (is_known) {
      roots_.insert_or_assign(clock->pending_height, checkpoint_root(**known));
    } else {
      work.height = unsafe_height_ = clock->pending_height;
      work.epoch = clock->epoch;
      roots_.erase(work.height);
    }
  }
  store_ = std::move(store);
  work_ = work;
  wake_.notify_all();
}

void CheckpointKeeper::pause() {
  std::unique_lock lock(mutex_);
  store_.reset();
  changed_.notify_all();
  changed_.wait(lock, [this] { return !is_working_; });
}

std::uint64_t CheckpointKeeper::computing_height() const {
  const std::lock_guard lock(mutex_);
  return unsafe_height_;
}

void CheckpointKeeper::wait_until_idle() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return (!is_working_ && !work_) || !store_; });
}

Result<std::vector<storage::Row>> CheckpointKeeper::old_rows_for(const Reader& store,
                                                                 const std::vector<storage::Row>& rows) {
  const std::uint64_t height = computing_height();
  if (height == 0) return std::vector<storage::Row>();
  return old_rows(store, height, rows);
}

void CheckpointKeeper::committed(const ExecutedBlock& block) {
  if (block.checkpoint_epoch == 0 && !block.head.header.checkpoint_root) return;
  const std::lock_guard lock(mutex_);
  Work work = work_.value_or(Work{});
  if (block.checkpoint_epoch != 0) {
    work.height = unsafe_height_ = block.head.header.height;
    work.epoch = block.checkpoint_epoch;
    roots_.erase(work.height);
    while (roots_.size() > kRootsKept) roots_.erase(roots_.begin());
  } else {
    work.has_header = true;
  }
  work_ = work;
  wake_.notify_all();
}

Result<crypto::Hash> CheckpointKeeper::root(std::uint64_t height) {
  std::unique_lock lock(mutex_);
  const auto found = roots_.find(height);
  if (found != roots_.end() && !found->second.ok() && store_) {
    const auto clock = load_checkpoint_clock(*store_);
    if (!clock.ok()) return clock.error();
    roots_.erase(found);
    work_ = Work{height, clock->epoch, false};
    wake_.notify_all();
  }
  const auto is_coming = [&] { return is_working_ || (work_ && work_->height == height); };
  changed_.wait(lock, [&] { return is_stopping_ || !store_ || roots_.contains(height) || !is_coming(); });
  const auto root = roots_.find(height);
  if (root != roots_.end()) return root->second;
  if (is_stopping_ || !store_) return Error(errors::kUnavailable, "the store is being opened again");
  return Error(kDamagedChain, "nobody computes the checkpoint of height " + std::to_string(height));
}

void CheckpointKeeper::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return is_stopping_ || (store_ && work_); });
    if (is_stopping_) return;
    const Work work = *work_;
    work_.reset();
    is_working_ = true;
    std::shared_ptr<storage::Store> store = store_;
    lock.unlock();
    if (work.height != 0) compute(work, store);
    if (work.has_header) finish_snapshots(store);
    store.reset();
    lock.lock();
    is_working_ = false;
    changed_.notify_all();
  }
}

void CheckpointKeeper::compute(const Work& work, const std::shared_ptr<storage::Store>& store) {
  const std::uint64_t began_ns = options_.clock != nullptr ? options_.clock->monotonic_ns() : 0;
  auto summary = scan(work, store);
  if (options_.time != nullptr && summary.ok())
    options_.time->observe_ns(options_.clock->monotonic_ns() - began_ns);
  Result<void> kept = summary.ok() ? keep(*summary, *store) : Result<void>(summary.error());
  if (!kept.ok()) log_->warn("checkpoint of height {}: {}", work.height, kept.error().detail());
  const std::lock_guard lock(mutex_);
  if (!store_ || is_stopping_) return;  // resume() begins anew
  roots_.insert_or_assign(work.height, summary.ok() ? Result<crypto::Hash>(checkpoint_root(*summary))
                                                    : Result<crypto::Hash>(summary.error()));
  if (kept.ok() && unsafe_height_ == work.height) unsafe_height_ = 0;
  changed_.notify_all();
}

Result<CheckpointSummary> CheckpointKeeper::scan(const Work& work,
                                                 const std::shared_ptr<storage::Store>& store) {
  ICN_TRY_ASSIGN(state, PastState::open(storage::held_snapshot(store), work.height));
  ICN_TRY_ASSIGN(header, kHeaders.get(*store, work.height));
  if (!header) return Error(kDamagedChain, "block " + std::to_string(work.height) + " is missing");
  Result<SnapshotWriter> files = Error(errors::kNotFound);
  const bool has_files = !options_.folder.empty() && options_.snapshots_kept > 0;
  if (has_files) files = SnapshotWriter::begin(options_.folder, work.epoch);
  const auto give_up_files = [&](const Error& error) {
    log_->warn("no snapshot of the checkpoint of height {}: {}", work.height, error.detail());
    files = error;
  };
  if (has_files && !files.ok()) give_up_files(files.error());
  std::uint64_t count = 0;
  const auto see = [&](std::uint16_t table, ByteView key, ByteView item,
                       const crypto::Hash& hash) -> Result<void> {
    if (files.ok()) {
      if (auto written = files->row(table, key, item, hash); !written.ok()) give_up_files(written.error());
    }
    if (++count % 1'024 != 0) return {};
    const std::lock_guard lock(mutex_);
    return store_ ? Result<void>() : Result<void>(Error(errors::kUnavailable, "interrupted"));
  };
  ICN_TRY_ASSIGN(summary, summarise(rules_, *state, tables_, *header, see));
  if (files.ok()) {
    if (auto done = files->finish(summary); !done.ok()) give_up_files(done.error());
  }
  return summary;
}

// What follows needs the old rows no longer.
Result<void> CheckpointKeeper::keep(const CheckpointSummary& summary, storage::Store& store) {
  ICN_TRY_ASSIGN(rows, erase_old_rows(store, summary.height));
  storage::RowBuffer own(store);
  ICN_TRY(kCheckpointSummaries.put(own, summary.epoch, summary));
  if (summary.epoch > kCheckpointsKept)
    ICN_TRY(kCheckpointSummaries.erase(own, summary.epoch - kCheckpointsKept));
  for (storage::Row& row : own.take()) rows.push_back(std::move(row));
  return store.write(rows, storage::Durability::kSynced);
}

// Old rows that nobody will read again.
Result<void> CheckpointKeeper::erase_spent_rows(storage::Store& store) {
  ICN_TRY_ASSIGN(clock, load_checkpoint_clock(store));
  ICN_TRY_ASSIGN(head, load_head(store));
  if (!head || clock.epoch == 0) return {};
  ICN_TRY_ASSIGN(rows, erase_old_rows(store, clock.pending_height != 0 ? clock.pending_height - 1
                                                                       : head->header.height));
  return rows.empty() ? Result<void>() : store.write(rows, storage::Durability::kBuffered);
}

// False: files of another ledger that was in this folder, or of a checkpoint that never came to be.
Result<bool> CheckpointKeeper::is_ours(const Reader& store, std::uint64_t epoch) const {
  ICN_TRY_ASSIGN(manifest, read_manifest(options_.folder, epoch));
  const Bytes root = to_bytes(checkpoint_root(manifest.summary));
  ICN_TRY_ASSIGN(recorded, kCheckpoints.get(store, epoch));
  if (recorded) return recorded->root.bytes == root;
  ICN_TRY_ASSIGN(pending, kCheckpointSummaries.get(store, epoch));
  return pending && *pending == manifest.summary;
}

void CheckpointKeeper::finish_snapshots(const std::shared_ptr<storage::Store>& store) {
  const auto report = [&](const Result<void>& done) {
    if (!done.ok()) log_->warn("snapshot: {}", done.error().detail());
  };
  // A block that was on its way when the root was kept may have left some.
  report(erase_spent_rows(*store));
  if (!options_.folder.empty()) {
    for (const std::uint64_t epoch : snapshot_epochs(options_.folder)) {
      const auto known = is_ours(*store, epoch);
      if (!known.ok()) {
        report(known.error());
      } else if (!*known) {
        std::error_code ignored;
        std::filesystem::remove_all(std::filesystem::path(options_.folder) / std::to_string(epoch), ignored);
      } else if (const auto header = kCheckpoints.get(*store, epoch); header.ok() && *header) {
        report(write_tail(options_.folder, epoch, options_.is_for_joiners, *store));
      }
    }
  }
  if (!options_.folder.empty()) remove_old_snapshots(options_.folder, options_.snapshots_kept);
  if (options_.blocks_kept == 0) return;
  // Who begins at a snapshot needs the blocks after it.
  std::uint64_t height_max = std::numeric_limits<std::uint64_t>::max();
  if (const auto epochs = snapshot_epochs(options_.folder); !options_.folder.empty() && !epochs.empty()) {
    const auto oldest = read_manifest(options_.folder, epochs.front());
    if (oldest.ok()) height_max = oldest->summary.height;
  }
  const auto pruned = prune_blocks(*store, options_.blocks_kept, height_max);
  if (!pruned.ok()) return report(pruned.error());
  if (*pruned > 0) log_->info("{} old blocks were dropped", *pruned);
}

}  // namespace icn::ledger
