#include "base/machine.h"
#include "bench/area.h"
#include "bench/postgres.h"
#include "bench/store_load.h"
#include "bench/temporary_folder.h"

namespace icn::bench {
namespace {

using storage::Durability;

constexpr std::uint64_t kFew = 100'000;
constexpr std::uint64_t kMany = 10'000'000;

// In batches, in no order of the keys.
Result<void> fill_to(storage::Store& store, std::uint64_t records) {
  constexpr std::uint64_t kBatch = 5'000;
  SeededRandom random(1);
  for (std::uint64_t first = 0; first < records; first += kBatch) {
    std::vector<storage::Row> rows;
    rows.reserve(kBatch);
    for (std::uint64_t number = first; number < std::min(first + kBatch, records); ++number)
      rows.push_back(
          {&OurStore::table(), key_of_number(number), random.bytes(kSmallValues.value_bytes), {}, {}});
    ICN_TRY(store.write(rows, Durability::kBuffered));
  }
  return store.flush();
}

// A store that is in use has read its rows before.
Result<void> read_once(const storage::Store& store) {
  ICN_TRY_ASSIGN(rows, store.scan(OurStore::table(), {}));
  while (true) {
    ICN_TRY_ASSIGN(has_one, rows->next());
    if (!has_one) return {};
    ICN_TRY(rows->record());
  }
}

// As much as is usual for a server of its own.
std::string postgres_memory() {
  constexpr std::uint64_t kShare = 4;
  return "-c shared_buffers=" + std::to_string(usable_memory_bytes() / kShare / (1 << 20)) + "MB";
}

struct Rates {
  double write;
  double read;
};

Result<Rates> measure(const Bench& bench, const config::Settings& settings,
                      const std::filesystem::path& folder, std::uint64_t records, std::size_t readers) {
  ICN_TRY_ASSIGN(ours, OurStore::open(settings, folder));
  ICN_TRY(fill_to(ours.store(), records));
  const ValueSize size{kSmallValues.value_bytes, records};
  const Subject subject = ours.subject(Durability::kBuffered);
  ICN_TRY(read_once(ours.store()));
  ICN_TRY_ASSIGN(read, reading(subject, size, readers, bench.seconds)());
  ICN_TRY_ASSIGN(write, writing(subject, size, 1, bench.seconds)());
  return Rates{write, read};
}

Result<void> compare(const Bench& bench, const config::Settings& settings,
                     const std::filesystem::path& folder, std::size_t readers, TargetId write_id,
                     TargetId read_id) {
  ICN_TRY_ASSIGN(few, measure(bench, settings, folder / "few", kFew, readers));
  ICN_TRY_ASSIGN(many, measure(bench, settings, folder / "many", kMany, readers));
  bench.add(peer_row(write_id, many.write, few.write, load_average()));
  bench.add(peer_row(read_id, many.read, few.read, load_average()));
  return {};
}

}  // namespace

Result<void> run_growth(const Bench& bench) {
  constexpr std::size_t kClients = 16;
  ICN_TRY_ASSIGN(folder, TemporaryFolder::make());
  config::Settings settings;
  ICN_TRY(compare(bench, settings, folder.path() / "rocksdb", 1, TargetId::kGrowthRocksdbWrite,
                  TargetId::kGrowthRocksdbRead));
  ICN_TRY_ASSIGN(cluster, PostgresCluster::start(postgres_memory()));
  settings.storage_backend = config::StorageBackend::kPostgresql;
  settings.storage_postgresql_url = cluster->connection();
  return compare(bench, settings, folder.path() / "postgresql", kClients, TargetId::kGrowthPostgresqlWrite,
                 TargetId::kGrowthPostgresqlRead);
}

}  // namespace icn::bench
