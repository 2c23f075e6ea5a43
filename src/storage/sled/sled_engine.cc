#include "storage/sled/sled_engine.h"

#include <atomic>
#include <shared_mutex>

#include "storage/errors.h"
#include "storage/sled/former_entries.h"
#include "storage/sled/sled_tree.h"
#include "storage/sled/sync_mark.h"
#include "storage/snapshot_overlay.h"
#include "storage/sync_gate.h"
#include "storage/table_list.h"

namespace icn::storage {
namespace {

// Above this much free space it is looked at once a mebibyte written, below it before every batch.
constexpr std::uint64_t kAmpleSpaceBytes = std::uint64_t{1} << 30;
constexpr std::uint64_t kCheckEveryBytes = 1 << 20;
// sled rewrites pages, and several of them for a large value: 8 MiB of random values of 64 KiB were seen to
// take 48 MiB of a disk.
constexpr std::uint64_t kWriteGrowthMax = 8;
// Rows that stats() counts one by one; a tree has no count of its own.
constexpr std::size_t kCountedMax = 1'000;

class SledStore final : public Store {
 public:
  SledStore(std::unique_ptr<SledTree> tree, FolderGuard guard, SyncMark mark,
            std::uint64_t free_space_min_bytes)
      : guard_(std::move(guard)),
        tree_(std::move(tree)),
        mark_(std::move(mark)),
        free_space_min_bytes_(free_space_min_bytes),
        gate_([this] { return sync(); }) {}
  // After a failed sync nothing more may be written.
  ~SledStore() override {
    if (gate_.check().ok()) tree_->close_noted();
  }
  SledStore(const SledStore&) = delete;
  SledStore& operator=(const SledStore&) = delete;

  FolderGuard& guard() { return guard_; }

  Result<std::optional<Bytes>> get(const TableSchema& table, ByteView key) const override {
    if (key.size() > kKeySizeMax) return std::optional<Bytes>();  // nothing is stored under it
    if (is_cut_off_) return freeze()->get(row_entry_key(table, key));
    return tree_->get(row_entry_key(table, key));
  }
  Result<std::unique_ptr<Cursor>> scan(const TableSchema& table, const ScanRange& range) const override {
    return OrderedReader(freeze()).scan(table, range);
  }
  std::unique_ptr<Reader> snapshot() const override { return std::make_unique<OrderedReader>(freeze()); }

  Result<void> write(const std::vector<Row>& rows, Durability durability) override {
    ICN_TRY_ASSIGN(changes, changes_of(rows));
    ICN_TRY(apply(changes));
    return durability == Durability::kSynced ? flush() : Result<void>();
  }

  Result<void> flush() override { return gate_.pass(); }

  // What a batch that did not end well has left is taken back. Before anything is written. A crash on the way
  // leaves the note, and it is done again.
  Result<void> undo_unfinished() {
    const std::unique_lock lock(mutex_);
    ICN_TRY_ASSIGN(former, FormerEntries::noted(*tree_));
    auto undone = [&]() -> Result<void> {
      if (former) {
        ICN_TRY(check_room(former->size_bytes()));
        for (const Change& change : former->changes()) ICN_TRY(tree_->apply({change}));
      }
      return FormerEntries::drop_all(*tree_);
    }();
    if (!undone.ok()) gate_.latch(undone.error().detail());  // it is not closed in good order then
    return undone;
  }

  StoreStats stats() const override {
    StoreStats out{"sled", tree_->bytes() + unsynced_bytes_, 0, refuses()};
    std::uint64_t counted_bytes = 0;
    const auto first = tree_->read(Bytes{0}, Bytes{0xFF, 0xFF, 0xFF}, false, kCountedMax);
    if (!first.ok()) return out;
    for (const Entry& entry : first->entries) {
      counted_bytes += entry.key.size() + entry.value.size();
      out.keys += list_of(entry.key).number == 0 ? 1 : 0;
    }
    if (first->resume && counted_bytes > 0) out.keys = out.keys * out.bytes / counted_bytes;
    return out;
  }

 private:
  std::shared_ptr<const OrderedBytes> freeze() const {
    const std::shared_lock lock(mutex_);
    return before_failure_ ? before_failure_ : overlay_.open(*tree_);
  }

  // The gate's: one at a time.
  std::string sync() {
    const std::uint64_t number = mark_.number() + 1;
    unsynced_bytes_ = 0;
    if (std::string problem = tree_->sync(number); !problem.empty()) return problem;
    return mark_.note(number);
  }

  Result<void> apply(const std::vector<Change>& changes) {
    std::uint64_t size_bytes = 0;
    for (const Change& change : changes)
      size_bytes += change.key.size() + (change.value ? change.value->size() : 0);
    const std::unique_lock lock(mutex_);
    FormerEntries former;
    if (changes.size() > 1 && !is_cut_off_) {
      ICN_TRY_ASSIGN(read, FormerEntries::read(*tree_, changes));
      former = std::move(read);
      size_bytes += former.size_bytes();
    }
    ICN_TRY(check_room(size_bytes));
    if (is_cut_off_) return Error(kMustReopen, guard_.folder().string() + ": a write failed");
    ICN_TRY(gate_.check());
    const auto old_form = [&](ByteView key) -> Result<std::optional<Bytes>> {
      if (changes.size() == 1) return tree_->get(key);
      return former.at(key);
    };
    ICN_TRY(overlay_.before_write(changes, old_form));
    unsynced_bytes_ += size_bytes;
    auto applied = apply_whole(changes, former);
    if (applied.ok()) return {};
    // Some of it may be in sled's buffers: only the next open can tell, and takes it back. Until then reads
    // show what was there before.
    gate_.latch(applied.error().detail());
    before_failure_ = overlay_.open(*tree_);
    static_cast<void>(overlay_.before_write(changes, old_form));
    is_cut_off_ = true;
    tree_->cut_off();
    return gate_.check();
  }

