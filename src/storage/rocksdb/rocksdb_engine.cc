#include "storage/rocksdb/rocksdb_engine.h"

#include <rocksdb/listener.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <atomic>
#include <mutex>

#include "storage/errors.h"
#include "storage/layout.h"
#include "storage/rocksdb/rocksdb_options.h"
#include "storage/rocksdb/rocksdb_reader.h"
#include "storage/sync_gate.h"
#include "storage/table_list.h"

namespace icn::storage {

namespace {

// Free space below which a log that has failed once is not worth opening again.
constexpr std::uint64_t kFreeSpaceMinBytes = 1 << 20;
// Above this much free space it is looked at once a mebibyte written, below it before every batch.
constexpr std::uint64_t kAmpleSpaceBytes = std::uint64_t{1} << 30;
constexpr std::uint64_t kCheckEveryBytes = 1 << 20;

Result<void> add(rocksdb::WriteBatch& batch, ByteView key, const std::optional<ByteView>& value) {
  const rocksdb::Status status =
      value ? batch.Put(to_slice(key), to_slice(*value)) : batch.Delete(to_slice(key));
  return status.ok() ? Result<void>() : rocksdb_error(status);
}

std::size_t size_of(const std::vector<Row>& rows) {
  constexpr std::size_t kEntryOverhead = 16;
  std::size_t size = 64;
  for (const Row& row : rows) size += row.key.size() + (row.record ? row.record->size() : 0) + kEntryOverhead;
  return size;
}

// Rows in order of their entry keys that no index tells of, as blocks mostly are, go in without the copies
// that sorting takes. On an error some of them may be in.
Result<void> add_rows(rocksdb::WriteBatch& batch, const std::vector<Row>& rows) {
  if (are_plain_entries(rows)) {
    Bytes key;
    for (const Row& row : rows) {
      set_row_entry_key(key, *row.table, row.key);
      ICN_TRY(add(batch, key, row.record));
    }
    return {};
  }
  ICN_TRY_ASSIGN(changes, changes_of(rows));
  for (const Change& change : changes) ICN_TRY(add(batch, change.key, change.value));
  return {};
}

// Notes that the log could not be written or synced. RocksDB 7.8 believes to recover from a full disk there,
// but keeps the failed file when its memory table is empty, and aborts on its next use: such a log is never
// used again. (Flushes and compactions that found the disk full it does get over, looking again every 5 s.)
class LogWatch final : public rocksdb::EventListener {
 public:
  void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* status) override {
    if (reason == rocksdb::BackgroundErrorReason::kWriteCallback) failed_ = true;
    // After a soft one, as of a compaction, writes go on.
    if (status->severity() >= rocksdb::Status::Severity::kHardError) waiting_ = true;
  }
  void OnErrorRecoveryEnd(const rocksdb::BackgroundErrorRecoveryInfo& info) override {
    waiting_ = !info.new_bg_error.ok();
  }
  bool failed() const { return failed_; }
  // RocksDB stopped for an error in the background and looks from time to time whether it is over.
  bool is_waiting() const { return waiting_; }

 private:
  std::atomic<bool> failed_{false};
  std::atomic<bool> waiting_{false};
};

class RocksdbStore final : public Store {
 public:
  RocksdbStore(std::unique_ptr<rocksdb::DB> db, std::shared_ptr<LogWatch> log, FolderGuard guard,
               const RocksdbOptions& options)
      : guard_(std::move(guard)),
        db_(std::move(db)),
        reads_{*db_, options.passing_tables},
        log_(std::move(log)),
        free_space_min_bytes_(options.free_space_min_bytes),
        gate_([this] { return sync_log(); }),
        synced_gate_([this] { return write_gathered(); }) {}

  // An orderly end leaves no log to replay. After a failed sync nothing more may be written.
  ~RocksdbStore() override {
    if (gate_.check() && !full_ && !log_->failed()) static_cast<void>(db_->Flush(rocksdb::FlushOptions()));
    static_cast<void>(db_->Close());
  }
  RocksdbStore(const RocksdbStore&) = delete;
  RocksdbStore& operator=(const RocksdbStore&) = delete;

