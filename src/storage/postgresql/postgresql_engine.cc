#include "storage/postgresql/postgresql_engine.h"

#include <charconv>
#include <fstream>
#include <mutex>

#include "storage/errors.h"
#include "storage/layout.h"
#include "storage/postgresql/errors.h"
#include "storage/postgresql/gets.h"
#include "storage/postgresql/reader.h"
#include "storage/postgresql/writer.h"
#include "storage/sync_gate.h"
#include "storage/table_list.h"

namespace icn::storage {

namespace {

using postgresql::Answer;
using postgresql::Pool;

// "id <id>\n": which store of a database is the folder's.
constexpr std::string_view kDatabaseName = "ICN_DATABASE";

std::string database_id(const std::filesystem::path& folder) {
  std::ifstream file(folder / kDatabaseName, std::ios::binary);
  std::string word;
  std::string id;
  file >> word >> id;
  return word == "id" ? id : std::string();
}

class PostgresqlStore final : public Store {
 public:
  PostgresqlStore(FolderGuard guard, const PostgresqlOptions& options,
                  std::unique_ptr<postgresql::Tables> tables, std::unique_ptr<postgresql::Writer> writer,
                  const std::shared_ptr<Log>& log)
      : guard_(std::move(guard)),
        options_(options),
        tables_(std::move(tables)),
        writer_(std::move(writer)),
        pool_(options.url, options, log),
        gets_(pool_, options_, *tables_),
        replica_(options.replica_url, options, log),
        gate_([this] { return writer_->sync(); }) {}

  FolderGuard& guard() { return guard_; }
  Pool& pool() { return pool_; }

  Result<std::optional<Bytes>> get(const TableSchema& table, ByteView key) const override {
    return gets_.get(tables_->of(table), key);
  }
  Result<std::vector<std::optional<Bytes>>> get_several(const TableSchema& table,
                                                        const std::vector<ByteView>& keys) const override {
    return gets_.get_several(tables_->of(table), keys);
  }
  Result<std::unique_ptr<Cursor>> scan(const TableSchema& table, const ScanRange& range) const override {
    ICN_TRY_ASSIGN(moment, open_moment());
    return postgresql::scan_moment(std::move(moment), tables_->of(table), range);
  }
  std::unique_ptr<Reader> snapshot() const override {
    return postgresql::snapshot_of(open_moment(), *tables_);
  }

  Result<void> write(const std::vector<Row>& rows, Durability durability) override {
    for (const Row& row : rows) ICN_TRY(check_row(row));
    // Who comes while another writes shares a sync with those behind; who is alone saves the second way
    // there.
    ++writers_;
    std::unique_lock lock(writing_);
    const auto written = append(rows, durability == Durability::kSynced && writers_ == 1);
    --writers_;
    lock.unlock();
    if (!written.ok()) return written.error();
    return durability == Durability::kSynced && !*written ? flush() : Result<void>();
  }

  Result<void> flush() override { return gate_.pass(); }

  StoreStats stats() const override {
    StoreStats out{"postgresql", 0, 0, ""};
    if (const auto open = gate_.check(); !open.ok()) out.refuses = open.error().detail();
    if (out.refuses.empty() && was_full()) out.refuses = "PostgreSQL: the server's disk is full";
    out.keys = static_cast<std::uint64_t>(std::max<std::int64_t>(writer_->rows(), 0));
    auto connection = pool_.take(Pool::Term::kAnswer);
    if (!connection.ok()) return out;
    const auto size =
        (*connection)
            ->run(
                "SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint FROM pg_class WHERE relkind = "
                "'r' AND "
                "relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())");
    if (!size.ok()) return out;
    const std::string text = postgresql::answer_text(*size, 0, 0);
    std::from_chars(text.data(), text.data() + text.size(), out.bytes);
    return out;
  }

 private:
  // Whether it is durable.
  Result<bool> append(const std::vector<Row>& rows, bool is_synced) {
    ICN_TRY(gate_.check());
    const auto written = writer_->write(rows, is_synced);
    const bool is_full = !written.ok() && written.error().is(kFull);
    full_at_ = is_full ? postgresql::SteadyClock::now().time_since_epoch().count() : 0;
    if (written.ok() || !written.error().is(kSyncFailed)) return written;
    gate_.latch(written.error().detail());
    return gate_.check().error();
  }

  // Room on another machine cannot be looked at: the last refusal tells, for a while. Who waits for a node to
  // be ready sends it no write that would show that there is room again.
  bool was_full() const {
    constexpr auto kHoldsFor = std::chrono::seconds(10);
    const postgresql::SteadyClock::rep at = full_at_;
    return at != 0 && postgresql::SteadyClock::now().time_since_epoch().count() - at <
                          postgresql::SteadyClock::duration(kHoldsFor).count();
  }

  // Of the replica, when it has all that was written before.
  Result<Pool::Lease> open_moment() const {
    const auto now = postgresql::SteadyClock::now().time_since_epoch().count();
    if (!options_.replica_url.empty() && now >= replica_retry_at_) {
      auto moment = caught_up_moment();
      if (moment.ok() && *moment) return moment;
      // To find out again that it is away may take as long as a connection.
      constexpr auto kPause = std::chrono::seconds(5);
      if (!moment.ok())
        replica_retry_at_ = (postgresql::SteadyClock::now() + kPause).time_since_epoch().count();
    }
    return postgresql::open_moment(pool_);
  }
  Result<Pool::Lease> caught_up_moment() const {
    const std::string position = writer_->position();
    ICN_TRY_ASSIGN(connection, replica_.take(Pool::Term::kSnapshot));
    if (!position.empty()) {
      ICN_TRY_ASSIGN(answer,
                     connection->run("SELECT pg_last_wal_replay_lsn() >= '" + position + "'::pg_lsn"));
      if (postgresql::answer_text(answer, 0, 0) != "t") return Pool::Lease(nullptr, {nullptr});
    }
    ICN_TRY(connection->run(postgresql::kBeginMoment));
    return std::move(connection);
  }

