#include "consensus/cometbft/engine_json.h"

#include <charconv>
#include <ctime>

#include "consensus/cometbft/errors.h"

namespace icn::consensus::engine_json {
namespace {

using codec::Json;

Result<std::uint64_t> to_number(std::string_view digits) {
  std::uint64_t out = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  if (problem != std::errc() || end != digits.data() + digits.size()) return unexpected("a number");
  return out;
}

Result<EngineBlockId> block_id(const Json& json, std::string_view name) {
  const Json* const found = at(json, {name});
  if (found == nullptr) return unexpected(name);
  ICN_TRY_ASSIGN(hash, hex(*found, {"hash"}));
  ICN_TRY_ASSIGN(parts, whole(*found, {"parts", "total"}));
  ICN_TRY_ASSIGN(parts_hash, hex(*found, {"parts", "hash"}));
  return EngineBlockId{std::move(hash), static_cast<std::uint32_t>(parts), std::move(parts_hash)};
}

Result<EngineHeader> read_header(const Json& json) {
  EngineHeader out;
  ICN_TRY_ASSIGN(block_version, whole(json, {"version", "block"}));
  out.block_version = block_version;
  if (at(json, {"version", "app"}) != nullptr) {
    ICN_TRY_ASSIGN(app_version, whole(json, {"version", "app"}));
    out.app_version = app_version;
  }
  ICN_TRY_ASSIGN(chain, text(json, {"chain_id"}));
  ICN_TRY_ASSIGN(height, whole(json, {"height"}));
  ICN_TRY_ASSIGN(made_at, time(json, {"time"}));
  ICN_TRY_ASSIGN(last, block_id(json, "last_block_id"));
  out.chain_id = std::move(chain);
  out.height = height;
  out.time = made_at;
  out.last_block_id = std::move(last);
  const std::pair<std::string_view, codec::HexBytes*> hashes[] = {
      {"last_commit_hash", &out.last_commit_hash},   {"data_hash", &out.data_hash},
      {"validators_hash", &out.validators_hash},     {"next_validators_hash", &out.next_validators_hash},
      {"consensus_hash", &out.consensus_hash},       {"app_hash", &out.app_hash},
      {"last_results_hash", &out.last_results_hash}, {"evidence_hash", &out.evidence_hash},
      {"proposer_address", &out.proposer_address}};
  for (const auto& [name, place] : hashes) {
    ICN_TRY_ASSIGN(value, hex(json, {name}));
    *place = std::move(value);
  }
  return out;
}

Result<std::vector<EngineSignature>> read_signatures(const Json* list) {
  if (list == nullptr || list->array() == nullptr) return unexpected("signatures");
  std::vector<EngineSignature> out;
  for (const Json& each : *list->array()) {
    EngineSignature& signature = out.emplace_back();
    ICN_TRY_ASSIGN(flag, whole(each, {"block_id_flag"}));
    signature.flag = static_cast<std::uint32_t>(flag);
    if (flag == EngineSignature::kAbsent) continue;
    ICN_TRY_ASSIGN(signed_at, time(each, {"timestamp"}));
    ICN_TRY_ASSIGN(bytes, base64(each, {"signature"}));
    signature.time = signed_at;
    signature.signature.bytes = std::move(bytes);
  }
  return out;
}

}  // namespace

Error unexpected(std::string_view what) {
  return Error(kEngineFailed, "the engine's RPC answered without " + std::string(what));
}

const Json* at(const Json& json, Path path) {
  const Json* now = &json;
  for (const std::string_view name : path) {
    if (now == nullptr || now->object() == nullptr) return nullptr;
    now = now->find(name);
  }
  return now;
}

Result<std::string> text(const Json& json, Path path) {
  const Json* const found = at(json, path);
  if (found == nullptr || found->string() == nullptr) return unexpected(*(path.end() - 1));
  return *found->string();
}

// CometBFT writes upper case.
Result<codec::HexBytes> hex(const Json& json, Path path) {
  ICN_TRY_ASSIGN(found, text(json, path));
  for (char& each : found) each = each >= 'A' && each <= 'F' ? static_cast<char>(each + 32) : each;
  auto decoded = hex_decode(found);
  if (!decoded.ok()) return unexpected(*(path.end() - 1));
  return codec::HexBytes{std::move(decoded).value()};
}

Result<Bytes> base64(const Json& json, Path path) {
  ICN_TRY_ASSIGN(found, text(json, path));
  auto decoded = base64_decode(found);
  if (!decoded.ok()) return unexpected(*(path.end() - 1));
  return decoded;
}

Result<std::uint64_t> whole(const Json& json, Path path) {
  const Json* const found = at(json, path);
  if (found == nullptr) return unexpected(*(path.end() - 1));
  if (found->string() != nullptr) return to_number(*found->string());
  if (found->number() != nullptr) return to_number(found->number()->text);
  return unexpected("a number");
}

Result<EngineTime> time(const Json& json, Path path) {
  ICN_TRY_ASSIGN(found, text(json, path));
  std::tm parts{};
  const char* const rest = ::strptime(found.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  if (rest == nullptr || !found.ends_with('Z')) return unexpected("a time");
  EngineTime out{static_cast<std::int64_t>(::timegm(&parts)), 0};
  std::string digits = found.substr(static_cast<std::size_t>(rest - found.c_str()));
  if (digits == "Z") return out;
  if (digits.empty() || digits[0] != '.' || digits.size() > 11) return unexpected("a time");
  digits = digits.substr(1, digits.size() - 2);
  digits.resize(9, '0');
  ICN_TRY_ASSIGN(nanos, to_number(digits));
  out.nanos = static_cast<std::uint32_t>(nanos);
  return out;
}

Result<EngineAttestation> signed_header(const Json& json) {
  const Json* const header = at(json, {"signed_header", "header"});
  const Json* const commit = at(json, {"signed_header", "commit"});
  if (header == nullptr || commit == nullptr) return unexpected("signed_header");
  ICN_TRY_ASSIGN(read, read_header(*header));
  ICN_TRY_ASSIGN(round, whole(*commit, {"round"}));
  ICN_TRY_ASSIGN(id, block_id(*commit, "block_id"));
  ICN_TRY_ASSIGN(signatures, read_signatures(at(*commit, {"signatures"})));
  return EngineAttestation{
      std::move(read), static_cast<std::uint32_t>(round), std::move(id), std::move(signatures), {}};
}

Result<std::vector<EngineValidator>> validators(const Json& list) {
  if (list.array() == nullptr) return unexpected("validators");
  std::vector<EngineValidator> out;
  for (const Json& each : *list.array()) {
    ICN_TRY_ASSIGN(key, base64(each, {"pub_key", "value"}));
    ICN_TRY_ASSIGN(power, whole(each, {"voting_power"}));
    out.push_back({{std::move(key)}, power});
  }
  return out;
}

}  // namespace icn::consensus::engine_json
