#include "storage/rocksdb/rocksdb_options.h"

#include <rocksdb/cache.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "storage/errors.h"
#include "storage/layout.h"
#include "storage/rocksdb/rocksdb_reader.h"

namespace icn::storage {

namespace {

constexpr double kMemoryTableFilterShare = 0.02;

// Passes warnings and worse on. Also keeps RocksDB from writing log files of its own: a refused open touches
// nothing.
class ForwardingLogger final : public rocksdb::Logger {
 public:
  explicit ForwardingLogger(std::shared_ptr<Log> log) : Logger(rocksdb::WARN_LEVEL), log_(std::move(log)) {}
  void Logv(const char* format, va_list arguments) override { Logv(rocksdb::INFO_LEVEL, format, arguments); }
  void Logv(rocksdb::InfoLogLevel level, const char* format, va_list arguments) override {
    if (level < rocksdb::WARN_LEVEL || level == rocksdb::HEADER_LEVEL) return;
    std::array<char, 1024> line{};
    std::vsnprintf(line.data(), line.size(), format, arguments);
    std::string_view text(line.data());
    while (text.ends_with('\n') || text.ends_with(' ')) text.remove_suffix(1);
    log_->warn("rocksdb: {}", text);
  }

 private:
  std::shared_ptr<Log> log_;
};

// Rows with one prefix are inserted from where the last one of them went. For a key of several parts that is
// the list and the first part, ended by 0x00 0x01 (keys.h): the next entry of an account's history follows
// the one before. A row of a rewritten table goes where its last version went. Other keys share the whole
// list, which a sorted batch passes in order.
class NeighbourPrefix final : public rocksdb::SliceTransform {
 public:
  explicit NeighbourPrefix(std::vector<std::uint16_t> rewritten_tables)
      : rewritten_tables_(std::move(rewritten_tables)) {}
  const char* Name() const override { return "icn.neighbours"; }
  bool InDomain(const rocksdb::Slice& key) const override { return key.size() >= kListPrefixSize; }
  rocksdb::Slice Transform(const rocksdb::Slice& key) const override {
    if (is_rewritten(from_slice(key))) return key;
    constexpr std::string_view kPartEnd("\0\1", 2);
    const std::size_t end = std::string_view(key.data(), key.size()).find(kPartEnd, kListPrefixSize);
    const bool has_more_parts = end != std::string_view::npos && end + kPartEnd.size() < key.size();
    return {key.data(), has_more_parts ? end + kPartEnd.size() : kListPrefixSize};
  }

 private:
  bool is_rewritten(ByteView entry_key) const {
    const auto list = list_of(entry_key);
    return list.number == 0 && std::ranges::find(rewritten_tables_, list.table) != rewritten_tables_.end();
  }

  std::vector<std::uint16_t> rewritten_tables_;
};

Result<rocksdb::CompressionType> compression(const std::string& name) {
  if (name == "none") return rocksdb::kNoCompression;
  if (name == "snappy") return rocksdb::kSnappyCompression;
  if (name == "lz4") return rocksdb::kLZ4Compression;
  if (name == "zstd") return rocksdb::kZSTD;
  return Error(kInputOutput, "compression \"" + name + "\" is unknown; use none, snappy, lz4 or zstd");
}

std::shared_ptr<rocksdb::TableFactory> table_format(const RocksdbOptions& options) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(options.block_cache_size_bytes);
  table.format_version = 5;
  if (options.bloom_bits_per_key > 0) {
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(options.bloom_bits_per_key));
  }
  return std::shared_ptr<rocksdb::TableFactory>(rocksdb::NewBlockBasedTableFactory(table));
}

}  // namespace

Result<rocksdb::Options> rocksdb_options(const RocksdbOptions& options, std::shared_ptr<Log> log) {
  rocksdb::Options out;
  out.info_log = std::make_shared<ForwardingLogger>(std::move(log));
  if (options.environment != nullptr) out.env = options.environment;
  out.max_open_files = options.max_open_files;
  out.write_buffer_size = options.write_buffer_size_bytes;
  out.max_write_buffer_number = options.max_write_buffer_number;
  out.target_file_size_base = options.target_file_size_base_bytes;
  ICN_TRY_ASSIGN(upper, compression(options.compression));
  out.compression = upper;
  if (!options.bottommost_compression.empty()) {
    ICN_TRY_ASSIGN(bottom, compression(options.bottommost_compression));
    out.bottommost_compression = bottom;
  }
  out.max_background_jobs = options.max_background_jobs;
  out.level0_file_num_compaction_trigger = options.level0_compaction_trigger;
  out.level0_slowdown_writes_trigger = options.level0_slowdown_trigger;
  out.level0_stop_writes_trigger = options.level0_stop_trigger;
  out.bytes_per_sync = options.bytes_per_sync;
  out.table_factory = table_format(options);

  if (options.sorted_batches)
    out.memtable_insert_with_hint_prefix_extractor =
        std::make_shared<NeighbourPrefix>(options.rewritten_tables);
  // The ledger asks for each transaction whether it is known, and nearly always it is not.
  if (options.bloom_bits_per_key > 0) {
    out.memtable_whole_key_filtering = true;
    out.memtable_prefix_bloom_size_ratio = kMemoryTableFilterShare;
  }
  out.allow_concurrent_memtable_write = options.concurrent_memtable_writes;

  // An end cut off by a crash is dropped; damage before it is refused instead of losing what follows
  // silently.
  out.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  out.track_and_verify_wals_in_manifest = true;
  out.paranoid_checks = true;
  // Recovered batches go to new, synced files: after a failed sync the old log may exist in the page cache
  // only.
  out.avoid_flush_during_recovery = false;
  out.stats_dump_period_sec = 0;
  out.stats_persist_period_sec = 0;
  return out;
}

}  // namespace icn::storage
