#include "config/validate.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "base/machine.h"
#include "codec/fields.h"

namespace icn::config {
namespace {

bool is_loopback(const std::string& host) {
  in_addr four{};
  if (inet_pton(AF_INET, host.c_str(), &four) == 1) return (ntohl(four.s_addr) >> 24) == 127;
  return host == "::1" || host == "localhost";
}

bool is_address(const std::string& host) {
  in_addr four{};
  in6_addr six{};
  return host == "localhost" || inet_pton(AF_INET, host.c_str(), &four) == 1 ||
         inet_pton(AF_INET6, host.c_str(), &six) == 1;
}

std::string in_data_folder(const Settings& settings, const std::string& path, std::string_view name) {
  return path.empty() ? settings.data_path + "/" + std::string(name) : path;
}

constexpr std::int64_t kMebibyte = std::int64_t{1} << 20;
constexpr std::int64_t kOwnMemoryMb = 128;  // of a node without caches and jobs
constexpr std::int64_t kJobMemoryMb = 64;   // of a job that asks for nothing

// What settings let a store keep in memory.
std::int64_t store_memory(const Settings& settings, StorageBackend backend) {
  if (backend == StorageBackend::kRocksdb)
    return static_cast<std::int64_t>(settings.storage_rocksdb_write_buffer_size *
                                         settings.storage_rocksdb_max_write_buffer_number +
                                     block_cache_bytes(settings));
  if (backend == StorageBackend::kSled)
    return static_cast<std::int64_t>(settings.storage_sled_cache_capacity);
  if (backend == StorageBackend::kSqlite)
    return static_cast<std::int64_t>(settings.storage_sqlite_cache_size);
  return 0;
}

// Of settings that can be judged alone.
void check_forms(const Settings& settings, std::vector<std::string>& out) {
  // One that is no DID would be nobody's, and every credential not trusted.
  for (const std::string& issuer : settings.trusted_credential_issuers) {
    if (!issuer.starts_with("did:"))
      out.push_back("trusted_credential_issuers = \"" + issuer + "\" is not allowed; allowed: DIDs");
  }
  if (!parse_listen_address(settings.consensus_listen)) {
    out.push_back("consensus.listen = \"" + settings.consensus_listen +
                  "\" is not allowed; allowed: address:port, as 127.0.0.1:26656");
  }
}

void check_pair(const std::string& one, const std::string& other, const char* names,
                std::vector<std::string>& out) {
  if (one.empty() != other.empty())
    out.push_back(std::string(names) + " belong together: only one of them is set");
}

}  // namespace

std::optional<std::int64_t> job_memory_mb(const Settings& settings) {
  if (settings.max_memory == 0) return std::nullopt;
  const std::int64_t stores =
      store_memory(settings, settings.storage_backend) + store_memory(settings, node_backend(settings));
  const auto caches = static_cast<std::int64_t>(settings.cache_l1_mb + settings.wasm_cache_mb);
  return (static_cast<std::int64_t>(settings.max_memory) - stores) / kMebibyte - caches - kOwnMemoryMb;
}

std::uint64_t block_cache_bytes(const Settings& settings) {
  constexpr std::uint64_t kShare = 8;
  if (settings.storage_rocksdb_block_cache_size != 0) return settings.storage_rocksdb_block_cache_size;
  return (settings.max_memory != 0 ? settings.max_memory : usable_memory_bytes()) / kShare;
}

std::optional<ListenAddress> parse_listen_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (bracketed != (host.find(':') != std::string_view::npos)) return std::nullopt;
  ListenAddress out{std::string(host), 0, false};
  const auto [end, problem] = std::from_chars(port.data(), port.data() + port.size(), out.port);
  if (problem != std::errc() || end != port.data() + port.size() || !is_address(out.host))
    return std::nullopt;
  out.loopback = is_loopback(out.host);
  return out;
}

