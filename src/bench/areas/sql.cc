#include <sqlite3.h>

#include <future>

#include "base/errors.h"
#include "bench/area.h"
#include "bench/postgres.h"
#include "bench/store_load.h"
#include "bench/temporary_folder.h"
#include "bench/transfer_load.h"
#include "storage/group_commit.h"

namespace icn::bench {
namespace {

using storage::Durability;

void add(const Bench& bench, const Row& row, TargetId guide) {
  for (const Row& each : with_guide(row, guide)) bench.add(each);
}

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
    return {[this](const std::vector<Bytes>& values) -> Subject::Put {
              return [this, &values, key = Bytes()](std::uint64_t number, std::size_t value) mutable {
                set_key_of_number(key, number);
                const Bytes& record = values[value];
                sqlite3_bind_blob(put_, 1, key.data(), static_cast<int>(key.size()), SQLITE_STATIC);
                sqlite3_bind_blob(put_, 2, record.data(), static_cast<int>(record.size()), SQLITE_STATIC);
                return done(put_, SQLITE_DONE);
              };
            },
            [this]() -> Subject::Get {
              return [this, key = Bytes()](std::uint64_t number) mutable {
                set_key_of_number(key, number);
                sqlite3_bind_blob(get_, 1, key.data(), static_cast<int>(key.size()), SQLITE_STATIC);
                return done(get_, SQLITE_ROW);
              };
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
  struct Pair {
    TargetId write;
    TargetId read;
  };
  const auto measure = [&](const char* name, const ValueSize& size, Pair peers,
                           const std::optional<Pair>& guides) -> Result<void> {
    ICN_TRY_ASSIGN(ours, OurStore::open(settings, folder / (std::string(name) + "-ours")));
    BareSqlite bare(folder / (std::string(name) + "-bare"), "NORMAL");
    const Subject our_subject = ours.subject(Durability::kBuffered);
    const Subject bare_subject = bare.subject();
    ICN_TRY(fill(our_subject, size));
    ICN_TRY(fill(bare_subject, size));
    ICN_TRY_ASSIGN(write, against(peers.write, writing(bare_subject, size, 1, bench.seconds),
                                  writing(our_subject, size, 1, bench.seconds)));
    ICN_TRY_ASSIGN(read, against(peers.read, reading(bare_subject, size, 1, bench.seconds),
                                 reading(our_subject, size, 1, bench.seconds)));
    for (const Row& each : {write, read}) bench.add(each);
    if (guides && write.figure && read.figure) {
      bench.add(fixed_row(guides->write, *write.figure));
      bench.add(fixed_row(guides->read, *read.figure));
    }
    return {};
  };
  ICN_TRY(measure("small", kSmallValues, {TargetId::kSqliteWrite, TargetId::kSqliteRead},
                  Pair{TargetId::kSqliteWriteGuide, TargetId::kSqliteReadGuide}));
  ICN_TRY(measure("large", kLargeValues, {TargetId::kSqliteWriteLarge, TargetId::kSqliteReadLarge}, {}));
  ICN_TRY_ASSIGN(ours, OurStore::open(settings, folder / "synced-ours"));
  BareSqlite bare(folder / "synced-bare", "FULL");
  const auto bare_writes = writing(bare.subject(), kSmallValues, 1, bench.seconds);
  const auto our_writes = writing(ours.subject(Durability::kSynced), kSmallValues, 1, bench.seconds);
  // A log that still grows costs a sync more than one that is written over, as both are from then on.
  for (const auto* each : {&bare_writes, &our_writes}) ICN_TRY((*each)());
  ICN_TRY_ASSIGN(synced, against(TargetId::kSqliteSynced, bare_writes, our_writes));
  bench.add(synced);
  return {};
}

// The peer: pgbench with one prepared statement over a table of the same columns, with as many clients as we
// have threads. It sends its value as we do: an argument of the command, of which one may have 128 KiB.
struct Pgbench {
  PostgresCluster& cluster;
  std::size_t seconds;

  Result<void> make_table(const std::string& name, const ValueSize& size) const {
    const std::string sql =
        "CREATE TABLE " + name + " (key bytea PRIMARY KEY, record bytea NOT NULL); ALTER TABLE " + name +
        " ALTER record SET STORAGE EXTERNAL; INSERT INTO " + name +
        " SELECT int8send(n), convert_to(repeat('x', " + std::to_string(size.value_bytes) + "), 'UTF8')" +
        " FROM generate_series(1, " + std::to_string(size.keys) + ") n";
    ICN_TRY(cluster.must("psql -q -h " + shell_word(cluster.folder()) + " -U bench -c " + shell_word(sql) +
                         " postgres"));
    return {};
  }
  // What `pgbench -i` ends with: else the server vacuums one of the tables while the other is measured.
  Result<void> settle() const {
    ICN_TRY(cluster.must("psql -q -h " + shell_word(cluster.folder()) +
                         " -U bench -c VACUUM -c CHECKPOINT postgres"));
    return {};
  }
  std::function<Result<double>()> running(const std::string& name, const std::string& statement,
                                          const ValueSize& size, std::size_t clients,
                                          const std::string& settings) const {
    return [*this, name, statement, size, clients, settings]() -> Result<double> {
      const std::string file = cluster.folder() + "/" + name + ".sql";
      ICN_TRY(cluster.must(
          "printf %s " +
          shell_word("\\set n random(1, " + std::to_string(size.keys) + ")\n" + statement + ";\n") + " > " +
          shell_word(file)));
      const std::string number = std::to_string(clients);
      return cluster.measure(
          "-n -M prepared -c " + number + " -j " + std::to_string(std::min<std::size_t>(clients, 2)) +
              " -D value=" + std::string(size.value_bytes, 'x') + " -f " + shell_word(file),
          seconds, settings);
    };
  }
  static std::string put(const std::string& table) {
    return "INSERT INTO " + table +
           " VALUES (int8send(:n), convert_to(:value, 'UTF8')) ON CONFLICT (key) DO UPDATE SET record = "
           "EXCLUDED.record";
  }
  static std::string get(const std::string& table) {
    return "SELECT record FROM " + table + " WHERE key = int8send(:n)";
  }
};

constexpr std::size_t kClients = 16;

Result<void> run_values(const Bench& bench, PostgresCluster& cluster, const config::Settings& settings,
                        const std::filesystem::path& folder) {
  const std::string buffered = "-c synchronous_commit=off";
  const Pgbench peer{cluster, bench.seconds};
  const auto measure = [&](const std::string& name, const ValueSize& size, TargetId write_id,
                           TargetId read_id) -> Result<std::pair<Row, Row>> {
    ICN_TRY_ASSIGN(ours, OurStore::open(settings, folder / (name + "_ours")));
    const Subject subject = ours.subject(Durability::kBuffered);
    ICN_TRY(fill(subject, size));
    ICN_TRY(peer.make_table(name, size));
    ICN_TRY(peer.settle());
    ICN_TRY_ASSIGN(write, against(write_id, peer.running(name, Pgbench::put(name), size, 1, buffered),
                                  writing(subject, size, 1, bench.seconds)));
    ICN_TRY_ASSIGN(read, against(read_id, peer.running(name, Pgbench::get(name), size, kClients, buffered),
                                 reading(subject, size, kClients, bench.seconds)));
    return std::pair(write, read);
  };
  ICN_TRY_ASSIGN(small,
                 measure("small", kSmallValues, TargetId::kPostgresqlWrite, TargetId::kPostgresqlRead));
  add(bench, small.first, TargetId::kPostgresqlWriteGuide);
  add(bench, small.second, TargetId::kPostgresqlReadGuide);
  ICN_TRY_ASSIGN(
      large, measure("large", kLargeValues, TargetId::kPostgresqlWriteLarge, TargetId::kPostgresqlReadLarge));
  bench.add(large.first);
  bench.add(large.second);
  ICN_TRY_ASSIGN(ours, OurStore::open(settings, folder / "synced_ours"));
  ICN_TRY_ASSIGN(synced, against(TargetId::kPostgresqlSynced,
                                 peer.running("small", Pgbench::put("small"), kSmallValues, 1, {}),
                                 writing(ours.subject(Durability::kSynced), kSmallValues, 1, bench.seconds)));
  bench.add(synced);
  return {};
}

// The reads and writes of a sysbench transaction (oltp_read_write: 14 and 4): the reads one by one, the
// writes as one durable batch, which others of the same moment share as the node's writers do.
Result<void> run_mixed(const Bench& bench, const config::Settings& settings,
                       const std::filesystem::path& folder) {
  constexpr std::uint64_t kReads = 14;
  constexpr std::uint64_t kWrites = 4;
  ICN_TRY_ASSIGN(ours, OurStore::open(settings, folder / "mixed_ours"));
  const Subject subject = ours.subject(Durability::kBuffered);
  ICN_TRY(fill(subject, kSmallValues));
  InlineExecutor executor;
  storage::GroupCommit commits(ours.store());
  const auto once = [&]() -> Once {
    return [&, get = subject.getter(),
            value = SeededRandom(1).bytes(kSmallValues.value_bytes)](SeededRandom& random) -> Result<void> {
      for (std::uint64_t i = 0; i < kReads; ++i) ICN_TRY(get(random.below(kSmallValues.keys)));
      std::vector<storage::Row> rows;
      for (std::uint64_t i = 0; i < kWrites; ++i) {
        rows.push_back({&OurStore::table(), key_of_number(random.below(kSmallValues.keys)), value, {}, {}});
      }
      std::promise<Result<void>> written;
      commits.submit(std::move(rows), executor,
                     [&](const Result<void>& result) { written.set_value(result); });
      return written.get_future().get();
    };
  };
  double latency_ms = 0;
  ICN_TRY_ASSIGN(rate, rate_of_each(kClients, bench.seconds, once, &latency_ms));
  commits.stop();
  bench.add(fixed_row(TargetId::kMixedReads, rate * kReads, load_average()));
  bench.add(fixed_row(TargetId::kMixedWrites, rate * kWrites));
  bench.add(fixed_row(TargetId::kMixedMean, latency_ms));
  return {};
}

Result<void> run_ledger_on_postgresql(const Bench& bench, PostgresCluster& cluster,
                                      const std::filesystem::path& folder) {
  ICN_TRY(cluster.must("pgbench -i -q -s 10 -h " + shell_word(cluster.folder()) + " -U bench postgres"));
  ICN_TRY_ASSIGN(node, NodeProcess::start(bench.executable, folder / "node",
                                          {"--storage.backend=postgresql",
                                           "--storage.postgresql.url=" + cluster.connection()}));
  ICN_TRY_ASSIGN(transfers, TransferLoad::prepare(*node, bench.seconds));
  LoadResult result;
  ICN_TRY_ASSIGN(
      row, against(
               TargetId::kPostgresqlTransfers, [&] { return cluster.measure("-c 16 -j 2", bench.seconds); },
               [&]() -> Result<double> {
                 ICN_TRY_ASSIGN(run, transfers.run(256, 0));
                 result = run;
                 return run.per_second;
               }));
  row.note = latency_note(result) + transfers.note() + "; " + row.note;
  bench.add(with_errors(row, result));
  return {};
}

Result<void> run_postgresql(const Bench& bench, const std::filesystem::path& folder) {
  ICN_TRY_ASSIGN(cluster, PostgresCluster::start());
  config::Settings settings;
  settings.storage_backend = config::StorageBackend::kPostgresql;
  settings.storage_postgresql_url = cluster->connection();
  ICN_TRY(run_values(bench, *cluster, settings, folder));
  ICN_TRY(run_mixed(bench, settings, folder));
  return run_ledger_on_postgresql(bench, *cluster, folder);
}

}  // namespace

Result<void> run_sql(const Bench& bench) {
  ICN_TRY_ASSIGN(folder, TemporaryFolder::make());
  ICN_TRY(run_sqlite(bench, folder.path()));
  return run_postgresql(bench, folder.path());
}

}  // namespace icn::bench
