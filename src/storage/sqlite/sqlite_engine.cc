#include "storage/sqlite/sqlite_engine.h"

#include <algorithm>
#include <atomic>

#include "storage/errors.h"
#include "storage/sqlite/sqlite_room.h"
#include "storage/sync_gate.h"
#include "storage/table_list.h"

namespace icn::storage {

namespace {

// A store says that it takes writes when there is room for one of these.
constexpr std::uint64_t kLikelyBatchBytes = 1 << 20;

std::uint64_t size_of(const std::vector<Row>& rows) {
  std::uint64_t out = 0;
  for (const Row& row : rows) out += row.key.size() + (row.record ? row.record->size() : 0);
  return out;
}

class SqliteStore final : public Store {
 public:
  SqliteStore(FolderGuard guard, const SqliteOptions& options, std::unique_ptr<SqliteTables> tables,
              std::unique_ptr<SqliteWriter> writer, std::shared_ptr<Log> log)
      : guard_(std::move(guard)),
        options_(options),
        log_(std::move(log)),
        tables_(std::move(tables)),
        writer_(std::move(writer)),
        readers_(file(), options.reader_cache_size_bytes, options.busy_timeout_ms, options.readers_kept),
        room_(guard_.folder(), options.free_space_min_bytes, *writer_),
        gate_([this] { return writer_->sync(); }) {}

  // After a failed sync nothing more may be written.
  ~SqliteStore() override {
    if (!gate_.check()) writer_->abandon();
  }
  SqliteStore(const SqliteStore&) = delete;
  SqliteStore& operator=(const SqliteStore&) = delete;

  FolderGuard& guard() { return guard_; }

  // On the writer's connection while it rests: its pages outlive its commits, those of the readers do not.
  Result<std::optional<Bytes>> get(const TableSchema& table, ByteView key) const override {
    if (const IdleWriter idle(*this); idle.connection != nullptr)
      return sqlite_get(*idle.connection, tables_->of(table), key);
    ICN_TRY_ASSIGN(reader, readers_.take());
    return sqlite_get(*reader, tables_->of(table), key);
  }
  Result<std::unique_ptr<Cursor>> scan(const TableSchema& table, const ScanRange& range) const override {
    ICN_TRY_ASSIGN(reader, readers_.take());
    return sqlite_scan(std::move(reader), tables_->of(table), range);
  }
  std::unique_ptr<Reader> snapshot() const override { return sqlite_snapshot(readers_, *tables_); }

  Result<void> write(const std::vector<Row>& rows, Durability durability) override {
    ICN_TRY(append(rows));
    return durability == Durability::kSynced ? flush() : Result<void>();
  }
  Result<void> flush() override { return gate_.pass(); }

  StoreStats stats() const override {
    StoreStats out{"sqlite", 0, 0, {}};
    for (const char* part : {"", "-wal"}) {
      std::error_code absent;
      const auto size = std::filesystem::file_size(file().string() + part, absent);
      if (!absent) out.bytes += size;
    }
    const Writing lock(*this);
    out.refuses = refuses();
    out.keys = static_cast<std::uint64_t>(std::max<std::int64_t>(writer_->rows(), 0));
    return out;
  }

 private:
  // Who needs the writer is announced, so that of those who read in its rests none begins before it.
  class Writing {
   public:
    explicit Writing(const SqliteStore& store) : store_(store) {
      ++store_.wanting_writer_;
      store_.writing_.lock();
    }
    ~Writing() {
      store_.writing_.unlock();
      --store_.wanting_writer_;
    }
    Writing(const Writing&) = delete;
    Writing& operator=(const Writing&) = delete;

   private:
    const SqliteStore& store_;
  };
  struct IdleWriter {
    explicit IdleWriter(const SqliteStore& store) {
      if (store.wanting_writer_ == 0) lock = std::unique_lock(store.writing_, std::try_to_lock);
      if (lock) connection = store.writer_->between_batches();
    }
    std::unique_lock<std::mutex> lock;
    SqliteConnection* connection = nullptr;  // null: it is in use
  };

