#include "base/errors.h"
#include "base/random.h"
#include "bench/area.h"
#include "bench/program.h"
#include "bench/rates.h"
#include "bench/temporary_folder.h"
#include "config/settings.h"
#include "node/engines.h"

namespace icn::bench {
namespace {

constexpr std::uint64_t kKeys = 200'000;  // values of 200 bytes under keys of 16
const storage::TableSchema kTable{1, "bench", {}};

Bytes key_of_number(std::uint64_t number) {
  Bytes key;
  key.reserve(16);
  append_u64(key, number * 0x9E3779B97F4A7C15U);
  append_u64(key, number);
  return key;
}

// db_bench with the options our engine has by default.
Result<double> run_db_bench(const std::string& benchmarks, const std::filesystem::path& folder,
                            const std::string& more) {
  const ProgramResult result =
      run_program("db_bench --benchmarks=" + benchmarks + " --db=" + shell_word(folder.string()) +
                  " --key_size=16 --value_size=200 --num=" + std::to_string(kKeys) +
                  " --compression_type=lz4 --write_buffer_size=67108864 --max_write_buffer_number=3"
                  " --target_file_size_base=67108864 --cache_size=134217728 --bloom_bits=10 --open_files=1000"
                  " --max_background_jobs=2 --bytes_per_sync=1048576 --allow_concurrent_memtable_write=false"
                  " --memtable_bloom_size_ratio=0.02 --memtable_whole_key_filtering=true --seed=1 " +
                  more);
  if (result.exit_code == 127) {
    return Error(errors::kUnavailable, "db_bench is not installed (`make bench` installs it)");
  }
  const std::string last = benchmarks.substr(benchmarks.rfind(',') + 1);
  const std::size_t line = result.text.rfind(last + " ");
  const auto rate =
      line == std::string::npos ? std::nullopt : number_before(result.text.substr(line), "ops/sec");
  if (!rate) return Error(errors::kUnavailable, "db_bench printed no figure: " + result.text.substr(0, 300));
  return *rate;
}

struct OurStore {
  std::unique_ptr<storage::Engine> engine;
  std::unique_ptr<storage::Store> store;
  Bytes value = SeededRandom(1).bytes(200);

  static Result<OurStore> open(const std::filesystem::path& folder) {
    OurStore out;
    out.engine =
        node::make_engine(config::Settings(), folder, node::WritePattern::kSingleRows, make_silent_log());
    ICN_TRY_ASSIGN(opened, out.engine->open({kTable}));
    out.store = std::move(opened);
    return out;
  }
  Result<void> put(std::uint64_t number, storage::Durability durability) const {
    std::vector<storage::Row> rows;
    rows.push_back({&kTable, key_of_number(number), value, {}, {}});
    return store->write(rows, durability);
  }
  Result<void> get(std::uint64_t number) const {
    ICN_TRY_ASSIGN(found, store->get(kTable, key_of_number(number)));
    return found ? Result<void>() : Error(errors::kInternal, "a key is missing");
  }
};

}  // namespace

Result<void> run_storage(const Bench& bench) {
  ICN_TRY_ASSIGN(folder, TemporaryFolder::make());
  const std::filesystem::path peer_folder = folder.path() / "peer";
  using enum storage::Durability;
  const std::string duration = " --duration=" + std::to_string(bench.seconds);
  const auto write_ours = [&](std::size_t threads, storage::Durability durability) {
    return [&bench, &folder, threads, durability]() -> Result<double> {
      ICN_TRY_ASSIGN(ours, OurStore::open(folder.path() / ("ours-" + std::to_string(threads) +
                                                           (durability == kSynced ? "-synced" : ""))));
      return rate_of(threads, bench.seconds,
                     [&](SeededRandom& random) { return ours.put(random.below(kKeys), durability); });
    };
  };
  ICN_TRY_ASSIGN(write,
                 against(
                     TargetId::kStoreWrite, [&] { return run_db_bench("fillrandom", peer_folder, duration); },
                     write_ours(1, kBuffered)));
  bench.add(write);
  // Both read what was written once in random order and lies in the memory table.
  ICN_TRY_ASSIGN(ours, OurStore::open(folder.path() / "ours-read"));
  for (std::uint64_t i = 0; i < kKeys; ++i) ICN_TRY(ours.put(i * 7919 % kKeys, kBuffered));
  ICN_TRY_ASSIGN(read, against(
                           TargetId::kStoreRead,
                           [&] {
                             return run_db_bench("filluniquerandom,readrandom", peer_folder,
                                                 " --reads=" + std::to_string(kKeys * 3));
                           },
                           [&] {
                             return rate_of(1, bench.seconds, [&](SeededRandom& random) {
                               return ours.get(random.below(kKeys));
                             });
                           }));
  bench.add(read);
  for (const auto& [id, threads] :
       {std::pair(TargetId::kStoreSynced, 1U), std::pair(TargetId::kStoreSynced32, 32U)}) {
    const std::string synced = duration + " --sync=1 --threads=" + std::to_string(threads);
    ICN_TRY_ASSIGN(row, against(
                            id, [&] { return run_db_bench("fillrandom", peer_folder, synced); },
                            write_ours(threads, kSynced)));
    bench.add(row);
  }
  return {};
}

}  // namespace icn::bench