  FolderGuard& guard() { return guard_; }

  Result<std::optional<Bytes>> get(const TableSchema& table, ByteView key) const override {
    return rocksdb_get(reads_, nullptr, table, key);
  }
  Result<std::unique_ptr<Cursor>> scan(const TableSchema& table, const ScanRange& range) const override {
    return rocksdb_scan(reads_, nullptr, table, range);
  }
  std::unique_ptr<Reader> snapshot() const override { return rocksdb_snapshot(reads_); }

  Result<void> write(const std::vector<Row>& rows, Durability durability) override {
    if (durability == Durability::kSynced) return write_synced(rows);
    rocksdb::WriteBatch batch(size_of(rows));
    ICN_TRY(add_rows(batch, rows));
    return append(batch);
  }

  Result<void> flush() override { return gate_.pass(); }

  StoreStats stats() const override {
    StoreStats out{"rocksdb", 0, 0, refuses()};
    std::uint64_t files = 0;
    std::uint64_t memory = 0;
    db_->GetIntProperty(rocksdb::DB::Properties::kTotalSstFilesSize, &files);
    db_->GetIntProperty(rocksdb::DB::Properties::kCurSizeAllMemTables, &memory);
    db_->GetIntProperty(rocksdb::DB::Properties::kEstimateNumKeys, &out.keys);
    out.bytes = files + memory;
    return out;
  }

 private:
  std::string refuses() const {
    if (const auto open = gate_.check(); !open.ok()) return open.error().detail();
    const std::uint64_t needed = kept_back();
    std::error_code code;
    const auto space = std::filesystem::space(guard_.folder(), code);
    // The next batch may be as large as that.
    if (!code && needed > 0 && space.available < needed + kCheckEveryBytes)
      return no_room(space.available, needed).detail();
    return log_->is_waiting() && !log_->failed() ? "the engine met a full disk and looks again soon" : "";
  }

  // Opening again writes what the log holds to new files.
  std::uint64_t kept_back() const {
    if (!log_->failed()) return free_space_min_bytes_;
    std::uint64_t unwritten = 0;
    db_->GetIntProperty(rocksdb::DB::Properties::kCurSizeAllMemTables, &unwritten);
    return std::max(kFreeSpaceMinBytes, free_space_min_bytes_) + unwritten;
  }

  Error no_room(std::uint64_t available, std::uint64_t needed) const {
    return Error(kFull, guard_.folder().string() + ": " + std::to_string(available) +
                            " bytes are free, and " + std::to_string(needed) + " are kept back");
  }

  // Of one thread, until it is written.
  struct SyncedWrite {
    const std::vector<Row>* rows;
    Result<void> done = {};
  };

  // What threads write at the same time becomes one batch, so that each waits once: not for its batch and
  // then for the sync.
  Result<void> write_synced(const std::vector<Row>& rows) {
    SyncedWrite mine{&rows};
    {
      const std::lock_guard lock(synced_mutex_);
      synced_.push_back(&mine);
    }
    ICN_TRY(synced_gate_.pass());
    return std::move(mine.done);
  }

  std::string write_gathered() {
    std::vector<SyncedWrite*> gathered;
    {
      const std::lock_guard lock(synced_mutex_);
      gathered.swap(synced_);
    }
    if (gathered.empty()) return {};  // the one before took them
    std::size_t size = 0;
    for (const SyncedWrite* each : gathered) size += size_of(*each->rows);
    rocksdb::WriteBatch batch(size);
    for (SyncedWrite* each : gathered) {
      batch.SetSavePoint();
      each->done = add_rows(batch, *each->rows);
      if (!each->done.ok()) static_cast<void>(batch.RollbackToSavePoint());
    }
    Result<void> written = append(batch);
    if (written.ok()) written = flush();
    for (SyncedWrite* each : gathered) {
      if (each->done.ok()) each->done = written;
    }
    return {};
  }