  FolderGuard guard_;
  const PostgresqlOptions options_;
  std::unique_ptr<postgresql::Tables> tables_;
  std::mutex writing_;
  std::atomic<int> writers_{0};
  std::unique_ptr<postgresql::Writer> writer_;
  std::atomic<postgresql::SteadyClock::rep> full_at_{
      0};  // when the newest batch was refused so; 0: it was not
  mutable Pool pool_;
  mutable postgresql::Gets gets_;
  mutable Pool replica_;
  mutable std::atomic<postgresql::SteadyClock::rep> replica_retry_at_{0};
  SyncGate gate_;
};

// Whether the schema that was found is the folder's; the folder's note may be written only for one that is
// new, or in which nothing was ever written.
Result<void> check_owner(const FolderGuard& guard, const PostgresqlOptions& options,
                         const postgresql::Writer& writer) {
  const std::string where = "the schema \"" + options.schema + "\" of the PostgreSQL database";
  if (!guard.fresh() && writer.is_new()) {
    return Error(kCorrupt, where + " is missing, and " + guard.folder().string() +
                               " says that it is there; restore the database from a backup");
  }
  if (writer.is_new() || (guard.fresh() && writer.note().batch == 0)) return {};
  if (database_id(guard.folder()) == writer.note().id) return {};
  return Error(kForeignFolder,
               where + " is a store of another data folder than " + guard.folder().string() +
                   "; set another storage.postgresql.schema, or use the folder it belongs to");
}

}  // namespace

PostgresqlEngine::PostgresqlEngine(std::filesystem::path folder, PostgresqlOptions options,
                                   std::shared_ptr<Log> log, std::vector<Migration> migrations)
    : folder_(std::move(folder)),
      options_(std::move(options)),
      log_(std::move(log)),
      migrations_(std::move(migrations)) {}

PostgresqlEngine::~PostgresqlEngine() = default;

// Who starts a node is told where it looked for the server. Later errors are answers to clients.
Result<std::unique_ptr<Store>> PostgresqlEngine::open(const std::vector<TableSchema>& tables) {
  auto opened = open_once(tables);
  if (!opened.ok()) return was_open_ ? postgresql::without_address(opened.error(), *log_) : opened.error();
  was_open_ = true;
  return opened;
}

Result<std::unique_ptr<Store>> PostgresqlEngine::open_once(const std::vector<TableSchema>& tables) {
  ICN_TRY_ASSIGN(guard, FolderGuard::claim(folder_, "postgresql", schema_version(migrations_)));
  ICN_TRY_ASSIGN(table_list, TableList::check(guard, tables));
  auto sql = std::make_unique<postgresql::Tables>(tables, options_.readable);
  ICN_TRY_ASSIGN(writer, postgresql::Writer::open(options_, database_id(guard.folder()), *sql, log_));
  ICN_TRY(check_owner(guard, options_, *writer));
  ICN_TRY(writer->begin());
  ICN_TRY_ASSIGN(spread, writer->spread_tables());
  ICN_TRY(sql->spread(spread, options_.content_tables));
  if (guard.fresh()) ICN_TRY(guard.replace_file(kDatabaseName, "id " + writer->note().id + "\n"));
  auto store =
      std::make_unique<PostgresqlStore>(std::move(guard), options_, std::move(sql), std::move(writer), log_);
  ICN_TRY(store->pool().fill());
  ICN_TRY(table_list.record(store->guard()));
  if (store->guard().fresh()) ICN_TRY(store->guard().record(schema_version(migrations_)));
  ICN_TRY(migrate(*store, store->guard(), migrations_));
  return std::unique_ptr<Store>(std::move(store));
}

Result<std::string> PostgresqlEngine::generation(const PostgresqlOptions& options) {
  ICN_TRY_ASSIGN(connection, postgresql::Connection::open(options.url, options));
  ICN_TRY_ASSIGN(found, connection->run("SELECT id || '.' || epoch FROM icn_meta"));
  if (PQntuples(found.get()) != 1) return Error(kCorrupt, "PostgreSQL: icn_meta does not hold one row");
  return postgresql::answer_text(found, 0, 0);
}

Result<bool> PostgresqlEngine::has_page_sums(const PostgresqlOptions& options) {
  ICN_TRY_ASSIGN(connection, postgresql::Connection::open(options.url, options));
  ICN_TRY_ASSIGN(found, connection->run("SHOW data_checksums"));
  return postgresql::answer_text(found, 0, 0) == "on";
}

Result<void> PostgresqlEngine::drop(const std::filesystem::path& folder, const PostgresqlOptions& options) {
  const std::string id = database_id(folder);
  if (id.empty()) return {};
  const postgresql::Tables none({});
  ICN_TRY_ASSIGN(writer, postgresql::Writer::open(options, id, none, make_silent_log()));
  if (writer->is_new() || writer->note().id != id) return {};
  return writer->drop();
}

}  // namespace icn::storage