  Result<void> apply_whole(const std::vector<Change>& changes, const FormerEntries& former) {
    if (changes.size() < 2) return tree_->apply(changes);  // one change is there or not
    ICN_TRY_ASSIGN(parts, former.note(*tree_));
    ICN_TRY(tree_->apply(changes));
    return FormerEntries::drop(*tree_, parts);
  }

  std::string refuses() const {
    std::error_code code;
    const auto space = std::filesystem::space(guard_.folder(), code);
    const std::uint64_t needed = free_space_min_bytes_ + kCheckEveryBytes;
    if (!code && free_space_min_bytes_ > 0 && space.available < needed)
      return no_room(space.available, needed).detail();
    const auto open = gate_.check();
    return open.ok() ? std::string() : open.error().detail();
  }

  Error no_room(std::uint64_t available, std::uint64_t needed) const {
    return Error(kFull, guard_.folder().string() + ": " + std::to_string(available) +
                            " bytes are free, and " + std::to_string(needed) + " are needed");
  }

  // sled does not get over a full disk: it should never meet one. What it has not handed over yet takes room
  // too.
  Result<void> check_room(std::uint64_t size_bytes) {
    if (free_space_min_bytes_ == 0) return {};
    unchecked_bytes_ += size_bytes;
    if (is_ample_ && unchecked_bytes_ < kCheckEveryBytes) return {};
    const auto needed = [&] {
      return free_space_min_bytes_ + kWriteGrowthMax * (size_bytes + unsynced_bytes_);
    };
    std::error_code code;
    auto space = std::filesystem::space(guard_.folder(), code);
    if (!code && space.available < needed() && unsynced_bytes_ > 0 && gate_.check().ok()) {
      if (std::string problem = tree_->hand_over(); !problem.empty()) gate_.latch(std::move(problem));
      unsynced_bytes_ = 0;
      space = std::filesystem::space(guard_.folder(), code);
    }
    if (code) return {};
    is_ample_ = space.available >= kAmpleSpaceBytes;
    unchecked_bytes_ = 0;
    if (space.available >= needed()) return {};
    return no_room(space.available, needed());
  }

  FolderGuard guard_;
  std::unique_ptr<SledTree> tree_;
  SyncMark mark_;
  const std::uint64_t free_space_min_bytes_;
  mutable std::shared_mutex mutex_;  // the writer's, and for a moment of who opens a snapshot
  mutable SnapshotOverlay overlay_;
  SyncGate gate_;
  std::atomic<std::uint64_t> unsynced_bytes_{0};  // which no file may hold yet
  std::uint64_t unchecked_bytes_ = 0;             // written since free space was looked at
  bool is_ample_ = false;
  std::atomic<bool> is_cut_off_{false};  // after a failed write
  std::shared_ptr<const OrderedBytes> before_failure_;
};

// The tree holds every sync that was noted. A number in it above the noted one is of a sync that a crash cut
// off.
Result<void> check_number(const SledTree& tree, SyncMark& mark, const std::filesystem::path& folder) {
  ICN_TRY_ASSIGN(number, tree.synced_number());
  if (number < mark.number()) {
    return Error(kCorrupt,
                 folder.string() + ": is damaged (its newest writes are missing); restore it from a backup");
  }
  if (const std::string problem = mark.note(number); !problem.empty()) return Error(kInputOutput, problem);
  return {};
}

}  // namespace

SledEngine::SledEngine(std::filesystem::path folder, SledOptions options, std::shared_ptr<Log> log,
                       std::vector<Migration> migrations)
    : folder_(std::move(folder)),
      options_(std::move(options)),
      log_(std::move(log)),
      migrations_(std::move(migrations)) {}

SledEngine::~SledEngine() = default;

Result<std::unique_ptr<Store>> SledEngine::open(const std::vector<TableSchema>& tables) {
  ICN_TRY_ASSIGN(guard, FolderGuard::claim(folder_, "sled", schema_version(migrations_)));
  ICN_TRY_ASSIGN(table_list, TableList::check(guard, tables));
  const std::filesystem::path files = guard.folder() / "sled";
  std::error_code ignored;
  if (!guard.fresh() && !std::filesystem::exists(files / "db", ignored)) {  // sled would begin to make it
    return Error(kCorrupt,
                 files.string() + ": is damaged (its files are missing); restore the folder from a backup");
  }
  auto tree = SledTree::open(files, options_);
  if (!tree.ok()) {
    if (guard.fresh() || tree.error().is(kFull)) return tree.error();
    return Error(kCorrupt, tree.error().detail() + "; restore the folder from a backup");
  }
  ICN_TRY_ASSIGN(mark, SyncMark::open(guard));
  ICN_TRY(check_number(**tree, mark, guard.folder()));
  auto store = std::make_unique<SledStore>(std::move(*tree), std::move(guard), std::move(mark),
                                           options_.free_space_min_bytes);
  ICN_TRY(store->undo_unfinished());
  ICN_TRY(table_list.record(store->guard()));
  if (store->guard().fresh()) ICN_TRY(store->guard().record(schema_version(migrations_)));
  ICN_TRY(migrate(*store, store->guard(), migrations_));
  return std::unique_ptr<Store>(std::move(store));
}

}  // namespace icn::storage
