#include "storage/fault/fault_engine.h"

#include <algorithm>

#include "storage/errors.h"

namespace icn::storage {

bool FaultScript::take(std::uint64_t& counter) {
  const std::lock_guard lock(mutex_);
  if (counter == 0) return false;
  if (counter != kEvery) --counter;
  return true;
}

// What brings the store beneath back to its last sync: applied from the last row to the first.
struct FaultEngine::Undo {
  std::mutex mutex;
  std::vector<Row> rows;
  std::uint64_t dropped = 0;  // rows taken off the front since the start, by syncs
  bool wanted = false;        // the next open applies it
};

namespace {

Error power_is_off() { return Error(kInputOutput, "the power is off"); }

}  // namespace

class FaultStore final : public Store {
 public:
  FaultStore(std::unique_ptr<Store> below, std::shared_ptr<FaultScript> script,
             std::shared_ptr<FaultEngine::Undo> undo)
      : below_(std::move(below)), script_(std::move(script)), undo_(std::move(undo)) {
    const std::lock_guard lock(script_->mutex_);
    power_losses_ = script_->power_losses_;
    filled_logs_ = script_->filled_logs_;
  }
  ~FaultStore() override {
    if (has_power()) return;
    const std::lock_guard lock(undo_->mutex);
    undo_->wanted = true;
  }
  FaultStore(const FaultStore&) = delete;
  FaultStore& operator=(const FaultStore&) = delete;

  Result<std::optional<Bytes>> get(const TableSchema& table, ByteView key) const override {
    return get_from(*below_, table, key);
  }
  Result<std::unique_ptr<Cursor>> scan(const TableSchema& table, const ScanRange& range) const override {
    return scan_from(*below_, table, range);
  }
  std::unique_ptr<Reader> snapshot() const override;

  Result<void> write(const std::vector<Row>& rows, Durability durability) override {
    {
      const std::lock_guard lock(undo_->mutex);
      ICN_TRY(may_write());
      auto undoing = undo_of(rows);
      if (!undoing) return std::move(undoing).error();
      ICN_TRY(below_->write(rows, Durability::kBuffered));
      std::move(undoing->begin(), undoing->end(), std::back_inserter(undo_->rows));
      if (script_->take(script_->doubt_writes_)) {
        failed_ = true;
        undo_->wanted = lost_when_unsynced();
        return sync_failed();
      }
    }
    return durability == Durability::kSynced ? flush() : Result<void>();
  }

  Result<void> flush() override {
    script_->wait_for_release();
    std::uint64_t covered = 0;
    {
      const std::lock_guard lock(undo_->mutex);
      if (!has_power()) return power_is_off();
      if (failed_) return sync_failed();
      covered = undo_->dropped + undo_->rows.size();
      if (script_->take(script_->fail_syncs_)) {
        failed_ = true;
        undo_->wanted = lost_when_unsynced();
        return sync_failed();
      }
    }
    ICN_TRY(below_->flush());
    const std::lock_guard lock(undo_->mutex);
    if (covered > undo_->dropped) {
      const auto count = static_cast<std::ptrdiff_t>(covered - undo_->dropped);
      undo_->rows.erase(undo_->rows.begin(), undo_->rows.begin() + count);
      undo_->dropped = covered;
    }
    return {};
  }

  StoreStats stats() const override { return below_->stats(); }

  Result<std::optional<Bytes>> get_from(const Reader& reader, const TableSchema& table, ByteView key) const {
    ICN_TRY(may_read());
    ICN_TRY_ASSIGN(found, reader.get(table, key));
    if (found) shorten(*found);
    return std::move(found);
  }
  Result<std::unique_ptr<Cursor>> scan_from(const Reader& reader, const TableSchema& table,
                                            const ScanRange& range) const;

  Result<void> may_read() const {
    if (!has_power()) return power_is_off();
    if (script_->take(script_->corrupt_reads_)) return Error(kCorrupt, "a read was made to fail");
    return {};
  }
  void shorten(Bytes& record) const {
    if (!record.empty() && script_->take(script_->shorten_reads_)) record.pop_back();
  }
  bool has_power() const {
    const std::lock_guard lock(script_->mutex_);
    return script_->power_losses_ == power_losses_;
  }

 private:
  Result<void> may_write() const {
    if (!has_power()) return power_is_off();
    if (failed_) return sync_failed();
    if (script_->take(script_->fail_writes_)) return Error(kInputOutput, "a write was made to fail");
    const std::lock_guard lock(script_->mutex_);
    if (script_->full_) return Error(kFull, "the store was made full");
    if (script_->filled_logs_ != filled_logs_) return Error(kMustReopen, "the log was made full");
    return {};
  }
  bool lost_when_unsynced() const {
    const std::lock_guard lock(script_->mutex_);
    return script_->unsynced_ == FaultScript::Unsynced::kLost;
  }
  static Error sync_failed() { return Error(kSyncFailed, "a sync was made to fail"); }

