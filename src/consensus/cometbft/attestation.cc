#include "consensus/cometbft/attestation.h"

#include <algorithm>
#include <charconv>
#include <ctime>

#include "codec/protobuf_wire.h"
#include "consensus/cometbft/errors.h"
#include "ledger/merkle.h"

namespace icn::consensus {
namespace {

using codec::Json;

constexpr std::uint32_t kAbsent = 1;
constexpr std::uint32_t kCommit = 2;
constexpr std::uint32_t kNil = 3;
constexpr std::uint8_t kPrecommit = 2;
constexpr std::size_t kPageMax = 100;

Error bad(const std::string& what) { return Error(kBadAttestation, what); }

// Protobuf leaves out what is 0 or empty.
void number(Bytes& out, std::uint8_t field, std::uint64_t value) {
  if (value != 0) codec::append_wire_number(out, field, value);
}
void bytes(Bytes& out, std::uint8_t field, ByteView value) {
  if (!value.empty()) codec::append_wire_bytes(out, field, value);
}
void fixed(Bytes& out, std::uint8_t field, std::uint64_t value) {
  if (value == 0) return;
  out.push_back(static_cast<std::uint8_t>(field << 3 | 1));
  for (int i = 0; i < 8; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

Bytes encode(const EngineTime& time) {
  Bytes out;
  number(out, 1, static_cast<std::uint64_t>(time.seconds));
  number(out, 2, time.nanos);
  return out;
}

Bytes encode(const EngineBlockId& id) {
  Bytes parts;
  number(parts, 1, id.parts);
  bytes(parts, 2, id.parts_hash.bytes);
  Bytes out;
  bytes(out, 1, id.hash.bytes);
  codec::append_wire_bytes(out, 2, parts);  // also when it is empty
  return out;
}

Bytes wrapped(ByteView value) {
  Bytes out;
  bytes(out, 1, value);
  return out;
}
Bytes wrapped(std::uint64_t value) {
  Bytes out;
  number(out, 1, value);
  return out;
}

// RFC 6962, 2.1, over leaves of any length.
crypto::Hash root_of(const std::vector<Bytes>& leaves) {
  if (leaves.empty()) return crypto::sha256(ByteView());
  const std::uint8_t zero = 0;
  std::vector<crypto::Hash> level;
  for (const Bytes& leaf : leaves) level.push_back(crypto::sha256(ByteView(&zero, 1), ByteView(leaf)));
  while (level.size() > 1) {
    std::size_t out = 0;
    for (std::size_t i = 0; i < level.size(); i += 2)
      level[out++] = i + 1 < level.size() ? ledger::merkle_node(level[i], level[i + 1]) : level[i];
    level.resize(out);
  }
  return level.front();
}

// Power of those who signed for the block.
Result<std::uint64_t> check_signatures(const EngineAttestation& attestation, CheckedAttestation& out) {
  std::uint64_t signed_power = 0;
  for (std::size_t i = 0; i < attestation.signatures.size(); ++i) {
    const EngineSignature& each = attestation.signatures[i];
    const std::string name = "signature " + std::to_string(i);
    auto key = crypto::PublicKey::from_bytes(attestation.validators[i].public_key.bytes);
    if (!key.ok()) return bad("validator " + std::to_string(i) + ": " + key.error().detail());
    out.keys.push_back(*key);
    if (each.flag == kAbsent) {
      if (!each.signature.bytes.empty() || each.time.seconds != 0 || each.time.nanos != 0)
        return bad(name + " is said to be absent");
      continue;
    }
    if (each.flag != kCommit && each.flag != kNil) return bad(name + ": its flag");
    auto signature = crypto::Signature::from_bytes(each.signature.bytes);
    if (!signature.ok() || !crypto::verify(*key, precommit_bytes(attestation, each), *signature))
      return bad(name + " is not valid");
    if (each.flag == kNil) continue;
    signed_power += attestation.validators[i].power;
    ++out.signed_by;
  }
  return signed_power;
}

const Json* at(const Json& json, std::initializer_list<std::string_view> path) {
  const Json* now = &json;
  for (const std::string_view name : path) {
    if (now == nullptr || now->object() == nullptr) return nullptr;
    now = now->find(name);
  }
  return now;
}

Error unexpected(std::string_view what) {
  return Error(kEngineFailed, "the engine's RPC answered without " + std::string(what));
}

Result<std::string> text(const Json& json, std::initializer_list<std::string_view> path) {
  const Json* const found = at(json, path);
  if (found == nullptr || found->string() == nullptr) return unexpected(*(path.end() - 1));
  return *found->string();
}

// CometBFT writes upper case.
Result<codec::HexBytes> hex(const Json& json, std::initializer_list<std::string_view> path) {
  ICN_TRY_ASSIGN(found, text(json, path));
  for (char& each : found) each = each >= 'A' && each <= 'F' ? static_cast<char>(each + 32) : each;
  ICN_TRY_ASSIGN(decoded, hex_decode(found));
  return codec::HexBytes{std::move(decoded)};
}

Result<std::uint64_t> to_number(std::string_view digits) {
  std::uint64_t out = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  if (problem != std::errc() || end != digits.data() + digits.size()) return unexpected("a number");
  return out;
}

Result<std::uint64_t> whole(const Json& json, std::initializer_list<std::string_view> path) {
  const Json* const found = at(json, path);
  if (found == nullptr) return unexpected(*(path.end() - 1));
  if (found->string() != nullptr) return to_number(*found->string());
  return codec::from_json<std::uint64_t>(*found);
}

// "2026-01-31T12:00:00.123456789Z"
Result<EngineTime> read_time(const Json& json, std::initializer_list<std::string_view> path) {
  ICN_TRY_ASSIGN(found, text(json, path));
  std::tm parts{};
  const char* const rest = ::strptime(found.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  if (rest == nullptr || !found.ends_with('Z')) return unexpected("a time");
  EngineTime out{static_cast<std::int64_t>(::timegm(&parts)), 0};
  std::string digits = found.substr(static_cast<std::size_t>(rest - found.c_str()));
  digits.pop_back();
  if (digits.empty()) return out;
  if (digits[0] != '.' || digits.size() > 10) return unexpected("a time");
  digits = digits.substr(1);
  digits.resize(9, '0');
  ICN_TRY_ASSIGN(nanos, to_number(digits));
  out.nanos = static_cast<std::uint32_t>(nanos);
  return out;
}

Result<EngineBlockId> read_block_id(const Json* json) {
  if (json == nullptr) return unexpected("block_id");
  EngineBlockId out;
  ICN_TRY_ASSIGN(hash, hex(*json, {"hash"}));
  ICN_TRY_ASSIGN(parts, whole(*json, {"parts", "total"}));
  ICN_TRY_ASSIGN(parts_hash, hex(*json, {"parts", "hash"}));
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
  ICN_TRY_ASSIGN(time, read_time(json, {"time"}));
  ICN_TRY_ASSIGN(last, read_block_id(json.find("last_block_id")));
  out.chain_id = std::move(chain);
  out.height = height;
  out.time = time;
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
    if (flag == kAbsent) continue;
    ICN_TRY_ASSIGN(time, read_time(each, {"timestamp"}));
    ICN_TRY_ASSIGN(encoded, text(each, {"signature"}));
    ICN_TRY_ASSIGN(decoded, base64_decode(encoded));
    signature.time = time;
    signature.signature.bytes = std::move(decoded);
  }
  return out;
}

Result<std::vector<EngineValidator>> fetch_validators(RpcClient& rpc, const std::string& height) {
  std::vector<EngineValidator> out;
  for (std::size_t page = 1;; ++page) {
    ICN_TRY_ASSIGN(json,
                   rpc.call("validators", R"({"height":")" + height + R"(","page":")" + std::to_string(page) +
                                              R"(","per_page":")" + std::to_string(kPageMax) + R"("})"));
    ICN_TRY_ASSIGN(total, whole(json, {"total"}));
    const Json* const list = at(json, {"validators"});
    if (list == nullptr || list->array() == nullptr || list->array()->empty())
      return unexpected("validators");
    for (const Json& each : *list->array()) {
      ICN_TRY_ASSIGN(encoded, text(each, {"pub_key", "value"}));
      ICN_TRY_ASSIGN(key, base64_decode(encoded));
      ICN_TRY_ASSIGN(power, whole(each, {"voting_power"}));
      out.push_back({{std::move(key)}, power});
    }
    if (out.size() >= total) return out;
  }
}

}  // namespace

Bytes precommit_bytes(const EngineAttestation& attestation, const EngineSignature& signature) {
  Bytes vote;
  number(vote, 1, kPrecommit);
  fixed(vote, 2, attestation.header.height);
  fixed(vote, 3, attestation.round);
  if (signature.flag == kCommit) codec::append_wire_bytes(vote, 4, encode(attestation.block_id));
  codec::append_wire_bytes(vote, 5, encode(signature.time));
  bytes(vote, 6, as_bytes(attestation.header.chain_id));
  Bytes out;
  codec::append_wire_varint(out, vote.size());
  append(out, vote);
  return out;
}

crypto::Hash engine_header_hash(const EngineHeader& header) {
  Bytes version;
  number(version, 1, header.block_version);
  number(version, 2, header.app_version);
  return root_of({version, wrapped(as_bytes(header.chain_id)), wrapped(header.height), encode(header.time),
                  encode(header.last_block_id), wrapped(header.last_commit_hash.bytes),
                  wrapped(header.data_hash.bytes), wrapped(header.validators_hash.bytes),
                  wrapped(header.next_validators_hash.bytes), wrapped(header.consensus_hash.bytes),
                  wrapped(header.app_hash.bytes), wrapped(header.last_results_hash.bytes),
                  wrapped(header.evidence_hash.bytes), wrapped(header.proposer_address.bytes)});
}

crypto::Hash validators_hash(const std::vector<EngineValidator>& validators) {
  std::vector<Bytes> leaves;
  for (const EngineValidator& each : validators) {
    Bytes key;
    bytes(key, 1, each.public_key.bytes);  // PublicKey.ed25519
    Bytes& leaf = leaves.emplace_back();
    codec::append_wire_bytes(leaf, 1, key);
    number(leaf, 2, each.power);
  }
  return root_of(leaves);
}

Result<CheckedAttestation> check_attestation(const EngineAttestation& attestation, const std::string& network,
                                             const crypto::Hash& our_header) {
  const EngineHeader& header = attestation.header;
  if (header.chain_id != network) return bad("header: of chain \"" + header.chain_id + "\"");
  if (header.app_hash.bytes != to_bytes(our_header))
    return bad("header: its app_hash is not the hash of the block header");
  if (to_bytes(engine_header_hash(header)) != attestation.block_id.hash.bytes)
    return bad("block_id: not the hash of the header");
  if (to_bytes(validators_hash(attestation.validators)) != header.validators_hash.bytes)
    return bad("validators: not those that the header names");
  if (attestation.signatures.size() != attestation.validators.size())
    return bad("signatures: not one for each validator");
  CheckedAttestation out;
  out.height = header.height;
  out.validators = attestation.validators.size();
  std::uint64_t total = 0;
  for (const EngineValidator& each : attestation.validators) total += each.power;
  ICN_TRY_ASSIGN(signed_power, check_signatures(attestation, out));
  if (signed_power < total * 2 / 3 + 1) {
    return Error(kTooFewSigned, "signatures: " + std::to_string(signed_power) + " of " +
                                    std::to_string(total) +
                                    " votes are for the block, more than two thirds are needed");
  }
  return out;
}

Result<EngineAttestation> fetch_attestation(RpcClient& rpc, std::uint64_t height) {
  const std::string digits = std::to_string(height);
  ICN_TRY_ASSIGN(json, rpc.call("commit", R"({"height":")" + digits + R"("})"));
  const Json* const header = at(json, {"signed_header", "header"});
  const Json* const commit = at(json, {"signed_header", "commit"});
  if (header == nullptr || commit == nullptr) return unexpected("signed_header");
  EngineAttestation out;
  ICN_TRY_ASSIGN(read, read_header(*header));
  ICN_TRY_ASSIGN(round, whole(*commit, {"round"}));
  ICN_TRY_ASSIGN(block_id, read_block_id(commit->find("block_id")));
  ICN_TRY_ASSIGN(signatures, read_signatures(commit->find("signatures")));
  ICN_TRY_ASSIGN(validators, fetch_validators(rpc, digits));
  return EngineAttestation{std::move(read), static_cast<std::uint32_t>(round), std::move(block_id),
                           std::move(signatures), std::move(validators)};
}

}  // namespace icn::consensus
