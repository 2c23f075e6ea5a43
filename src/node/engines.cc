#include "node/engines.h"

#include "codec/fields.h"
#include "economics/tables.h"
#include "storage/memory/memory_engine.h"
#include "storage/rocksdb/rocksdb_engine.h"
#include "storage/sled/sled_engine.h"

namespace icn::node {
namespace {

storage::RocksdbOptions rocksdb_options(const config::Settings& settings) {
  storage::RocksdbOptions options;
  options.max_open_files = static_cast<int>(settings.storage_rocksdb_max_open_files);
  options.write_buffer_size_bytes = settings.storage_rocksdb_write_buffer_size;
  options.max_write_buffer_number = static_cast<int>(settings.storage_rocksdb_max_write_buffer_number);
  options.target_file_size_base_bytes = settings.storage_rocksdb_target_file_size_base;
  options.compression = codec::enum_name(settings.storage_rocksdb_compression);
  if (settings.storage_rocksdb_bottommost_compression != config::BottommostCompression::kSame) {
    options.bottommost_compression = codec::enum_name(settings.storage_rocksdb_bottommost_compression);
  }
  options.max_background_jobs = static_cast<int>(settings.storage_rocksdb_max_background_jobs);
  options.level0_compaction_trigger =
      static_cast<int>(settings.storage_rocksdb_level0_file_num_compaction_trigger);
  options.level0_slowdown_trigger = static_cast<int>(settings.storage_rocksdb_level0_slowdown_writes_trigger);
  options.level0_stop_trigger = static_cast<int>(settings.storage_rocksdb_level0_stop_writes_trigger);
  options.block_cache_size_bytes = settings.storage_rocksdb_block_cache_size;
  options.bloom_bits_per_key = static_cast<double>(settings.storage_rocksdb_bloom_bits_per_key);
  return options;
}

storage::SledOptions sled_options(const config::Settings& settings) {
  storage::SledOptions options;
  options.cache_capacity_bytes = settings.storage_sled_cache_capacity;
  options.flush_every_ms = settings.storage_sled_flush_every_ms;
  options.compression_factor = static_cast<int>(settings.storage_sled_compression_factor);
  return options;
}

}  // namespace

std::unique_ptr<storage::Engine> make_engine(const config::Settings& settings,
                                             const std::filesystem::path& folder, WritePattern pattern,
                                             std::shared_ptr<Log> log) {
  if (settings.storage_backend == config::StorageBackend::kMemory)
    return std::make_unique<storage::MemoryEngine>();
  if (settings.storage_backend == config::StorageBackend::kSled)
    return std::make_unique<storage::SledEngine>(folder, sled_options(settings), std::move(log));
  storage::RocksdbOptions options = rocksdb_options(settings);
  options.sorted_batches = pattern == WritePattern::kBlocks;
  if (pattern == WritePattern::kBlocks) options.rewritten_tables = {economics::kAccounts.schema().id};
  return std::make_unique<storage::RocksdbEngine>(folder, std::move(options), std::move(log));
}

}  // namespace icn::node