  std::filesystem::path file() const { return guard_.folder() / kSqliteFile; }

  Result<void> append(const std::vector<Row>& rows) {
    const Writing lock(*this);
    ICN_TRY(gate_.check());
    if (const auto has_room = room_.check(size_of(rows)); !has_room.ok()) return latched(has_room.error());
    if (const auto written = writer_->write(rows); !written.ok()) return latched(written.error());
    const auto moved = writer_->checkpoint(options_.checkpoint_size_bytes);
    if (moved.ok()) return {};
    if (moved.error().is(kSyncFailed)) return latched(moved.error());
    // The batches are in the log: the next one tries again.
    log_->warn("{}: the log was not put into the database: {}", file().string(), moved.error().detail());
    return {};
  }

  Error latched(const Error& error) const {
    if (!error.is(kSyncFailed)) return error.within(file().string());
    gate_.latch(error.detail());
    return gate_.check().error();
  }

  // The caller has locked the writer.
  std::string refuses() const {
    if (const auto open = gate_.check(); !open.ok()) return open.error().detail();
    const auto has_room = room_.look(kLikelyBatchBytes);
    return has_room.ok() ? std::string() : latched(has_room.error()).detail();
  }

  FolderGuard guard_;
  const SqliteOptions options_;
  const std::shared_ptr<Log> log_;
  std::unique_ptr<SqliteTables> tables_;
  mutable std::mutex writing_;
  mutable std::atomic<int> wanting_writer_{0};
  std::unique_ptr<SqliteWriter> writer_;
  mutable SqliteReaders readers_;
  mutable SqliteRoom room_;  // the writer's
  mutable SyncGate gate_;
};

Result<std::unique_ptr<SqliteWriter>> open_writer(const FolderGuard& guard, const SqliteOptions& options,
                                                  const SqliteTables& tables) {
  const std::filesystem::path file = guard.folder() / kSqliteFile;
  std::error_code unknown;
  if (!guard.fresh() && !std::filesystem::exists(file, unknown)) {
    return Error(kCorrupt, file.string() + ": is missing; restore the folder from a backup");
  }
  auto writer = SqliteWriter::open(file, guard.fresh(), options, tables);
  if (writer.ok() || !writer.error().is(kCorrupt)) {
    if (writer.ok()) return writer;
    return writer.error().within(file.string());
  }
  return Error(kCorrupt, file.string() + ": is damaged (" + writer.error().detail() +
                             "); nothing was changed; restore the folder from a backup");
}

}  // namespace

SqliteEngine::SqliteEngine(std::filesystem::path folder, SqliteOptions options, std::shared_ptr<Log> log,
                           std::vector<Migration> migrations)
    : folder_(std::move(folder)),
      options_(std::move(options)),
      log_(std::move(log)),
      migrations_(std::move(migrations)) {}

SqliteEngine::~SqliteEngine() = default;

Result<std::unique_ptr<Store>> SqliteEngine::open(const std::vector<TableSchema>& tables) {
  ICN_TRY_ASSIGN(guard, FolderGuard::claim(folder_, "sqlite", schema_version(migrations_)));
  ICN_TRY_ASSIGN(table_list, TableList::check(guard, tables));
  auto sql = std::make_unique<SqliteTables>(tables, options_.readable);
  ICN_TRY_ASSIGN(writer, open_writer(guard, options_, *sql));
  auto store =
      std::make_unique<SqliteStore>(std::move(guard), options_, std::move(sql), std::move(writer), log_);
  ICN_TRY(table_list.record(store->guard()));
  if (store->guard().fresh()) ICN_TRY(store->guard().record(schema_version(migrations_)));
  ICN_TRY(migrate(*store, store->guard(), migrations_));
  return std::unique_ptr<Store>(std::move(store));
}

}  // namespace icn::storage
