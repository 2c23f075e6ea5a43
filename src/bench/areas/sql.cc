#include <sqlite3.h>

#include "base/errors.h"
#include "bench/area.h"
#include "bench/postgres.h"
#include "bench/rates.h"
#include "bench/temporary_folder.h"
#include "config/settings.h"
#include "node/engines.h"

namespace icn::bench {
namespace {

using storage::Durability;

const storage::TableSchema kTable{1, "bench", {}};

// Small: 200,000 values of 200 bytes; large: 2,000 of 64 KiB. Keys of 16 bytes.
struct Size {
  std::size_t value_bytes;
  std::uint64_t keys;
};
constexpr Size kSmall{200, 200'000};
constexpr Size kLarge{64 << 10, 2'000};

Bytes key_of_number(std::uint64_t number) {
  Bytes key;
  key.reserve(16);
  append_u64(key, number * 0x9E3779B97F4A7C15U);
  append_u64(key, number);
  return key;
}

// What one row is written to and read from: our store, or the peer.
struct Subject {
  std::function<Result<void>(std::uint64_t number, const Bytes& value)> put;
  std::function<Result<void>(std::uint64_t number)> get;
};

Result<void> fill(const Subject& subject, const Size& size) {
  const Bytes value = SeededRandom(1).bytes(size.value_bytes);
  for (std::uint64_t i = 0; i < size.keys; ++i) ICN_TRY(subject.put(i * 7919 % size.keys, value));
  return {};
}

std::function<Result<double>()> writing(const Subject& subject, const Size& size, std::size_t threads,
                                        std::size_t seconds) {
  return [subject, size, threads, seconds] {
    return rate_of(threads, seconds,
                   [&, value = SeededRandom(1).bytes(size.value_bytes)](SeededRandom& random) {
                     return subject.put(random.below(size.keys), value);
                   });
  };
}
std::function<Result<double>()> reading(const Subject& subject, const Size& size, std::size_t threads,
                                        std::size_t seconds) {
  return [subject, size, threads, seconds] {
    return rate_of(threads, seconds,
                   [&](SeededRandom& random) { return subject.get(random.below(size.keys)); });
  };
}

struct OurStore {
  std::unique_ptr<storage::Engine> engine;
  std::unique_ptr<storage::Store> store;

  static Result<OurStore> open(const config::Settings& settings, const std::filesystem::path& folder) {
    OurStore out;
    out.engine = node::make_engine(settings, folder, node::WritePattern::kSingleRows, make_silent_log());
    ICN_TRY_ASSIGN(opened, out.engine->open({kTable}));
    out.store = std::move(opened);
    return out;
  }
  Subject subject(Durability durability) const {
    storage::Store* const to = store.get();
    return {[to, durability](std::uint64_t number, const Bytes& value) {
              std::vector<storage::Row> rows;
              rows.push_back({&kTable, key_of_number(number), value, {}, {}});
              return to->write(rows, durability);
            },
            [to](std::uint64_t number) -> Result<void> {
              ICN_TRY_ASSIGN(found, to->get(kTable, key_of_number(number)));
              return found ? Result<void>() : Error(errors::kInternal, "a key is missing");
            }};
  }
};

// SQLite with the same table and pragmas, and two prepared statements.
class BareSqlite {
 public:
  explicit BareSqlite(const std::filesystem::path& file, const char* synchronous) {
    sqlite3_open((file).c_str(), &db_);
    run("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 4096; PRAGMA "
        "cache_size = -65536");
    run((std::string("PRAGMA synchronous = ") + synchronous).c_str());
    run("CREATE TABLE bench (key BLOB NOT NULL PRIMARY KEY, record BLOB NOT NULL) WITHOUT ROWID");
    sqlite3_prepare_v2(db_, "INSERT OR REPLACE INTO bench VALUES (?1, ?2)", -1, &put_, nullptr);
    sqlite3_prepare_v2(db_, "SELECT record FROM bench WHERE key = ?1", -1, &get_, nullptr);
  }
  BareSqlite(const BareSqlite&) = delete;
  BareSqlite& operator=(const BareSqlite&) = delete;
  ~BareSqlite() {
    sqlite3_finalize(put_);
    sqlite3_finalize(get_);
    sqlite3_close(db_);
  }

  Subject subject() {
    return {[this](std::uint64_t number, const Bytes& value) {
              const Bytes key = key_of_number(number);
              sqlite3_bind_blob(put_, 1, key.data(), static_cast<int>(key.size()), SQLITE_STATIC);
              sqlite3_bind_blob(put_, 2, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
              return done(put_, SQLITE_DONE);
            },
            [this](std::uint64_t number) {
              const Bytes key = key_of_number(number);
              sqlite3_bind_blob(get_, 1, key.data(), static_cast<int>(key.size()), SQLITE_STATIC);
              return done(get_, SQLITE_ROW);
            }};
  }

 private:
  void run(const char* sql) { sqlite3_exec(db_, sql, nullptr, nullptr, nullptr); }
  Result<void> done(sqlite3_stmt* statement, int wanted) {
    const int found = sqlite3_step(statement);
    if (found == SQLITE_ROW) {
      const auto* const data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement, 0));
      read_.assign(data, data + sqlite3_column_bytes(statement, 0));
    }
    sqlite3_reset(statement);
    return found == wanted ? Result<void>() : Error(errors::kInternal, sqlite3_errmsg(db_));
  }

  sqlite3* db_ = nullptr;
  sqlite3_stmt* put_ = nullptr;
  sqlite3_stmt* get_ = nullptr;
  Bytes read_;
};

Result<void> run_sqlite(const Bench& bench, const std::filesystem::path& folder) {
  config::Settings settings;
  settings.storage_backend = config::StorageBackend::kSqlite;
  const auto measure = [&](const char* name, const Size& size, TargetId write_id,
                           TargetId read_id) -> Result<void> {
    ICN_TRY_ASSIGN(ours, OurStore::open(settings, folder / (std::string(name) + "-ours")));
    BareSqlite bare(folder / (std::string(name) + "-bare"), "NORMAL");
    const Subject our_subject = ours.subject(Durability::kBuffered);
    const Subject bare_subject = bare.subject();
    ICN_TRY(fill(our_subject, size));
    ICN_TRY(fill(bare_subject, size));
    ICN_TRY_ASSIGN(write, against(write_id, writing(bare_subject, size, 1, bench.seconds),
                                  writing(our_subject, size, 1, bench.seconds)));
    bench.add(write);
    ICN_TRY_ASSIGN(read, against(read_id, reading(bare_subject, size, 1, bench.seconds),
                                 reading(our_subject, size, 1, bench.seconds)));
    bench.add(read);
    return {};
  };
  ICN_TRY(measure("small", kSmall, TargetId::kSqliteWrite, TargetId::kSqliteRead));
  ICN_TRY(measure("large", kLarge, TargetId::kSqliteWriteLarge, TargetId::kSqliteReadLarge));
  ICN_TRY_ASSIGN(ours, OurStore::open(settings, folder / "synced-ours"));
  BareSqlite bare(folder / "synced-bare", "FULL");
  ICN_TRY_ASSIGN(synced, against(TargetId::kSqliteSynced, writing(bare.subject(), kSmall, 1, bench.seconds),
                                 writing(ours.subject(Durability::kSynced), kSmall, 1, bench.seconds)));
  bench.add(synced);
  return {};
}

// The peer: pgbench with one prepared statement over a table of the same columns, with as many clients as we
// have threads.
struct Pgbench {
  PostgresCluster& cluster;
  std::size_t seconds;

  Result<void> make_table(const std::string& name, const Size& size) const {
    const std::string sql =
        "CREATE TABLE " + name + " (key bytea PRIMARY KEY, record bytea NOT NULL); ALTER TABLE " + name +
        " ALTER record SET STORAGE EXTERNAL; INSERT INTO " + name + " SELECT int8send(n), " + value(size) +
        " FROM generate_series(1, " + std::to_string(size.keys) + ") n";
    ICN_TRY(cluster.must("psql -q -h " + shell_word(cluster.folder()) + " -U bench -c " + shell_word(sql) +
                         " postgres"));
    return {};
  }
  std::function<Result<double>()> running(const std::string& name, const std::string& statement,
                                          const Size& size, std::size_t clients,
                                          const std::string& settings) const {
    return [*this, name, statement, size, clients, settings]() -> Result<double> {
      const std::string file = cluster.folder() + "/" + name + ".sql";
      ICN_TRY(cluster.must(
          "printf %s " +
          shell_word("\\set n random(1, " + std::to_string(size.keys) + ")\n" + statement + ";\n") + " > " +
          shell_word(file)));
      const std::string number = std::to_string(clients);
      return cluster.measure("-n -M prepared -c " + number + " -j " +
                                 std::to_string(std::min<std::size_t>(clients, 2)) + " -f " +
                                 shell_word(file),
                             seconds, settings);
    };
  }
  static std::string value(const Size& size) {
    return "convert_to(repeat('x', " + std::to_string(size.value_bytes) + "), 'UTF8')";
  }
  static std::string put(const std::string& table, const Size& size) {
    return "INSERT INTO " + table + " VALUES (int8send(:n), " + value(size) +
           ") ON CONFLICT (key) DO UPDATE SET record = EXCLUDED.record";
  }
  static std::string get(const std::string& table) {
    return "SELECT record FROM " + table + " WHERE key = int8send(:n)";
  }
};

Result<void> run_postgresql(const Bench& bench, const std::filesystem::path& folder) {
  constexpr std::size_t kReaders = 16;
  const std::string buffered = "-c synchronous_commit=off";
  ICN_TRY_ASSIGN(cluster, PostgresCluster::start());
  const Pgbench peer{*cluster, bench.seconds};
  config::Settings settings;
  settings.storage_backend = config::StorageBackend::kPostgresql;
  settings.storage_postgresql_url = cluster->connection();
  const auto measure = [&](const std::string& name, const Size& size, TargetId write_id,
                           TargetId read_id) -> Result<void> {
    ICN_TRY_ASSIGN(ours, OurStore::open(settings, folder / (name + "_ours")));
    const Subject subject = ours.subject(Durability::kBuffered);
    ICN_TRY(fill(subject, size));
    ICN_TRY(peer.make_table(name, size));
    ICN_TRY_ASSIGN(write, against(write_id, peer.running(name, Pgbench::put(name, size), size, 1, buffered),
                                  writing(subject, size, 1, bench.seconds)));
    bench.add(write);
    ICN_TRY_ASSIGN(read, against(read_id, peer.running(name, Pgbench::get(name), size, kReaders, buffered),
                                 reading(subject, size, kReaders, bench.seconds)));
    bench.add(read);
    return {};
  };
  ICN_TRY(measure("small", kSmall, TargetId::kPostgresqlWrite, TargetId::kPostgresqlRead));
  ICN_TRY(measure("large", kLarge, TargetId::kPostgresqlWriteLarge, TargetId::kPostgresqlReadLarge));
  ICN_TRY_ASSIGN(ours, OurStore::open(settings, folder / "synced_ours"));
  ICN_TRY_ASSIGN(synced, against(TargetId::kPostgresqlSynced,
                                 peer.running("small", Pgbench::put("small", kSmall), kSmall, 1, {}),
                                 writing(ours.subject(Durability::kSynced), kSmall, 1, bench.seconds)));
  bench.add(synced);
  return {};
}

}  // namespace

Result<void> run_sql(const Bench& bench) {
  ICN_TRY_ASSIGN(folder, TemporaryFolder::make());
  ICN_TRY(run_sqlite(bench, folder.path()));
  return run_postgresql(bench, folder.path());
}

}  // namespace icn::bench
