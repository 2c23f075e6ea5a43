#include "storage/rocksdb/rocksdb_engine.h"

#include <rocksdb/write_batch.h>

#include <atomic>
#include <mutex>

#include "storage/errors.h"
#include "storage/layout.h"
#include "storage/rocksdb/rocksdb_options.h"
#include "storage/rocksdb/rocksdb_reader.h"
#include "storage/sync_gate.h"

namespace icn::storage {

namespace {

class RocksdbStore final : public Store {
 public:
  RocksdbStore(std::unique_ptr<rocksdb::DB> db, FolderGuard guard)
      : guard_(std::move(guard)), db_(std::move(db)), gate_([this] {
          const rocksdb::Status status = db_->SyncWAL();
          return status.ok() ? std::string() : status.ToString();
        }) {}

  // An orderly end leaves no log to replay. After a failed sync nothing more may be written.
  ~RocksdbStore() override {
    if (gate_.check() && !full_) static_cast<void>(db_->Flush(rocksdb::FlushOptions()));
    static_cast<void>(db_->Close());
  }
  RocksdbStore(const RocksdbStore&) = delete;
  RocksdbStore& operator=(const RocksdbStore&) = delete;

  FolderGuard& guard() { return guard_; }

  Result<std::optional<Bytes>> get(const TableSchema& table, ByteView key) const override {
    return rocksdb_get(*db_, nullptr, table, key);
  }
  Result<std::unique_ptr<Cursor>> scan(const TableSchema& table, const ScanRange& range) const override {
    return rocksdb_scan(*db_, nullptr, table, range);
  }
  std::unique_ptr<Reader> snapshot() const override { return rocksdb_snapshot(*db_); }

  Result<void> write(std::vector<Row> rows, Durability durability) override {
    ICN_TRY_ASSIGN(changes, changes_of(std::move(rows)));
    rocksdb::WriteBatch batch(batch_size(changes));
    for (const Change& change : changes) {
      const rocksdb::Status status = change.value ? batch.Put(to_slice(change.key), to_slice(*change.value))
                                                  : batch.Delete(to_slice(change.key));
      if (!status.ok()) return rocksdb_error(status);
    }
    ICN_TRY(append(batch));
    return durability == Durability::kSynced ? flush() : Result<void>();
  }

  Result<void> flush() override { return gate_.pass(); }

  StoreStats stats() const override {
    StoreStats out{"rocksdb", 0, 0};
    std::uint64_t files = 0;
    std::uint64_t memory = 0;
    db_->GetIntProperty(rocksdb::DB::Properties::kTotalSstFilesSize, &files);
    db_->GetIntProperty(rocksdb::DB::Properties::kCurSizeAllMemTables, &memory);
    db_->GetIntProperty(rocksdb::DB::Properties::kEstimateNumKeys, &out.keys);
    out.bytes = files + memory;
    return out;
  }

 private:
  static std::size_t batch_size(const std::vector<Change>& changes) {
    std::size_t size = 64;
    for (const Change& change : changes) {
      size += change.key.size() + (change.value ? change.value->size() : 0) + 12;
    }
    return size;
  }

  // Log and memory table, not synced.
  Result<void> append(rocksdb::WriteBatch& batch) {
    ICN_TRY(gate_.check());
    if (full_) resume();
    const rocksdb::Status status = db_->Write(rocksdb::WriteOptions(), &batch);
    if (status.ok()) return {};
    if (status.IsNoSpace()) {
      full_ = true;
      return rocksdb_error(status);
    }
    // Part of the batch may have reached the log: only the next open can tell.
    gate_.latch(status.ToString());
    return gate_.check();
  }

  // RocksDB refuses writes after ENOSPC until it is told to look again (by itself it does so every 5 s).
  void resume() {
    const std::lock_guard lock(resume_mutex_);
    if (full_ && db_->Resume().ok()) full_ = false;
  }

  FolderGuard guard_;
  std::unique_ptr<rocksdb::DB> db_;
  SyncGate gate_;
  std::atomic<bool> full_{false};
  std::mutex resume_mutex_;
};

Result<std::unique_ptr<rocksdb::DB>> open_db(const FolderGuard& guard, const RocksdbOptions& options,
                                             const std::shared_ptr<Log>& log) {
  ICN_TRY_ASSIGN(settings, rocksdb_options(options, log));
  settings.create_if_missing = guard.fresh();
  rocksdb::DB* db = nullptr;
  const std::filesystem::path files = guard.folder() / "rocksdb";
  const rocksdb::Status status = rocksdb::DB::Open(settings, files.string(), &db);
  if (status.ok()) return std::unique_ptr<rocksdb::DB>(db);
  // Missing files come as InvalidArgument or as an I/O error about a path: in a finished store they are
  // damage.
  const bool damaged = status.IsCorruption() || status.IsInvalidArgument() || status.IsPathNotFound();
  if (damaged && !guard.fresh()) {
    return Error(kCorrupt, files.string() + ": is damaged (" + status.ToString() +
                               "); nothing was changed; restore the folder from a backup");
  }
  return rocksdb_error(status).within(files.string());
}

}  // namespace

RocksdbEngine::RocksdbEngine(std::filesystem::path folder, RocksdbOptions options, std::shared_ptr<Log> log,
                             std::vector<Migration> migrations)
    : folder_(std::move(folder)),
      options_(std::move(options)),
      log_(std::move(log)),
      migrations_(std::move(migrations)) {}

RocksdbEngine::~RocksdbEngine() = default;

Result<std::unique_ptr<Store>> RocksdbEngine::open(const std::vector<TableSchema>&) {
  ICN_TRY_ASSIGN(guard, FolderGuard::claim(folder_, "rocksdb", schema_version(migrations_)));
  ICN_TRY_ASSIGN(db, open_db(guard, options_, log_));
  auto store = std::make_unique<RocksdbStore>(std::move(db), std::move(guard));
  if (store->guard().fresh()) ICN_TRY(store->guard().record(schema_version(migrations_)));
  ICN_TRY(migrate(*store, store->guard(), migrations_));
  return std::unique_ptr<Store>(std::move(store));
}

}  // namespace icn::storage
