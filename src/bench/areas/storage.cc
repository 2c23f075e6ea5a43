#include <fcntl.h>
#include <unistd.h>

#include <array>

#include "base/errors.h"
#include "bench/area.h"
#include "bench/program.h"
#include "bench/store_load.h"
#include "bench/temporary_folder.h"
#include "icn_sled.h"

namespace icn::bench {
namespace {

using enum storage::Durability;

// Who measures the peer and us for a target, and whether the guide has a figure for it, too.
struct Work {
  TargetId peer;
  std::optional<TargetId> guide;
};

void add(const Bench& bench, const Row& row, const std::optional<TargetId>& guide) {
  if (!guide) return bench.add(row);
  for (const Row& each : with_guide(row, *guide)) bench.add(each);
}

config::Settings settings_of(config::StorageBackend backend) {
  config::Settings settings;
  settings.storage_backend = backend;
  return settings;
}

// ---- memory: no peer; nothing is kept

Result<void> run_memory(const Bench& bench, const std::filesystem::path& folder) {
  const auto measure = [&](const ValueSize& size, TargetId write_id, TargetId read_id) -> Result<void> {
    ICN_TRY_ASSIGN(ours, OurStore::open(settings_of(config::StorageBackend::kMemory), folder / "memory"));
    const Subject subject = ours.subject(kBuffered);
    ICN_TRY(fill(subject, size));
    ICN_TRY_ASSIGN(written, writing(subject, size, 1, bench.seconds)());
    bench.add(fixed_row(write_id, written, load_average()));
    ICN_TRY_ASSIGN(read, reading(subject, size, 2, bench.seconds)());
    bench.add(fixed_row(read_id, read, load_average()));
    return {};
  };
  ICN_TRY(measure(kSmallValues, TargetId::kMemoryWrite, TargetId::kMemoryRead));
  return measure(kLargeValues, TargetId::kMemoryWriteLarge, TargetId::kMemoryReadLarge);
}

// ---- RocksDB against db_bench with the options our engine has by default

struct DbBench {
  std::filesystem::path folder;

  std::function<Result<double>()> running(const std::string& benchmarks, const ValueSize& size,
                                          const std::string& more) const {
    return [this, benchmarks, size, more] { return run(benchmarks, size, more); };
  }

  Result<double> run(const std::string& benchmarks, const ValueSize& size, const std::string& more) const {
    const ProgramResult result = run_program(
        "db_bench --benchmarks=" + benchmarks + " --db=" + shell_word(folder.string()) +
        " --key_size=16 --value_size=" + std::to_string(size.value_bytes) +
        " --num=" + std::to_string(size.keys) +
        " --compression_type=lz4 --compression_ratio=1 --write_buffer_size=67108864 "
        "--max_write_buffer_number=3"
        " --target_file_size_base=67108864 --cache_size=" +
        std::to_string(config::block_cache_bytes({})) +
        " --bloom_bits=10 --open_files=1000"
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
    if (!rate)
      return Error(errors::kUnavailable, "db_bench printed no figure: " + result.text.substr(0, 300));
    return *rate;
  }
};

Result<void> run_rocksdb(const Bench& bench, const std::filesystem::path& folder) {
  const config::Settings settings = settings_of(config::StorageBackend::kRocksdb);
  const DbBench peer{folder / "db_bench"};
  const std::string duration = " --duration=" + std::to_string(bench.seconds);
  // A new store each time, as db_bench makes one.
  const auto write = [&](const Work& work, const ValueSize& size, std::size_t threads,
                         storage::Durability durability) -> Result<void> {
    const std::string more = duration + (durability == kSynced ? " --sync=1" : "") +
                             (threads > 1 ? " --threads=" + std::to_string(threads) : "");
    const auto ours = [&]() -> Result<double> {
      const std::filesystem::path at = folder / ("ours-" + std::to_string(static_cast<int>(work.peer)));
      std::error_code ignored;
      std::filesystem::remove_all(at, ignored);
      ICN_TRY_ASSIGN(store, OurStore::open(settings, at));
      return writing(store.subject(durability), size, threads, bench.seconds)();
    };
    ICN_TRY_ASSIGN(row, against(work.peer, peer.running("fillrandom", size, more), ours));
    add(bench, row, work.guide);
    return {};
  };
  // Both read what was written once in random order.
  const auto read = [&](const Work& work, const ValueSize& size) -> Result<void> {
    ICN_TRY_ASSIGN(ours, OurStore::open(settings, folder / ("read-" + std::to_string(size.value_bytes))));
    const Subject subject = ours.subject(kBuffered);
    ICN_TRY(fill(subject, size));
    const std::string reads = " --reads=" + std::to_string(size.keys * 3);
    ICN_TRY_ASSIGN(row, against(work.peer, peer.running("filluniquerandom,readrandom", size, reads),
                                reading(subject, size, 1, bench.seconds)));
    add(bench, row, work.guide);
    return {};
  };
  ICN_TRY(write({TargetId::kStoreWrite, TargetId::kStoreWriteGuide}, kSmallValues, 1, kBuffered));
  ICN_TRY(read({TargetId::kStoreRead, TargetId::kStoreReadGuide}, kSmallValues));
  ICN_TRY(write({TargetId::kStoreWriteLarge, {}}, kLargeValues, 1, kBuffered));
  ICN_TRY(read({TargetId::kStoreReadLarge, {}}, kLargeValues));
  ICN_TRY(write({TargetId::kStoreSynced, {}}, kSmallValues, 1, kSynced));
  return write({TargetId::kStoreSynced32, {}}, kSmallValues, 32, kSynced);
}

// ---- sled against a loop over its own tree

class BareSled {
 public:
  static Result<std::unique_ptr<BareSled>> open(const std::filesystem::path& folder,
                                                const config::Settings& settings) {
    const std::string path = folder.string();
    const icn_sled_options options{path.c_str(), settings.storage_sled_cache_capacity,
                                   settings.storage_sled_flush_every_ms,
                                   static_cast<int>(settings.storage_sled_compression_factor)};
    auto out = std::unique_ptr<BareSled>(new BareSled);
    icn_sled_status status = ICN_SLED_OK;
    out->tree_ = icn_sled_open(&options, &status, out->message_.data());
    if (out->tree_ == nullptr) return Error(errors::kInternal, out->message_.data());
    out->log_ = ::open((folder / "db").c_str(), O_RDONLY | O_CLOEXEC);
    return out;
  }
  BareSled(const BareSled&) = delete;
  BareSled& operator=(const BareSled&) = delete;
  ~BareSled() {
    if (log_ >= 0) ::close(log_);
    if (tree_ != nullptr) icn_sled_close(tree_);
  }

