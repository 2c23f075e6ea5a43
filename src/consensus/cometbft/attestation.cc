#include "consensus/cometbft/attestation.h"

#include "codec/protobuf_wire.h"
#include "consensus/cometbft/engine_encoding.h"
#include "consensus/cometbft/engine_json.h"
#include "consensus/cometbft/errors.h"

namespace icn::consensus {
namespace {

using codec::Json;

constexpr std::uint32_t kCommit = 2;
constexpr std::uint32_t kNil = 3;
constexpr std::uint8_t kPrecommit = 2;
constexpr std::size_t kPageMax = 100;
constexpr std::size_t kValidatorsMax = 10'000;  // CometBFT's own limit

Error bad(const std::string& what) { return Error(kBadAttestation, what); }

void append_fixed(Bytes& out, std::uint8_t field, std::uint64_t value) {
  if (value == 0) return;
  out.push_back(static_cast<std::uint8_t>(field << 3 | 1));
  for (int i = 0; i < 8; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

Bytes wrapped(ByteView value) {
  Bytes out;
  append_bytes(out, 1, value);
  return out;
}
Bytes wrapped(std::uint64_t value) {
  Bytes out;
  append_number(out, 1, value);
  return out;
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
    if (each.flag == EngineSignature::kAbsent) {
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

}  // namespace

Bytes precommit_bytes(const EngineAttestation& attestation, const EngineSignature& signature) {
  Bytes vote;
  append_number(vote, 1, kPrecommit);
  append_fixed(vote, 2, attestation.header.height);
  append_fixed(vote, 3, attestation.round);
  if (signature.flag == kCommit) codec::append_wire_bytes(vote, 4, encode(attestation.block_id));
  codec::append_wire_bytes(vote, 5, encode(signature.time));
  append_bytes(vote, 6, as_bytes(attestation.header.chain_id));
  Bytes out;
  codec::append_wire_varint(out, vote.size());
  append(out, vote);
  return out;
}

crypto::Hash engine_header_hash(const EngineHeader& header) {
  Bytes version;
  append_number(version, 1, header.block_version);
  append_number(version, 2, header.app_version);
  return engine_root({version, wrapped(as_bytes(header.chain_id)), wrapped(header.height),
                      encode(header.time), encode(header.last_block_id),
                      wrapped(header.last_commit_hash.bytes), wrapped(header.data_hash.bytes),
                      wrapped(header.validators_hash.bytes), wrapped(header.next_validators_hash.bytes),
                      wrapped(header.consensus_hash.bytes), wrapped(header.app_hash.bytes),
                      wrapped(header.last_results_hash.bytes), wrapped(header.evidence_hash.bytes),
                      wrapped(header.proposer_address.bytes)});
}

crypto::Hash validators_hash(std::span<const EngineValidator> validators) {
  std::vector<Bytes> leaves;
  for (const EngineValidator& each : validators) {
    Bytes key;
    append_bytes(key, 1, each.public_key.bytes);  // PublicKey.ed25519
    Bytes& leaf = leaves.emplace_back();
    codec::append_wire_bytes(leaf, 1, key);
    append_number(leaf, 2, each.power);
  }
  return engine_root(leaves);
}

Result<CheckedAttestation> check_signed_header(const EngineAttestation& attestation,
                                               const std::string& network) {
  const EngineHeader& header = attestation.header;
  if (header.chain_id != network) return bad("header: not of chain \"" + network + "\"");
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

Result<CheckedAttestation> check_attestation(const EngineAttestation& attestation, const std::string& network,
                                             const crypto::Hash& our_header) {
  const EngineHeader& header = attestation.header;
  if (header.chain_id == network && header.app_hash.bytes != to_bytes(our_header))
    return bad("header: its app_hash is not the hash of the block header");
  return check_signed_header(attestation, network);
}

Result<std::vector<EngineValidator>> fetch_validators(RpcClient& rpc, std::uint64_t height) {
  std::vector<EngineValidator> out;
  for (std::size_t page = 1;; ++page) {
    ICN_TRY_ASSIGN(json, rpc.call("validators", R"({"height":")" + std::to_string(height) + R"(","page":")" +
                                                    std::to_string(page) + R"(","per_page":")" +
                                                    std::to_string(kPageMax) + R"("})"));
    ICN_TRY_ASSIGN(total, engine_json::whole(json, {"total"}));
    const Json* const list = engine_json::at(json, {"validators"});
    if (list == nullptr || total > kValidatorsMax) return engine_json::unexpected("validators");
    ICN_TRY_ASSIGN(read, engine_json::validators(*list));
    const std::size_t read_size = read.size();
    for (EngineValidator& each : read) out.push_back(std::move(each));
    if (out.size() >= total) return out;
    if (read_size < kPageMax) return engine_json::unexpected("a whole page of validators");
  }
}

Result<EngineAttestation> fetch_attestation(RpcClient& rpc, std::uint64_t height) {
  ICN_TRY_ASSIGN(json, rpc.call("commit", R"({"height":")" + std::to_string(height) + R"("})"));
  ICN_TRY_ASSIGN(out, engine_json::signed_header(json));
  ICN_TRY_ASSIGN(validators, fetch_validators(rpc, height));
  out.validators = std::move(validators);
  return std::move(out);
}

}  // namespace icn::consensus
