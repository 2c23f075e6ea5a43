#include "node/membership.h"

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "base/errors.h"
#include "consensus/cometbft/engine_files.h"
#include "consensus/cometbft/network_genesis.h"
#include "crypto/durable_file.h"
#include "federation/joining/earlier_blocks.h"
#include "ledger/restore.h"
#include "node/engines.h"
#include "registry/rules.h"

namespace icn::node {
namespace {

constexpr std::size_t kFileBytesMax = 8 << 20;

void add_missing(std::vector<std::string>& list, const std::vector<std::string>& more) {
  for (const std::string& each : more) {
    if (std::ranges::find(list, each) == list.end()) list.push_back(each);
  }
}

std::string joined_file(const config::Settings& settings) { return settings.data_path + "/federation.json"; }

}  // namespace

std::string genesis_file(const config::Settings& settings) {
  return settings.data_path + "/federation-genesis.json";
}

std::string file_part(const std::string& network) {
  std::string out = network;
  for (char& c : out) c = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' ? c : '_';
  return out;
}

Result<std::optional<federation::JoinedNetwork>> read_joined(const config::Settings& settings) {
  const std::string file = joined_file(settings);
  if (!crypto::file_exists(file)) return std::optional<federation::JoinedNetwork>();
  ICN_TRY_ASSIGN(text, crypto::read_secret_file(file, kFileBytesMax));
  auto json = codec::parse_json(as_text(text.view()));
  if (!json.ok()) return Error(errors::kMalformed, file + ": " + json.error().detail());
  auto joined = codec::from_json<federation::JoinedNetwork>(*json);
  if (!joined.ok()) return Error(errors::kMalformed, file + ": " + joined.error().detail());
  return std::optional<federation::JoinedNetwork>(std::move(*joined));
}

Result<void> write_joined(const config::Settings& settings, const federation::JoinedNetwork& joined,
                          const std::string& genesis_text) {
  ICN_TRY(
      crypto::write_file_durably(genesis_file(settings), as_bytes(genesis_text), crypto::Existing::kReplace));
  return crypto::write_file_durably(joined_file(settings), as_bytes(codec::to_json_text(joined)),
                                    crypto::Existing::kReplace);
}

Result<void> write_left(const config::Settings& settings, const std::string& network) {
  federation::JoinedNetwork left;
  left.network = network;
  left.former_network = settings.network_id;
  left.left = true;
  left.storage = config::storage_folder(settings);
  return crypto::write_file_durably(joined_file(settings), as_bytes(codec::to_json_text(left)),
                                    crypto::Existing::kReplace);
}

config::Settings settings_in(const config::Settings& settings, const federation::JoinedNetwork& joined) {
  if (settings.consensus_genesis_file == genesis_file(settings)) return settings;  // they are in force
  config::Settings out = settings;
  if (joined.left) {
    out.network_id = joined.network;
    out.storage_path = joined.storage;
    out.consensus_engine = config::ConsensusEngine::kSingle;
    out.consensus_genesis_file.clear();
    return out;
  }
  out.storage_path = config::storage_folder(settings) + "-" + file_part(joined.network);
  out.network_id = joined.network;
  out.consensus_genesis_file = genesis_file(settings);
  if (settings.consensus_engine == config::ConsensusEngine::kFollow)
    add_missing(out.consensus_followed, joined.rpc);
  else
    out.consensus_engine = config::ConsensusEngine::kCometbft;
  add_missing(out.consensus_peers, joined.peers);
  add_missing(out.p2p_bootstrap, joined.addresses);
  return out;
}

Result<config::Settings> effective_settings(const config::Settings& settings) {
  ICN_TRY_ASSIGN(joined, read_joined(settings));
  return joined ? settings_in(settings, *joined) : settings;
}

Result<void> follow(const config::Settings& settings, const federation::Invitation& invitation) {
  ICN_TRY_ASSIGN(joined, read_joined(settings));
  if (joined)
    return Error(errors::kConflict, "this node follows network \"" + joined->network + "\" already");
  if (std::filesystem::exists(config::storage_folder(settings))) {
    return Error(errors::kConflict, config::storage_folder(settings) +
                                        " holds a ledger of this node's own; use `icn federation join`");
  }
  ICN_TRY_ASSIGN(client, federation::FederationClient::connect(invitation));
  std::error_code failure;
  std::filesystem::create_directories(settings.data_path, failure);
  if (failure) return Error(errors::kInternal, settings.data_path + ": " + failure.message());
  return write_joined(settings, federation::joined_network(invitation, ""), client.info().genesis_text);
}

namespace {

// A node of the federation that has the genesis file of this one.
Result<federation::FederationClient> ask_federation(const config::Settings& settings,
                                                    const federation::JoinedNetwork& joined) {
  ICN_TRY_ASSIGN(text, crypto::read_secret_file(settings.consensus_genesis_file, kFileBytesMax));
  federation::Invitation source;
  source.ticket.network = joined.network;
  source.api = joined.api;
  source.genesis_hash.bytes = to_bytes(crypto::sha256(text.view()));
  return federation::FederationClient::connect(source);
}

// Whether a checkpoint's state is kept there: without one the engine would wait for it for ever.
Result<bool> keeps_a_snapshot(federation::FederationClient& client) {
  ICN_TRY_ASSIGN(checkpoints, client.get("/dag/checkpoints?limit=1"));
  const codec::Json* const items = checkpoints.find("items");
  if (items == nullptr || items->array() == nullptr || items->array()->empty()) return false;
  const codec::Json* const epoch = items->array()->front().find("epoch");
  if (epoch == nullptr || epoch->number() == nullptr) return false;
  ICN_TRY_ASSIGN(newest, client.get("/dag/checkpoints/" + epoch->number()->text));
  const codec::Json* const is_kept = newest.find("is_state_kept");
  return is_kept != nullptr && is_kept->boolean() != nullptr && *is_kept->boolean();
}

}  // namespace

config::Settings with_state_sync(const config::Settings& settings, const federation::JoinedNetwork& joined,
                                 const Clock& clock, const std::shared_ptr<Log>& log) {
  constexpr std::uint64_t kMarginSecs = 3'600;
  if (joined.left || joined.rpc.empty() || joined.trusted_height == 0 ||
      !settings.consensus_state_sync_servers.empty() ||
      settings.consensus_engine == config::ConsensusEngine::kFollow)
    return settings;
  // An older header is worth nothing: its validators may have left, and lose nothing by lying.
  if (clock.now_secs() + kMarginSecs >=
      joined.trusted_time + consensus::EngineSettings().state_sync_period_secs)
    return settings;
  auto client = ask_federation(settings, joined);
  const auto is_kept = client.ok() ? keeps_a_snapshot(*client) : Result<bool>(client.error());
  if (!is_kept.ok() || !*is_kept) {
    log->info("no state is fetched, blocks are replayed: {}",
              is_kept.ok() ? "the federation keeps none yet" : is_kept.error().detail());
    return settings;
  }
  config::Settings out = settings;
  out.consensus_state_sync_servers = joined.rpc;
  out.consensus_state_sync_height = joined.trusted_height;
  out.consensus_state_sync_hash = hex_encode(joined.trusted_hash.bytes);
  return out;
}

Result<void> fetch_earlier(const config::Settings& settings, const federation::JoinedNetwork& joined,
                           const ledger::Rules& rules, const std::shared_ptr<Log>& log) {
  if (joined.left) return {};
  ICN_TRY_ASSIGN(text, crypto::read_secret_file(settings.consensus_genesis_file, kFileBytesMax));
  ICN_TRY_ASSIGN(network, consensus::read_network_genesis(as_text(text.view())));
  if (!network.ledger.continues) return {};
  const std::filesystem::path folder = config::storage_folder(settings);
  const auto engine = make_engine(settings, folder, WritePattern::kBlocks, log);
  const std::vector<storage::TableSchema> tables = registry::ledger_tables();
  {
    ICN_TRY_ASSIGN(store, engine->open(tables));
    ICN_TRY_ASSIGN(head, ledger::load_head(*store));
    ICN_TRY_ASSIGN(restoring, ledger::kRestoring.get(*store, ledger::kRestoringKey));
    if (!restoring && head && head->header.height >= network.ledger.continues->height) return {};
  }
  ICN_TRY(remove_store(settings, folder));
  ICN_TRY_ASSIGN(client, ask_federation(settings, joined));
  ICN_TRY_ASSIGN(store, engine->open(tables));
  log->info("fetching {} blocks from before the federation", network.ledger.continues->height + 1);
  config::Settings in_memory;
  in_memory.storage_backend = config::StorageBackend::kMemory;
  const auto memory = make_engine(in_memory, {}, WritePattern::kBlocks, log);
  ICN_TRY_ASSIGN(fetched, memory->open(tables));
  return federation::fetch_earlier_blocks(client, rules, tables, *network.ledger.continues, *fetched, *store,
                                          log);
}

}  // namespace icn::node