  // Synced: sled's flush, and the sync of its log that it leaves out.
  Subject subject(storage::Durability durability) {
    return {
        [this, durability](const std::vector<Bytes>& values) -> Subject::Put {
          return [this, durability, &values, key = Bytes()](std::uint64_t number, std::size_t value) mutable {
            set_key_of_number(key, number);
            const icn_sled_change change{key.data(), key.size(), values[value].data(), values[value].size(),
                                         false};
            bool is_done = icn_sled_apply(tree_, &change, 1, message_.data()) == ICN_SLED_OK;
            if (is_done && durability == kSynced)
              is_done = icn_sled_flush(tree_, message_.data()) == ICN_SLED_OK && ::fdatasync(log_) == 0;
            return is_done ? Result<void>() : Error(errors::kInternal, message_.data());
          };
        },
        [this]() -> Subject::Get {
          return [this, read = Bytes(), key = Bytes()](std::uint64_t number) mutable {
            set_key_of_number(key, number);
            read.clear();
            const auto take = [](void* out, const std::uint8_t*, std::size_t, const std::uint8_t* value,
                                 std::size_t size) { static_cast<Bytes*>(out)->assign(value, value + size); };
            icn_sled_get(tree_, key.data(), key.size(), take, &read, message_.data());
            return read.empty() ? Result<void>(Error(errors::kInternal, "a key is missing")) : Result<void>();
          };
        }};
  }

 private:
  BareSled() = default;

  icn_sled* tree_ = nullptr;
  int log_ = -1;
  std::array<char, ICN_SLED_MESSAGE_SIZE> message_{};
};

Result<void> run_sled(const Bench& bench, const std::filesystem::path& folder) {
  const config::Settings settings = settings_of(config::StorageBackend::kSled);
  const auto measure = [&](const std::string& name, const ValueSize& size, const Work& write,
                           const Work& read) -> Result<void> {
    ICN_TRY_ASSIGN(ours, OurStore::open(settings, folder / (name + "-ours")));
    ICN_TRY_ASSIGN(bare, BareSled::open(folder / (name + "-bare"), settings));
    const Subject our_subject = ours.subject(kBuffered);
    const Subject bare_subject = bare->subject(kBuffered);
    ICN_TRY(fill(our_subject, size));
    ICN_TRY(fill(bare_subject, size));
    ICN_TRY_ASSIGN(written, against(write.peer, writing(bare_subject, size, 1, bench.seconds),
                                    writing(our_subject, size, 1, bench.seconds)));
    add(bench, written, write.guide);
    ICN_TRY_ASSIGN(found, against(read.peer, reading(bare_subject, size, 1, bench.seconds),
                                  reading(our_subject, size, 1, bench.seconds)));
    add(bench, found, read.guide);
    return {};
  };
  ICN_TRY(measure("small", kSmallValues, {TargetId::kSledWrite, TargetId::kSledWriteGuide},
                  {TargetId::kSledRead, TargetId::kSledReadGuide}));
  ICN_TRY(measure("large", kLargeValues, {TargetId::kSledWriteLarge, {}}, {TargetId::kSledReadLarge, {}}));
  ICN_TRY_ASSIGN(ours, OurStore::open(settings, folder / "synced-ours"));
  ICN_TRY_ASSIGN(bare, BareSled::open(folder / "synced-bare", settings));
  ICN_TRY_ASSIGN(
      row, against(TargetId::kSledSynced, writing(bare->subject(kSynced), kSmallValues, 1, bench.seconds),
                   writing(ours.subject(kSynced), kSmallValues, 1, bench.seconds)));
  bench.add(row);
  return {};
}

}  // namespace

Result<void> run_storage(const Bench& bench) {
  ICN_TRY_ASSIGN(folder, TemporaryFolder::make());
  for (const auto& [name, run] :
       {std::pair("memory", &run_memory), std::pair("rocksdb", &run_rocksdb), std::pair("sled", &run_sled)}) {
    const std::filesystem::path own = folder.path() / name;
    std::filesystem::create_directories(own);
    ICN_TRY(run(bench, own));
    std::error_code ignored;
    std::filesystem::remove_all(own, ignored);
  }
  return {};
}

}  // namespace icn::bench
