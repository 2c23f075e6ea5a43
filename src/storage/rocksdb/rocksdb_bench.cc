#include <benchmark/benchmark.h>
#include <rocksdb/db.h>

#include "base/random.h"
#include "storage/rocksdb/rocksdb_options.h"
#include "storage/storage_testing.h"

// Our RocksDB engine (X_store) beside plain RocksDB with the same options, keys and values (X_plain).
// Target: X_store reaches 85 % of X_plain, and of db_bench where that is installed (package rocksdb-tools):
//   db_bench --benchmarks=fillrandom,readrandom --value_size=200 --num=1000000 --compression_type=lz4
//   db_bench --benchmarks=fillrandom --sync=1 --value_size=200 --threads=32
// Values of 200 bytes, keys of 16 bytes, 200,000 different ones.
namespace icn::storage {
namespace {

using testing::kPlainTable;
using testing::TestFolder;

constexpr std::uint64_t kKeys = 200'000;

Bytes key_of_number(std::uint64_t number) {
  Bytes key;
  append_u64(key, number * 0x9E3779B97F4A7C15U);
  append_u64(key, number);
  return key;
}

Row row_of(std::uint64_t number, const Bytes& value) {
  return {&kPlainTable, key_of_number(number), value, {}, {}};
}

// One open store or plain database, shared by the threads of a bench.
struct Bed {
  TestFolder folder;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<Store> store;
  std::unique_ptr<rocksdb::DB> plain;
  Bytes value = SeededRandom(1).bytes(200);

  explicit Bed(bool is_plain) {
    if (is_plain) {
      auto options = rocksdb_options(RocksdbOptions(), make_silent_log());
      options->create_if_missing = true;
      rocksdb::DB* db = nullptr;
      ICN_ASSERT(rocksdb::DB::Open(*options, folder.path().string(), &db).ok());
      plain.reset(db);
    } else {
      engine = std::make_unique<RocksdbEngine>(folder.path(), RocksdbOptions(), make_silent_log());
      auto opened = engine->open({kPlainTable});
      ICN_ASSERT(opened.ok());
      store = std::move(*opened);
    }
  }

  void put(std::uint64_t number, bool synced) {
    if (plain) {
      rocksdb::WriteOptions options;
      options.sync = synced;
      ICN_ASSERT(plain->Put(options, prefixed(number), slice(value)).ok());
      return;
    }
    std::vector<Row> rows;
    rows.push_back(row_of(number, value));
    ICN_ASSERT(store->write(rows, synced ? Durability::kSynced : Durability::kBuffered).ok());
  }

  void get(std::uint64_t number) {
    if (plain) {
      std::string out;
      ICN_ASSERT(plain->Get(rocksdb::ReadOptions(), prefixed(number), &out).ok());
      benchmark::DoNotOptimize(out);
      return;
    }
    auto found = store->get(kPlainTable, key_of_number(number));
    ICN_ASSERT(found.ok() && found->has_value());
    benchmark::DoNotOptimize(found);
  }

  static rocksdb::Slice slice(const Bytes& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  static std::string prefixed(std::uint64_t number) {
    return std::string("\x00\x01\x00", 3) + to_text(key_of_number(number));
  }
};

std::unique_ptr<Bed> shared_bed;

void set_up(const benchmark::State& state, bool is_plain) {
  if (state.thread_index() == 0) shared_bed = std::make_unique<Bed>(is_plain);
}
void tear_down(const benchmark::State& state) {
  if (state.thread_index() == 0) shared_bed.reset();
}

void random_write(benchmark::State& state, bool is_plain, bool synced) {
  set_up(state, is_plain);
  SeededRandom random(static_cast<std::uint64_t>(state.thread_index()) + 2);
  for (auto _ : state) shared_bed->put(random.below(kKeys), synced);
  state.SetItemsProcessed(state.iterations());
  tear_down(state);
}

void random_read(benchmark::State& state, bool is_plain) {
  set_up(state, is_plain);
  for (std::uint64_t i = 0; i < kKeys; ++i) shared_bed->put(i, false);
  SeededRandom random(3);
  for (auto _ : state) shared_bed->get(random.below(kKeys));
  state.SetItemsProcessed(state.iterations());
  tear_down(state);
}

// What the ledger does: 300 transactions of 8 rows in a batch, synced once.
void ledger_batch(benchmark::State& state) {
  Bed bed(false);
  const Bytes value = SeededRandom(1).bytes(120);
  SeededRandom random(4);
  std::uint64_t next = 0;
  std::vector<TableSchema> tables;
  for (std::uint16_t id = 1; id <= 8; ++id) tables.push_back({id, "t" + std::to_string(id), {}});
  for (auto _ : state) {
    std::vector<Row> rows;
    for (int transaction = 0; transaction < 300; ++transaction) {
      for (std::size_t table = 0; table < 8; ++table) {
        Bytes key;
        append_u64(key, table < 4 ? random.below(kKeys) : ++next);
        rows.push_back({&tables[table], std::move(key), value, {}, {}});
      }
    }
    ICN_ASSERT(bed.store->write(rows, Durability::kSynced).ok());
  }
  state.SetItemsProcessed(state.iterations() * 300);
}

BENCHMARK_CAPTURE(random_write, plain, true, false)->UseRealTime();
BENCHMARK_CAPTURE(random_write, store, false, false)->UseRealTime();
BENCHMARK_CAPTURE(random_read, plain, true)->UseRealTime();
BENCHMARK_CAPTURE(random_read, store, false)->UseRealTime();
BENCHMARK_CAPTURE(random_write, plain_synced, true, true)->UseRealTime()->Threads(1)->Threads(32);
BENCHMARK_CAPTURE(random_write, store_synced, false, true)->UseRealTime()->Threads(1)->Threads(32);
BENCHMARK(ledger_batch)->UseRealTime();

}  // namespace
}  // namespace icn::storage
