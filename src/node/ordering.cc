#include "node/ordering.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <thread>

#include "base/errors.h"
#include "codec/fields.h"
#include "consensus/cometbft/cometbft_log.h"
#include "consensus/cometbft/engine_peers.h"
#include "consensus/cometbft/followed_engine.h"
#include "consensus/cometbft/own_engine.h"
#include "consensus/single/single_log.h"
#include "consensus/stopped_log.h"
#include "crypto/durable_file.h"
#include "crypto/key_text.h"
#include "federation/validators.h"
#include "ledger/errors.h"
#include "ledger/verify.h"
#include "node/keys.h"
#include "node/restored_validator.h"

namespace icn::node {
namespace {

constexpr std::size_t kGenesisBytesMax = 4 << 20;
constexpr std::size_t kCacheBytesMax = 64 << 20;
constexpr std::size_t kPeersBytesMax = 256 << 10;
constexpr std::string_view kValidatorKeyName = "validator";
constexpr std::string_view kStandInKeyName = "validator-stand-in";

// Where scripts/setup.sh puts it, else what PATH has.
std::string engine_program(const config::Settings& settings) {
  if (!settings.consensus_program.empty()) return settings.consensus_program;
  const auto variable = [](const char* name) {
    return std::string(std::getenv(name) ? std::getenv(name) : "");
  };
  const std::string cache =
      variable("XDG_CACHE_HOME").empty() ? variable("HOME") + "/.cache" : variable("XDG_CACHE_HOME");
  const std::string installed = cache + "/icn/go/bin/cometbft";
  return std::filesystem::exists(installed) ? installed : "cometbft";
}

// The engine's own identity between engines; its loss costs nothing but the address others dial.
crypto::SecretKey engine_key(const crypto::KeyStore& keys) {
  return crypto::SecretKey::from_seed(keys.derive("engine-node").view());
}

std::string added_peers_file(const config::Settings& settings) {
  return settings.data_path + "/federation-peers.json";
}

// What POST /federation/peers has added. A file that cannot be read holds none.
std::vector<std::string> added_peers(const config::Settings& settings) {
  const std::string file = added_peers_file(settings);
  std::vector<std::string> out;
  if (!crypto::file_exists(file)) return out;
  const auto text = crypto::read_secret_file(file, kPeersBytesMax);
  const auto json = text.ok() ? codec::parse_json(as_text(text->view())) : Result<codec::Json>(text.error());
  if (!json.ok() || json->array() == nullptr) return out;
  for (const codec::Json& each : *json->array()) {
    if (each.string() != nullptr && consensus::is_engine_address(*each.string()))
      out.push_back(*each.string());
  }
  return out;
}

// Of the settings, and added. Each once.
std::vector<std::string> engine_peers(const config::Settings& settings) {
  std::vector<std::string> out = settings.consensus_peers;
  for (std::string& each : added_peers(settings)) {
    if (std::ranges::find(out, each) == out.end()) out.push_back(std::move(each));
  }
  return out;
}

Result<void> keep_peer(const config::Settings& settings, const std::string& peer) {
  std::vector<std::string> peers = added_peers(settings);
  peers.push_back(peer);
  const codec::Json json(codec::Json::Array(peers.begin(), peers.end()));
  return crypto::write_file_durably(added_peers_file(settings), as_bytes(codec::write_json(json)),
                                    crypto::Existing::kReplace);
}

consensus::OwnEngineOptions own_engine_options(const config::Settings& settings, const std::string& chain,
                                               const std::string& genesis_text) {
  consensus::OwnEngineOptions out;
  out.chain = chain;
  out.program = engine_program(settings);
  out.signed_file = signed_file(settings);
  out.threads = settings.consensus_engine_threads;
  if (out.threads == 0) out.threads = std::max(1u, std::thread::hardware_concurrency() / 2);
  out.engine.home = config::engine_folder(settings);
  out.engine.name = settings.node_name;
  out.engine.genesis = genesis_text;
  out.engine.listen = settings.consensus_listen;
  out.engine.external = settings.consensus_external_address;
  out.engine.peers = engine_peers(settings);
  out.engine.dials_max = settings.consensus_dials_max;
  out.engine.rpc_listen = settings.consensus_rpc_listen;
  out.engine.state_sync_servers = settings.consensus_state_sync_servers;
  out.engine.state_sync_height = settings.consensus_state_sync_height;
  out.engine.state_sync_hash = settings.consensus_state_sync_hash;
  out.engine.pool_transactions_max = settings.ledger_queue_max;
  return out;
}

Result<consensus::FollowedEngineOptions> followed_engine_options(const config::Settings& settings,
                                                                 const std::string& genesis_text) {
  if (settings.consensus_followed.empty()) {
    return Error(
        errors::kMalformed,
        "consensus.engine = \"follow\" needs consensus.followed: the consensus.rpc_listen of one validator "
        "or more, as 10.0.0.5:26657");
  }
  consensus::FollowedEngineOptions out;
  ICN_TRY_ASSIGN(genesis, consensus::read_network_genesis(genesis_text));
  out.genesis = std::move(genesis);
  out.servers = settings.consensus_followed;
  return out;
}

// Whether the ledger counts on the votes of this node's key.
Result<bool> has_validator(const ledger::Ledger& ledger, const crypto::KeyStore& keys) {
  const crypto::SecretKey* const key = keys.find(kValidatorKeyName);
  if (key == nullptr) return false;
  ICN_TRY_ASSIGN(store, ledger.store());
  ICN_TRY_ASSIGN(validators, federation::load_validators(*store));
  return std::ranges::any_of(validators, [&](const federation::Validator& each) {
    return each.public_key.bytes == to_bytes(key->public_key().view());
  });
}

// How the log of a federation comes to its engine. The arguments outlive it, `settings` and the text
// excepted.
Result<consensus::CometbftLog::StartEngine> engine_of(const config::Settings& settings,
                                                      const std::string& chain,
                                                      const std::string& genesis_text, ledger::Ledger& ledger,
                                                      crypto::KeyStore& keys, const Clock& clock,
                                                      const std::shared_ptr<Log>& log) {
  using StartEngine = consensus::CometbftLog::StartEngine;
  if (settings.consensus_engine == config::ConsensusEngine::kFollow) {
    ICN_TRY_ASSIGN(followed, followed_engine_options(settings, genesis_text));
    ICN_TRY_ASSIGN(is_awaited, has_validator(ledger, keys));
    if (is_awaited) {
      log->warn(
          "this node is a validator of its federation and signs nothing with consensus.engine = \"follow\": "
          "the "
          "others wait for its vote; start it with \"cometbft\", or have it removed");
    }
    return StartEngine(
        [&ledger, &clock, log, followed = std::move(followed)](consensus::Application& application) {
          return consensus::FollowedEngine::start(ledger, application, clock, log, followed);
        });
  }
  consensus::OwnEngineOptions own = own_engine_options(settings, chain, genesis_text);
  std::string_view key_name = kValidatorKeyName;
  if (awaits_confirmation(settings)) {
    // Another key in its place: to the engine this is a full node.
    key_name = kStandInKeyName;
    own.signed_file = settings.data_path + "/stand-in-signed.json";
    log->warn(
        "this node was restored from a backup: it follows, and its validator signs nothing until its "
        "operator types `icn federation confirm-validator`");
  }
  ICN_TRY_ASSIGN(validator_key, keys.find_or_generate(key_name));
  return StartEngine([log, own = std::move(own), &keys, validator_key](consensus::Application& application) {
    return consensus::OwnEngine::start(application, log, own, engine_key(keys), *validator_key);
  });
}

}  // namespace

federation::EngineDeskParts engine_desk_parts(const config::Settings& settings, const Clock& clock,
                                              const ledger::OrderedLog& log) {
  federation::EngineDeskParts out{clock, {}, false, false, {}, {}};
  const auto* const federated = dynamic_cast<const consensus::CometbftLog*>(&log);
  out.is_elsewhere = federated != nullptr && federated->engine().rpc_address().empty();
  if (federated != nullptr && !out.is_elsewhere) {
    out.rpc = federated->engine().rpc_address();
    out.can_dial = federated->engine().can_dial();
  }
  out.peers = [settings] { return engine_peers(settings); };
  out.keep_peer = [settings](const std::string& peer) { return keep_peer(settings, peer); };
  return out;
}

Result<Beginning> read_beginning(const config::Settings& settings, const Did& node_did, const Clock& clock) {
  const std::string profile(codec::enum_name(settings.profile));
  if (settings.consensus_engine == config::ConsensusEngine::kSingle)
    return Beginning{{settings.network_id, profile, node_did, clock.now_secs()}, ""};
  if (settings.consensus_genesis_file.empty()) {
    return Error(errors::kMalformed,
                 "consensus.engine = \"follow\" needs a network: set consensus.genesis_file, or use `icn "
                 "federation follow` with an invitation");
  }
  ICN_TRY_ASSIGN(text, crypto::read_secret_file(settings.consensus_genesis_file, kGenesisBytesMax));
  Beginning out;
  out.file_text = to_text(text.view());
  ICN_TRY_ASSIGN(network, consensus::read_network_genesis(out.file_text));
  if (network.chain != settings.network_id) {
    return Error(errors::kMalformed, settings.consensus_genesis_file + " is of network \"" + network.chain +
                                         "\", the settings say network_id = \"" + settings.network_id + "\"");
  }
  out.genesis = std::move(network.ledger);
  return out;
}

ledger::CheckpointOptions checkpoint_options(const config::Settings& settings, std::shared_ptr<Log> log) {
  return {config::snapshot_folder(settings), settings.ledger_snapshots_kept, settings.ledger_blocks_kept,
          std::move(log), settings.consensus_engine != config::ConsensusEngine::kSingle};
}

Result<std::unique_ptr<ledger::OrderedLog>> start_log(const config::Settings& settings,
                                                      const Beginning& beginning, ledger::Ledger& ledger,
                                                      crypto::KeyStore& keys, const Clock& clock,
                                                      std::shared_ptr<Log> log) {
  if (std::string reason = ledger.too_new(); !reason.empty()) {
    log->critical("writing stops: {}", reason);
    return std::unique_ptr<ledger::OrderedLog>(std::make_unique<consensus::StoppedLog>(std::move(reason)));
  }
  std::string genesis_text = beginning.file_text;
  if (genesis_text.empty()) {
    auto continued = continued_genesis(settings, ledger);
    if (continued.ok())
      genesis_text = std::move(*continued);
    else if (!continued.error().is(errors::kNotFound))
      return std::move(continued).error();
  }
  if (genesis_text.empty()) {
    return std::unique_ptr<ledger::OrderedLog>(std::make_unique<consensus::SingleLog>(
        ledger, clock, std::move(log),
        consensus::SingleLogOptions{settings.ledger_block_transactions_max, settings.ledger_queue_max,
                                    kCacheBytesMax}));
  }
  consensus::CometbftLogOptions options;
  options.chain = beginning.genesis.network;
  options.queue_max = settings.ledger_queue_max;
  options.sender_waiting_max = settings.consensus_sender_waiting_max;
  options.no_quorum_after_ms = settings.consensus_no_quorum_after_ms;
  ICN_TRY_ASSIGN(start_engine, engine_of(settings, options.chain, genesis_text, ledger, keys, clock, log));
  ICN_TRY_ASSIGN(started,
                 consensus::CometbftLog::start(ledger, clock, log, std::move(options), start_engine));
  return std::unique_ptr<ledger::OrderedLog>(std::move(started));
}

Result<consensus::ValidatorInfo> validator_info(const config::Settings& settings, crypto::KeyStore& keys,
                                                const std::optional<Did>& organization) {
  ICN_TRY_ASSIGN(node_key, keys.find_or_generate(kNodeKeyName));
  ICN_TRY_ASSIGN(validator_key, keys.find_or_generate(kValidatorKeyName));
  const std::string& address = settings.consensus_external_address.empty()
                                   ? settings.consensus_listen
                                   : settings.consensus_external_address;
  const Did did = crypto::did_key(node_key->public_key());
  const crypto::PublicKey& key = validator_key->public_key();
  const Did stands_for = organization.value_or(did);
  const crypto::Signature proof =
      validator_key->sign(federation::validator_proof_bytes(settings.network_id, stands_for, key));
  return consensus::ValidatorInfo{settings.node_name,
                                  did,
                                  {to_bytes(key.view())},
                                  consensus::engine_id(engine_key(keys).public_key()) + "@" + address,
                                  stands_for,
                                  codec::HexBytes{to_bytes(proof.view())}};
}

Result<federation::TrustedBlock> trusted_block(const ledger::OrderedLog& log) {
  const auto* const federated = dynamic_cast<const consensus::CometbftLog*>(&log);
  if (federated == nullptr) return Error(errors::kUnavailable, "this node is alone: it has no engine");
  ICN_TRY_ASSIGN(block, federated->engine().newest_block());
  return federation::TrustedBlock{block.height, block.hash};
}

std::string own_rpc(const config::Settings& settings) {
  const std::string& listen = settings.consensus_rpc_listen;
  const std::size_t colon = listen.rfind(':');
  if (colon == std::string::npos) return {};
  const std::string host = listen.substr(0, colon);
  const std::string& external = settings.consensus_external_address;
  const bool is_any = host.empty() || host == "0.0.0.0" || host == "[::]";
  if (!is_any || external.empty()) return listen;
  return external.substr(0, external.rfind(':')) + listen.substr(colon);
}

Result<void> check_can_federate(const config::Settings& settings) {
  if (settings.consensus_engine == config::ConsensusEngine::kFollow)
    return Error(errors::kUnavailable, "consensus.engine is \"follow\": this node signs nothing");
  if (settings.storage_backend == config::StorageBackend::kMemory)
    return Error(errors::kUnavailable,
                 "storage.backend is \"memory\": the ledger would be gone with this process");
  const std::string program = engine_program(settings);
  bool is_there = false;
  if (program.find('/') != std::string::npos) {
    is_there = ::access(program.c_str(), X_OK) == 0;
  } else {
    const char* const path = std::getenv("PATH");
    std::stringstream folders(path != nullptr ? path : "");
    for (std::string folder; !is_there && std::getline(folders, folder, ':');)
      is_there = ::access((folder + "/" + program).c_str(), X_OK) == 0;
  }
  if (is_there) return {};
  return Error(errors::kUnavailable,
               "the program " + program + " is not there; install CometBFT v0.40 or set consensus.program");
}

Result<std::string> continued_genesis(const config::Settings& settings, const ledger::Ledger& ledger) {
  const std::string file = settings.data_path + "/federation-genesis.json";
  ICN_TRY_ASSIGN(store, ledger.store());
  ICN_TRY_ASSIGN(order, ledger::kOrder.get(*store, ledger::kOrderKey));
  if (!order || order->order != ledger::Order::kFederation)
    return Error(errors::kNotFound, "this node is alone");
  if (crypto::file_exists(file)) {
    ICN_TRY_ASSIGN(kept, crypto::read_secret_file(file, kGenesisBytesMax));
    return to_text(kept.view());
  }
  const auto published = ledger.published();
  const ledger::Head& head = published->head;
  if (head.header.height != order->height) {
    return Error(ledger::kDamagedChain, file +
                                            " is missing; copy it from another node of the federation "
                                            "(GET /federation/genesis)");
  }
  const ledger::NetworkRecord& network = published->network;
  ledger::Genesis genesis{network.network, network.profile, network.operator_did, head.header.time};
  genesis.validators.emplace();
  ICN_TRY_ASSIGN(validators, federation::load_validators(*store));
  for (const federation::Validator& each : validators) {
    genesis.validators->push_back(
        {each.name, each.organization, each.operator_did, each.public_key, each.peer});
  }
  ICN_TRY_ASSIGN(root, ledger::state_hash(*store, ledger.tables()));
  genesis.continues = ledger::Continuation{head.header.height, {to_bytes(head.hash)}, {to_bytes(root)}};
  ICN_TRY_ASSIGN(text, consensus::make_network_genesis(genesis));
  ICN_TRY(crypto::write_file_durably(file, as_bytes(text), crypto::Existing::kReplace));
  return text;
}

}  // namespace icn::node