  std::string sync_log() {
    if (log_->failed()) return "the log could not be written";
    const rocksdb::Status status = db_->SyncWAL();
    return status.ok() ? std::string() : status.ToString();
  }

  // Log and memory table, not synced.
  Result<void> append(rocksdb::WriteBatch& batch) {
    ICN_TRY(gate_.check());
    ICN_TRY(check_room(batch.GetDataSize()));
    if (log_->failed()) return Error(kMustReopen, guard_.folder().string() + ": the log met a full disk");
    const rocksdb::Status status = db_->Write(rocksdb::WriteOptions(), &batch);
    full_ = status.IsNoSpace();
    if (status.ok()) return {};
    if (status.IsNoSpace()) return rocksdb_error(status);
    // Part of the batch may have reached the log: only the next open can tell.
    gate_.latch(status.ToString());
    return gate_.check();
  }

  // Keeps a little room back, so that RocksDB itself seldom meets a full disk and can still compact.
  Result<void> check_room(std::uint64_t size_bytes) {
    const std::uint64_t needed = kept_back();
    if (needed == 0) return {};
    unchecked_bytes_ += size_bytes;
    if (ample_ && unchecked_bytes_ < kCheckEveryBytes) return {};
    std::error_code code;
    const auto space = std::filesystem::space(guard_.folder(), code);
    if (code) return {};
    ample_ = space.available >= kAmpleSpaceBytes;
    unchecked_bytes_ = 0;
    if (space.available >= needed + size_bytes) return {};
    return no_room(space.available, needed);
  }

  FolderGuard guard_;
  std::unique_ptr<rocksdb::DB> db_;
  const RocksdbReads reads_;
  std::shared_ptr<LogWatch> log_;
  std::uint64_t free_space_min_bytes_;
  SyncGate gate_;
  std::mutex synced_mutex_;
  std::vector<SyncedWrite*> synced_;
  SyncGate synced_gate_;                           // never latches: errors are in the writes
  std::atomic<std::uint64_t> unchecked_bytes_{0};  // written since free space was looked at
  std::atomic<bool> ample_{false};
  std::atomic<bool> full_{false};
};

Result<std::unique_ptr<rocksdb::DB>> open_db(const FolderGuard& guard, rocksdb::Options settings) {
  settings.create_if_missing = guard.fresh();
  rocksdb::DB* db = nullptr;
  const std::filesystem::path files = guard.folder() / "rocksdb";
  std::error_code ignored;  // should it be missing still, RocksDB says why
  if (guard.fresh()) {
    std::filesystem::create_directory(files, ignored);
  } else if (!std::filesystem::exists(files / "CURRENT", ignored)) {  // RocksDB would begin to make it
    return Error(kCorrupt,
                 files.string() + ": is damaged (its files are missing); restore the folder from a backup");
  }
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

Result<std::unique_ptr<Store>> RocksdbEngine::open(const std::vector<TableSchema>& tables) {
  ICN_TRY_ASSIGN(guard, FolderGuard::claim(folder_, "rocksdb", schema_version(migrations_)));
  ICN_TRY_ASSIGN(table_list, TableList::check(guard, tables));
  ICN_TRY_ASSIGN(settings, rocksdb_options(options_, log_));
  auto watch = std::make_shared<LogWatch>();
  settings.listeners.push_back(watch);
  ICN_TRY_ASSIGN(db, open_db(guard, std::move(settings)));
  auto store = std::make_unique<RocksdbStore>(std::move(db), std::move(watch), std::move(guard), options_);
  ICN_TRY(table_list.record(store->guard()));
  if (store->guard().fresh()) ICN_TRY(store->guard().record(schema_version(migrations_)));
  ICN_TRY(migrate(*store, store->guard(), migrations_));
  return std::unique_ptr<Store>(std::move(store));
}

}  // namespace icn::storage

#ifdef ICN_SANITIZED
// Debian's RocksDB is not instrumented: the thread sanitizer cannot see how it orders its own memory
// accesses.
extern "C" const char* __tsan_default_suppressions() {
  return "race:librocksdb.so\ncalled_from_lib:librocksdb.so\n";
}
#endif
