#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace icn::config {

enum class Profile { kProduction, kDevelopment };
constexpr auto enum_names(Profile) {
  return std::array{std::pair{Profile::kProduction, "production"},
                    std::pair{Profile::kDevelopment, "development"}};
}

enum class TlsVersion { k13 };
constexpr auto enum_names(TlsVersion) { return std::array{std::pair{TlsVersion::k13, "1.3"}}; }

enum class StorageBackend { kMemory, kRocksdb, kSled, kSqlite, kPostgresql };
constexpr auto enum_names(StorageBackend) {
  return std::array{std::pair{StorageBackend::kMemory, "memory"},
                    std::pair{StorageBackend::kRocksdb, "rocksdb"}, std::pair{StorageBackend::kSled, "sled"},
                    std::pair{StorageBackend::kSqlite, "sqlite"},
                    std::pair{StorageBackend::kPostgresql, "postgresql"}};
}

// Of the node's own store; kSame: as the ledger's.
enum class NodeBackend { kSame, kRocksdb, kSled, kSqlite, kPostgresql };
constexpr auto enum_names(NodeBackend) {
  using enum NodeBackend;
  return std::array{std::pair{kSame, "same"}, std::pair{kRocksdb, "rocksdb"}, std::pair{kSled, "sled"},
                    std::pair{kSqlite, "sqlite"}, std::pair{kPostgresql, "postgresql"}};
}

enum class Compression { kNone, kSnappy, kLz4, kZstd };
constexpr auto enum_names(Compression) {
  return std::array{std::pair{Compression::kNone, "none"}, std::pair{Compression::kSnappy, "snappy"},
                    std::pair{Compression::kLz4, "lz4"}, std::pair{Compression::kZstd, "zstd"}};
}

enum class BottommostCompression { kSame, kNone, kSnappy, kLz4, kZstd };
constexpr auto enum_names(BottommostCompression) {
  using enum BottommostCompression;
  return std::array{std::pair{kSame, "same"}, std::pair{kNone, "none"}, std::pair{kSnappy, "snappy"},
                    std::pair{kLz4, "lz4"}, std::pair{kZstd, "zstd"}};
}

enum class ConsensusEngine { kSingle, kCometbft, kFollow };
constexpr auto enum_names(ConsensusEngine) {
  return std::array{std::pair{ConsensusEngine::kSingle, "single"},
                    std::pair{ConsensusEngine::kCometbft, "cometbft"},
                    std::pair{ConsensusEngine::kFollow, "follow"}};
}

enum class NodeRole { kNode, kGateway };
constexpr auto enum_names(NodeRole) {
  return std::array{std::pair{NodeRole::kNode, "node"}, std::pair{NodeRole::kGateway, "gateway"}};
}

enum class LogLevel { kTrace, kDebug, kInfo, kWarn, kError };
constexpr auto enum_names(LogLevel) {
  using enum LogLevel;
  return std::array{std::pair{kTrace, "trace"}, std::pair{kDebug, "debug"}, std::pair{kInfo, "info"},
                    std::pair{kWarn, "warn"}, std::pair{kError, "error"}};
}

enum class LogFormat { kText, kJson };
constexpr auto enum_names(LogFormat) {
  return std::array{std::pair{LogFormat::kText, "text"}, std::pair{LogFormat::kJson, "json"}};
}

using Flag = bool;
using Count = std::uint64_t;
using Integer = std::int64_t;
using Text = std::string;
using List = std::vector<std::string>;

// One member for each row of settings.def: "storage.rocksdb.max_open_files" is
// storage_rocksdb_max_open_files. Units, bounds and meaning stand there.
struct Settings {
#define SETTING(type, member, key, value, low, high, unit, agreement, secret, text) type member = value;
#include "config/settings.def"
#undef SETTING

  bool operator==(const Settings&) const = default;
};

// Where settings come from. Each place overrides the ones above it.
struct Sources {
  std::string file_name;                 // for messages
  std::optional<std::string> file_text;  // TOML 1.0, at most 1 MiB
  // Name and value. Those named ICN_* are settings, ICN_STORAGE_BACKEND is storage.backend;
  // except `other_variables` and the one that key.passphrase_variable names.
  std::vector<std::pair<std::string, std::string>> environment;
  std::vector<std::string> other_variables;
  // "--storage.backend=rocksdb", or the value as the next one; "--mesh.executor" alone is true.
  std::vector<std::string> flags;
};

// Settings from their defaults and `sources`, checked one by one and against each other.
//   bad_settings_file   no TOML, or too large
//   bad_settings        one line for each unknown key and bad value: where (file and line, variable or
//                       flag), key, value, what is allowed
Result<Settings> load_settings(const Sources& sources);

// bad_settings_file when it cannot be read.
Result<std::string> read_settings_file(const std::string& path);

// The variables of this process.
std::vector<std::pair<std::string, std::string>> environment_variables();

// `settings` as TOML that load_settings() reads back; secrets are left out, with a comment in their place.
std::string effective_toml(const Settings& settings);

// docs/reference/settings.md.
std::string reference_page();

// The engine of the node's own store; `backend`: not kMemory unless the ledger's is.
StorageBackend node_backend(const Settings& settings);
void set_node_backend(Settings& settings, StorageBackend backend);

// Paths that follow from data_path when they are not set.
std::string storage_folder(const Settings& settings);
std::string wasm_cache_folder(const Settings& settings);
std::string key_store_file(const Settings& settings);
std::string engine_folder(const Settings& settings);  // of CometBFT
std::string snapshot_folder(const Settings& settings);

// What its executor has that jobs may ask for: CclWasm and mesh.capabilities, each once; nothing on a node
// that runs no jobs.
std::vector<std::string> executor_capabilities(const Settings& settings);

// storage.rocksdb.block_cache_size, or what it is when it is 0: an eighth of max_memory, else of what this
// process may use. Of each of the two stores.
std::uint64_t block_cache_bytes(const Settings& settings);

// What max_memory leaves to jobs, in MiB, once the node itself, its caches and its write buffers have theirs;
// below 1 of what is too little. Without max_memory: none, there is no limit.
std::optional<std::int64_t> job_memory_mb(const Settings& settings);

// Address and port of http_listen_addr, which load_settings() has checked: "127.0.0.1:7845", "[::1]:7845".
struct ListenAddress {
  std::string host;  // without brackets
  std::uint16_t port = 0;
  bool loopback = false;
};
std::optional<ListenAddress> parse_listen_address(std::string_view text);

}  // namespace icn::config