  // Before the rows are written. A second row of one key undoes to the first one's result, which is not in
  // the store yet: it comes from the rows themselves.
  Result<std::vector<Row>> undo_of(const std::vector<Row>& rows) const {
    std::vector<Row> out;
    for (std::size_t at = 0; at < rows.size(); ++at) {
      const Row& row = rows[at];
      Row undo{row.table, row.key, std::nullopt, {}, row.indexes};
      const auto earlier =
          std::find_if(rows.rbegin() + static_cast<std::ptrdiff_t>(rows.size() - at), rows.rend(),
                       [&](const Row& each) { return each.table == row.table && each.key == row.key; });
      if (earlier != rows.rend()) {
        undo.record = earlier->record;
        undo.indexes = earlier->indexes;
      } else {
        ICN_TRY_ASSIGN(old, below_->get(*row.table, row.key));
        undo.record = std::move(old);
        if (undo.record)
          undo.indexes = row.stale.empty() ? IndexValues(row.table->indexes.size()) : row.stale;
      }
      out.push_back(std::move(undo));
    }
    return out;
  }

  std::unique_ptr<Store> below_;
  std::shared_ptr<FaultScript> script_;
  std::shared_ptr<FaultEngine::Undo> undo_;
  std::uint64_t power_losses_ = 0;
  std::uint64_t filled_logs_ = 0;
  bool failed_ = false;  // guarded by undo_->mutex
};

namespace {

class FaultCursor final : public Cursor {
 public:
  FaultCursor(const FaultStore& store, std::unique_ptr<Cursor> below)
      : store_(store), below_(std::move(below)) {}
  Result<bool> next() override {
    if (!store_.has_power()) return power_is_off();
    return below_->next();
  }
  ByteView key() const override { return below_->key(); }
  ByteView index_value() const override { return below_->index_value(); }
  Result<Bytes> record() const override {
    ICN_TRY(store_.may_read());
    ICN_TRY_ASSIGN(record, below_->record());
    store_.shorten(record);
    return std::move(record);
  }

 private:
  const FaultStore& store_;
  std::unique_ptr<Cursor> below_;
};

class FaultSnapshot final : public Reader {
 public:
  FaultSnapshot(const FaultStore& store, std::unique_ptr<Reader> below)
      : store_(store), below_(std::move(below)) {}
  Result<std::optional<Bytes>> get(const TableSchema& table, ByteView key) const override {
    return store_.get_from(*below_, table, key);
  }
  Result<std::unique_ptr<Cursor>> scan(const TableSchema& table, const ScanRange& range) const override {
    return store_.scan_from(*below_, table, range);
  }

 private:
  const FaultStore& store_;
  std::unique_ptr<Reader> below_;
};

}  // namespace

std::unique_ptr<Reader> FaultStore::snapshot() const {
  return std::make_unique<FaultSnapshot>(*this, below_->snapshot());
}

Result<std::unique_ptr<Cursor>> FaultStore::scan_from(const Reader& reader, const TableSchema& table,
                                                      const ScanRange& range) const {
  if (!has_power()) return power_is_off();
  ICN_TRY_ASSIGN(cursor, reader.scan(table, range));
  return std::unique_ptr<Cursor>(std::make_unique<FaultCursor>(*this, std::move(cursor)));
}

FaultEngine::FaultEngine(std::unique_ptr<Engine> below, std::shared_ptr<FaultScript> script)
    : below_(std::move(below)), script_(std::move(script)), undo_(std::make_shared<Undo>()) {}

FaultEngine::~FaultEngine() = default;

Result<std::unique_ptr<Store>> FaultEngine::open(const std::vector<TableSchema>& tables) {
  if (script_->take(script_->fail_opens_)) return Error(*script_->open_failure_, "an open was made to fail");
  ICN_TRY_ASSIGN(below, below_->open(tables));
  {
    const std::lock_guard lock(undo_->mutex);
    if (undo_->wanted) {
      std::reverse(undo_->rows.begin(), undo_->rows.end());
      ICN_TRY(below->write(undo_->rows, Durability::kSynced));
      undo_->wanted = false;
    }
    undo_->rows.clear();
  }
  return std::unique_ptr<Store>(std::make_unique<FaultStore>(std::move(below), script_, undo_));
}

}  // namespace icn::storage
