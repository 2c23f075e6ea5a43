#include "node/engines.h"

#include "base/errors.h"
#include "codec/fields.h"
#include "crypto/hash.h"
#include "dag/tables.h"
#include "economics/tables.h"
#include "node/change_notes.h"
#include "registry/readable_tables.h"
#include "registry/sql_reports.h"
#include "storage/memory/memory_engine.h"
#include "storage/postgresql/postgresql_engine.h"
#include "storage/rocksdb/rocksdb_engine.h"
#include "storage/sled/sled_engine.h"
#include "storage/sqlite/sqlite_engine.h"

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
  options.block_cache_size_bytes = config::block_cache_bytes(settings);
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

storage::SqliteOptions sqlite_options(const config::Settings& settings) {
  storage::SqliteOptions options;
  options.cache_size_bytes = settings.storage_sqlite_cache_size;
  options.reader_cache_size_bytes = settings.storage_sqlite_reader_cache_size;
  options.checkpoint_size_bytes = settings.storage_sqlite_checkpoint_size;
  options.busy_timeout_ms = settings.storage_sqlite_busy_timeout_ms;
  options.readable = registry::readable_tables();
  options.reports = registry::sql_reports();
  return options;
}

// One for each folder: "icn_store", "icn_node". PostgreSQL cuts names after 63 bytes.
std::string schema_of(const config::Settings& settings, const std::filesystem::path& folder) {
  constexpr std::size_t kNameMax = 63;
  constexpr std::size_t kHashDigits = 16;
  const std::string wanted = settings.storage_postgresql_schema + "_" + folder.filename().string();
  std::string name;
  bool is_changed = wanted.size() > kNameMax;
  for (const char each : wanted) {
    const bool is_plain = (each >= 'a' && each <= 'z') || (each >= '0' && each <= '9') || each == '_';
    name += is_plain ? each : '_';
    is_changed = is_changed || !is_plain;
  }
  if (!is_changed) return name;
  const std::string hash = hex_encode(crypto::sha256(as_bytes(wanted))).substr(0, kHashDigits);
  return name.substr(0, kNameMax - kHashDigits - 1) + "_" + hash;
}

storage::PostgresqlOptions postgresql_options(const config::Settings& settings,
                                              const std::filesystem::path& folder) {
  constexpr std::uint64_t kMsPerSec = 1'000;
  storage::PostgresqlOptions options;
  options.url = settings.storage_postgresql_url;
  options.replica_url = settings.storage_postgresql_replica_url;
  options.schema = schema_of(settings, folder);
  options.connections_max = settings.storage_postgresql_max_connections;
  options.connections_min = settings.storage_postgresql_min_connections;
  options.connection_timeout_ms = settings.storage_postgresql_connection_timeout * kMsPerSec;
  options.query_timeout_ms = settings.storage_postgresql_query_timeout * kMsPerSec;
  options.idle_timeout_ms = settings.storage_postgresql_idle_timeout * kMsPerSec;
  options.lifetime_max_ms = settings.storage_postgresql_max_lifetime * kMsPerSec;
  options.is_pooled = settings.storage_postgresql_enable_connection_pooling;
  options.readable = registry::readable_tables();
  options.reports = registry::sql_reports();
  return options;
}

}  // namespace

config::StorageBackend engine_of(const config::Settings& settings, WritePattern pattern) {
  return pattern == WritePattern::kBlocks ? settings.storage_backend : config::node_backend(settings);
}

bool uses_postgresql(const config::Settings& settings) {
  return settings.storage_backend == config::StorageBackend::kPostgresql ||
         config::node_backend(settings) == config::StorageBackend::kPostgresql;
}

std::unique_ptr<storage::Engine> make_engine(const config::Settings& settings,
                                             const std::filesystem::path& folder, WritePattern pattern,
                                             std::shared_ptr<Log> log) {
  const bool is_ledger = pattern == WritePattern::kBlocks;
  switch (engine_of(settings, pattern)) {
    case config::StorageBackend::kMemory:
      return std::make_unique<storage::MemoryEngine>();
    case config::StorageBackend::kSled:
      return std::make_unique<storage::SledEngine>(folder, sled_options(settings), std::move(log));
    case config::StorageBackend::kSqlite:
      return std::make_unique<storage::SqliteEngine>(folder, sqlite_options(settings), std::move(log));
    case config::StorageBackend::kPostgresql: {
      storage::PostgresqlOptions options = postgresql_options(settings, folder);
      if (is_ledger) options.describe = &describe_change;
      if (!is_ledger) options.content_tables = {dag::kBlocks.id};
      return std::make_unique<storage::PostgresqlEngine>(folder, std::move(options), std::move(log));
    }
    case config::StorageBackend::kRocksdb:
      break;
  }
  storage::RocksdbOptions options = rocksdb_options(settings);
  options.sorted_batches = is_ledger;
  if (is_ledger) options.rewritten_tables = {economics::kAccounts.schema().id};
  if (!is_ledger) options.passing_tables = {dag::kBlocks.id};  // block_cache.h keeps them
  return std::make_unique<storage::RocksdbEngine>(folder, std::move(options), std::move(log));
}

std::unique_ptr<storage::Engine> make_follower(const config::Settings& settings,
                                               const std::filesystem::path& folder,
                                               std::shared_ptr<Log> log) {
  return std::make_unique<storage::PostgresqlFollower>(postgresql_options(settings, folder), std::string(),
                                                       std::move(log));
}

std::unique_ptr<storage::PostgresqlFeed> make_feed(const config::Settings& settings,
                                                   const std::filesystem::path& folder,
                                                   storage::PostgresqlFeed::Listener listener,
                                                   std::shared_ptr<Log> log) {
  return std::make_unique<storage::PostgresqlFeed>(postgresql_options(settings, folder), std::move(listener),
                                                   std::move(log), settings.gateway_look_ms);
}

Result<std::string> database_warning(const config::Settings& settings) {
  if (!uses_postgresql(settings)) return std::string();
  ICN_TRY_ASSIGN(has_sums,
                 storage::PostgresqlEngine::has_page_sums(postgresql_options(settings, settings.data_path)));
  if (has_sums) return std::string();
  return std::string(
      "the PostgreSQL server keeps no sums of its pages (data_checksums is off): bytes that its disk changed "
      "would be served; "
      "stop it and run pg_checksums --enable on its data folder (docs/keeping.md)");
}

Result<std::string> database_generation(const config::Settings& settings,
                                        const std::filesystem::path& folder) {
  return storage::PostgresqlEngine::generation(postgresql_options(settings, folder));
}

Result<void> remove_store(const config::Settings& settings, const std::filesystem::path& folder) {
  if (!settings.storage_postgresql_url.empty()) {
    ICN_TRY(storage::PostgresqlEngine::drop(folder, postgresql_options(settings, folder)));
  }
  std::error_code failure;
  std::filesystem::remove_all(folder, failure);
  if (failure) return Error(errors::kInternal, folder.string() + ": " + failure.message());
  return {};
}

}  // namespace icn::node
