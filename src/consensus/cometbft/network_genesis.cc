#include "consensus/cometbft/network_genesis.h"

#include <ctime>
#include <set>

#include "base/errors.h"
#include "codec/json.h"

namespace icn::consensus {
namespace {

using codec::Json;

// Blocks of 4 MiB at most: a vote needs a block to arrive whole, and a member's line may be slow.
constexpr std::uint64_t kBlockBytesMax = 4 << 20;
constexpr std::uint64_t kEvidenceBlocks = 100'000;
constexpr std::uint64_t kEvidenceNanoseconds = 172'800'000'000'000;  // 48 hours

Json text_number(std::uint64_t value) { return Json(std::to_string(value)); }

Json consensus_parameters() {
  return Json::object(
      {{"block", Json::object({{"max_bytes", text_number(kBlockBytesMax)}, {"max_gas", Json("-1")}})},
       {"evidence", Json::object({{"max_age_num_blocks", text_number(kEvidenceBlocks)},
                                  {"max_age_duration", text_number(kEvidenceNanoseconds)},
                                  {"max_bytes", text_number(1 << 20)}})},
       {"validator", Json::object({{"pub_key_types", Json::array({Json("ed25519")})}})},
       {"version", Json::object({{"app", Json("1")}})},
       {"abci", Json::object({{"vote_extensions_enable_height", Json("0")}})}});
}

Json key_json(const crypto::PublicKey& key) {
  return Json::object({{"type", "tendermint/PubKeyEd25519"}, {"value", base64_encode(key.view())}});
}

Error bad_genesis(const std::string& what) { return Error(errors::kMalformed, "genesis file: " + what); }

Result<crypto::PublicKey> read_validator(const Json& json) {
  const Json* const key = json.object() != nullptr ? json.find("pub_key") : nullptr;
  const Json* const value = key != nullptr && key->object() != nullptr ? key->find("value") : nullptr;
  if (value == nullptr || value->string() == nullptr) return bad_genesis("a validator without a public key");
  ICN_TRY_ASSIGN(bytes, base64_decode(*value->string()));
  return crypto::PublicKey::from_bytes(bytes);
}

}  // namespace

Bytes engine_address_bytes(ByteView public_key) {
  constexpr std::size_t kAddressSize = 20;
  const crypto::Hash hash = crypto::sha256(public_key);
  return to_bytes(ByteView(hash).first(kAddressSize));
}

std::string engine_id(const crypto::PublicKey& key) { return hex_encode(engine_address_bytes(key.view())); }

std::string engine_address(const crypto::PublicKey& key) {
  std::string out = engine_id(key);
  for (char& c : out) c = c >= 'a' ? static_cast<char>(c - 32) : c;
  return out;
}

std::string rfc3339(TimestampSecs time) {
  const auto seconds = static_cast<std::time_t>(time);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

ledger::GenesisValidator genesis_validator(const ValidatorInfo& info) {
  return {info.name, info.organization.value_or(info.did), info.did, info.public_key, info.peer};
}

Result<std::string> make_network_genesis(const ledger::Genesis& genesis) {
  if (!genesis.validators || genesis.validators->empty())
    return Error(errors::kMalformed, "a network needs at least one validator");
  if (genesis.network.size() > kChainIdBytesMax) {
    return Error(errors::kMalformed,
                 "network_id has more than " + std::to_string(kChainIdBytesMax) + " bytes");
  }
  Json::Array list;
  std::set<crypto::PublicKey> keys;
  for (const ledger::GenesisValidator& each : *genesis.validators) {
    ICN_TRY_ASSIGN(key, crypto::PublicKey::from_bytes(each.public_key.bytes));
    if (!keys.insert(key).second)
      return Error(errors::kMalformed, "two validators have the key of " + each.name);
    list.push_back(Json::object({{"address", engine_address(key)},
                                 {"pub_key", key_json(key)},
                                 {"power", text_number(ledger::kValidatorPower)},
                                 {"name", each.name}}));
  }
  const std::uint64_t before = genesis.continues ? genesis.continues->height : 0;
  return codec::write_json_pretty(Json::object({{"genesis_time", rfc3339(genesis.time)},
                                                {"chain_id", genesis.network},
                                                {"initial_height", text_number(before + 1)},
                                                {"consensus_params", consensus_parameters()},
                                                {"validators", Json(std::move(list))},
                                                {"app_hash", Json("")},
                                                {"app_state", codec::to_json(genesis)}})) +
         "\n";
}

Result<std::string> make_network_genesis(ledger::Genesis genesis,
                                         const std::vector<ValidatorInfo>& validators) {
  genesis.validators.emplace();
  for (const ValidatorInfo& each : validators) genesis.validators->push_back(genesis_validator(each));
  return make_network_genesis(genesis);
}

Result<NetworkGenesis> read_network_genesis(std::string_view text) {
  auto json = codec::parse_json(text, {.bytes_max = 4 << 20, .depth_max = 16, .values_max = 100'000});
  if (!json.ok()) return bad_genesis(json.error().detail());
  if (json->object() == nullptr) return bad_genesis("no JSON object");
  const Json* const chain = json->find("chain_id");
  const Json* const state = json->find("app_state");
  const Json* const validators = json->find("validators");
  if (chain == nullptr || chain->string() == nullptr) return bad_genesis("chain_id is missing");
  if (state == nullptr) return bad_genesis("app_state is missing");
  if (validators == nullptr || validators->array() == nullptr) return bad_genesis("validators are missing");
  auto genesis = codec::from_json<ledger::Genesis>(*state);
  if (!genesis.ok()) return bad_genesis("app_state: " + genesis.error().detail());
  if (genesis->network != *chain->string()) return bad_genesis("chain_id is not the network of app_state");
  NetworkGenesis out{*chain->string(), std::move(genesis).value(), {}};
  for (const Json& each : *validators->array()) {
    ICN_TRY_ASSIGN(key, read_validator(each));
    out.validators.push_back(key);
  }
  return out;
}

}  // namespace icn::consensus