std::vector<std::string> contradictions(const Settings& settings) {
  std::vector<std::string> out;
  const auto address = parse_listen_address(settings.http_listen_addr);
  if (!address) {
    out.push_back("http_listen_addr = \"" + settings.http_listen_addr +
                  "\" is not allowed; allowed: address:port, as 127.0.0.1:7845 or [::1]:7845");
  } else if (!address->loopback && settings.tls_cert.empty() && !settings.http_allow_public_without_tls) {
    out.push_back("http_listen_addr = \"" + settings.http_listen_addr +
                  "\" is open to other machines without TLS; set tls.cert and tls.key, or "
                  "http.allow_public_without_tls = true behind a proxy that has it");
  }
  check_forms(settings, out);
  check_pair(settings.tls_cert, settings.tls_key, "tls.cert and tls.key", out);
  check_pair(settings.cache_redis_cert, settings.cache_redis_key, "cache.redis_cert and cache.redis_key",
             out);
  if (!settings.consensus_state_sync_servers.empty() &&
      (settings.consensus_state_sync_height == 0 || settings.consensus_state_sync_hash.size() != 64)) {
    out.push_back(
        "consensus.state_sync_servers needs a trusted header: set consensus.state_sync_height and "
        "consensus.state_sync_hash (64 hex digits)");
  }
  if (settings.consensus_engine == ConsensusEngine::kCometbft && settings.consensus_genesis_file.empty()) {
    out.push_back(
        "consensus.engine = \"cometbft\" needs consensus.genesis_file, the file that every node of the "
        "network has; "
        "`icn federation genesis` makes one");
  }
  const bool is_ledger_there = settings.storage_backend == StorageBackend::kPostgresql;
  const bool is_node_there = node_backend(settings) == StorageBackend::kPostgresql;
  if ((is_ledger_there || is_node_there) && settings.storage_postgresql_url.empty()) {
    out.push_back(std::string(is_ledger_there ? "storage.backend" : "storage.node_backend") +
                  " = \"postgresql\" needs storage.postgresql.url, the database to use");
  }
  if (settings.storage_backend == StorageBackend::kMemory &&
      settings.storage_node_backend != NodeBackend::kSame) {
    out.push_back(
        "storage.node_backend must be \"same\" with storage.backend = \"memory\": what it keeps would "
        "outlive "
        "its ledger");
  }
  if (settings.node_role == NodeRole::kGateway &&
      (!is_ledger_there || !is_node_there || settings.gateway_leader_url.empty())) {
    out.push_back(
        "node.role = \"gateway\" needs storage.backend = \"postgresql\" for both stores, the database of the "
        "node that writes, and "
        "gateway.leader_url, where that node is");
  }
  if (settings.storage_postgresql_min_connections > settings.storage_postgresql_max_connections) {
    out.push_back("storage.postgresql.min_connections must not be greater than max_connections");
  }
  const auto slowdown = settings.storage_rocksdb_level0_slowdown_writes_trigger;
  if (slowdown < settings.storage_rocksdb_level0_file_num_compaction_trigger ||
      settings.storage_rocksdb_level0_stop_writes_trigger < slowdown) {
    out.push_back(
        "storage.rocksdb.level0_file_num_compaction_trigger, level0_slowdown_writes_trigger and "
        "level0_stop_writes_trigger must not decrease in this order");
  }
  const auto for_jobs = job_memory_mb(settings);
  if (for_jobs && settings.mesh_executor && *for_jobs < kJobMemoryMb) {
    const std::int64_t needed =
        static_cast<std::int64_t>(settings.max_memory) / kMebibyte + kJobMemoryMb - *for_jobs;
    out.push_back("max_memory = " + std::to_string(settings.max_memory) +
                  " leaves no memory to jobs; it takes " + std::to_string(needed) +
                  "M with this storage.*, cache.l1_mb and wasm.cache_mb, or mesh.executor = false");
  }
  return out;
}

StorageBackend node_backend(const Settings& settings) {
  if (settings.storage_node_backend == NodeBackend::kSame) return settings.storage_backend;
  for (const auto& [backend, name] : enum_names(StorageBackend{})) {
    if (name == codec::enum_name(settings.storage_node_backend)) return backend;
  }
  return settings.storage_backend;
}
void set_node_backend(Settings& settings, StorageBackend backend) {
  settings.storage_node_backend = NodeBackend::kSame;
  if (backend == settings.storage_backend) return;
  for (const auto& [value, name] : enum_names(NodeBackend{})) {
    if (name == codec::enum_name(backend)) settings.storage_node_backend = value;
  }
}

std::string storage_folder(const Settings& settings) {
  return in_data_folder(settings, settings.storage_path, "store");
}
std::string engine_folder(const Settings& settings) { return in_data_folder(settings, "", "cometbft"); }
std::string snapshot_folder(const Settings& settings) { return storage_folder(settings) + "-checkpoints"; }
std::string wasm_cache_folder(const Settings& settings) {
  return in_data_folder(settings, settings.wasm_cache_path, "wasm-cache");
}
std::vector<std::string> executor_capabilities(const Settings& settings) {
  std::vector<std::string> out;
  if (!settings.mesh_executor) return out;
  out.emplace_back("CclWasm");
  for (const std::string& each : settings.mesh_capabilities) {
    if (std::ranges::find(out, each) == out.end()) out.push_back(each);
  }
  return out;
}
std::string key_store_file(const Settings& settings) {
  return in_data_folder(settings, settings.key_store_path, "keys.json");
}

}  // namespace icn::config
