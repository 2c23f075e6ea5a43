#include "consensus/cometbft/engine_files.h"

#include <filesystem>

#include "base/errors.h"
#include "codec/json.h"
#include "consensus/cometbft/errors.h"
#include "consensus/cometbft/network_genesis.h"
#include "crypto/durable_file.h"

namespace icn::consensus {
namespace {

namespace fs = std::filesystem;
using codec::Json;

std::string quoted(const std::string& text) {
  std::string out;
  codec::append_json_string(out, text);
  return out;
}

std::string joined(const std::vector<std::string>& items) {
  std::string out;
  for (const std::string& each : items) out += (out.empty() ? "" : ",") + each;
  return out;
}

Result<void> make_folder(const std::string& folder) {
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (!failure) fs::permissions(folder, fs::perms::owner_all, failure);
  if (!failure) return {};
  return Error(errors::kInternal, "cannot make the folder " + folder + ": " + failure.message());
}

Result<void> write(const std::string& path, const std::string& text) {
  return crypto::write_file_durably(path, as_bytes(text), crypto::Existing::kReplace);
}

// CometBFT keeps an Ed25519 secret as its seed and public key, 64 bytes.
Json secret_json(const crypto::SecretKey& key) {
  const crypto::SecretBytes seed = key.seed();
  Bytes both = to_bytes(seed.view());
  append(both, key.public_key().view());
  return Json::object({{"type", "tendermint/PrivKeyEd25519"}, {"value", base64_encode(both)}});
}

Result<void> drop(const fs::path& path) {
  std::error_code failure;
  fs::remove_all(path, failure);
  if (!failure) return {};
  return Error(errors::kInternal, "cannot remove " + path.string() + ": " + failure.message());
}

// A database writes its manifest, then CURRENT, then anything else.
bool is_half_made(const fs::path& database) {
  std::error_code failure;
  bool has_manifest = false;
  for (const auto& each : fs::directory_iterator(database, failure)) {
    const std::string name = each.path().filename().string();
    has_manifest = has_manifest || name.starts_with("MANIFEST-");
    if (!name.starts_with("MANIFEST-") && !name.starts_with("LOG") && name != "LOCK") return false;
  }
  return has_manifest && !failure;
}

}  // namespace

std::string engine_config(const EngineSettings& settings) {
  std::string out = "# Written by icn at each start. What is not here has CometBFT's default.\n";
  const auto section = [&](const std::string& name) { out += "\n[" + name + "]\n"; };
  const auto raw = [&](const std::string& key, const std::string& value) {
    out += key + " = " + value + "\n";
  };
  const auto text = [&](const std::string& key, const std::string& value) { raw(key, quoted(value)); };
  text("proxy_app", settings.application);
  text("moniker", settings.name);
  text("abci", "socket");
  text("priv_validator_laddr", settings.signer);
  text("db_backend", "goleveldb");
  text("log_level", "*:error,p2p:none");
  section("rpc");
  text("laddr", settings.rpc + (settings.rpc_listen.empty() ? "" : ",tcp://" + settings.rpc_listen));
  // Dialling peers on order: only where nobody else can give one.
  raw("unsafe", settings.rpc_listen.empty() ? "true" : "false");
  raw("max_request_batch_size", "0");
  raw("max_body_bytes", "16000000");
  section("p2p");
  text("laddr", "tcp://" + settings.listen);
  text("external_address", settings.external);
  text("persistent_peers", joined(settings.peers));
  raw("addr_book_strict", "false");
  raw("allow_duplicate_ip", "true");
  raw("max_num_inbound_peers", std::to_string(settings.peers_max));
  raw("max_num_outbound_peers", std::to_string(settings.dials_max));
  text("flush_throttle_timeout", "5ms");
  text("persistent_peers_max_dial_period", "5s");
  raw("send_rate", "20000000");
  raw("recv_rate", "20000000");
  section("mempool");
  text("type", "flood");
  raw("size", std::to_string(settings.pool_transactions_max));
  raw("cache_size", std::to_string(settings.pool_transactions_max * 2));
  raw("max_tx_bytes", "1048576");
  raw("max_txs_bytes", "268435456");
  section("consensus");
  text("timeout_propose", "1s");
  text("timeout_propose_delta", "500ms");
  text("timeout_prevote", "500ms");
  text("timeout_precommit", "500ms");
  text("timeout_commit", "0s");
  raw("create_empty_blocks", "false");
  text("create_empty_blocks_interval", std::to_string(settings.empty_block_interval_ms) + "ms");
  text("peer_gossip_sleep_duration", "10ms");
  if (!settings.state_sync_servers.empty()) {
    // The engine wants two at least: a primary and a witness.
    std::vector<std::string> servers = settings.state_sync_servers;
    if (servers.size() == 1) servers.push_back(servers.front());
    section("statesync");
    raw("enable", "true");
    text("rpc_servers", joined(servers));
    raw("trust_height", std::to_string(settings.state_sync_height));
    text("trust_hash", settings.state_sync_hash);
    text("trust_period", std::to_string(settings.state_sync_period_secs) + "s");
    text("discovery_time", "5s");
  }
  section("storage");
  // A block whose results are lost could not be recovered: the application keeps none before Commit.
  raw("discard_abci_responses", "false");
  section("tx_index");
  text("indexer", "null");
  return out;
}

Result<void> write_engine_files(const EngineSettings& settings, const crypto::SecretKey& node_key) {
  const std::string config = settings.home + "/config";
  const std::string data = settings.home + "/data";
  for (const std::string& folder : {settings.home, config, data}) ICN_TRY(make_folder(folder));
  const std::string genesis_file = config + "/genesis.json";
  if (fs::exists(genesis_file)) {
    ICN_TRY_ASSIGN(old, crypto::read_secret_file(genesis_file, 8 << 20));
    if (as_text(old.view()) != settings.genesis) {
      return Error(kWrongGenesis, "the engine's folder " + settings.home +
                                      " belongs to another network's genesis; use another data folder");
    }
  } else {
    ICN_TRY(write(genesis_file, settings.genesis));
  }
  ICN_TRY(write(config + "/config.toml", engine_config(settings)));
  return write(config + "/node_key.json",
               codec::write_json(Json::object({{"priv_key", secret_json(node_key)}})));
}

Result<void> drop_half_made(const std::string& home) {
  const fs::path data = fs::path(home) / "data";
  // Of the key the engine makes first the key, then its state.
  const fs::path key = fs::path(home) / "config" / "priv_validator_key.json";
  std::error_code failure;
  if (fs::exists(key, failure) && !fs::exists(data / "priv_validator_state.json", failure))
    ICN_TRY(drop(key));
  std::vector<fs::path> databases;
  for (const auto& each : fs::directory_iterator(data, failure)) {
    if (each.path().extension() == ".db" && is_half_made(each.path())) databases.push_back(each.path());
  }
  for (const fs::path& each : databases) ICN_TRY(drop(each));
  return {};
}

}  // namespace icn::consensus
