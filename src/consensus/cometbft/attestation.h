#pragma once

#include <map>

#include "codec/json.h"
#include "codec/values.h"
#include "consensus/cometbft/rpc_client.h"
#include "crypto/ed25519.h"
#include "crypto/hash.h"

// What CometBFT's validators signed of one of our headers: the engine's header of the next height, whose app
// hash is our header's hash, its commit and the validators. Checked with nothing but itself; whom those keys
// belong to, the genesis file says. Source: CometBFT's specification, "Data structures" and "Encoding".
namespace icn::consensus {

struct EngineTime {
  std::int64_t seconds = 0;
  std::uint32_t nanos = 0;
  static constexpr auto fields() {
    return described(codec::field("seconds", &EngineTime::seconds),
                     codec::field("nanos", &EngineTime::nanos));
  }
};

struct EngineBlockId {
  codec::HexBytes hash;
  std::uint32_t parts = 0;
  codec::HexBytes parts_hash;
  static constexpr auto fields() {
    return described(codec::field("hash", &EngineBlockId::hash), codec::field("parts", &EngineBlockId::parts),
                     codec::field("parts_hash", &EngineBlockId::parts_hash));
  }
};

struct EngineHeader {
  std::uint64_t block_version = 0;
  std::uint64_t app_version = 0;
  std::string chain_id;
  std::uint64_t height = 0;
  EngineTime time;
  EngineBlockId last_block_id;
  codec::HexBytes last_commit_hash;
  codec::HexBytes data_hash;
  codec::HexBytes validators_hash;
  codec::HexBytes next_validators_hash;
  codec::HexBytes consensus_hash;
  codec::HexBytes app_hash;
  codec::HexBytes last_results_hash;
  codec::HexBytes evidence_hash;
  codec::HexBytes proposer_address;
  static constexpr auto fields() {
    using codec::field;
    return described(field("block_version", &EngineHeader::block_version),
                     field("app_version", &EngineHeader::app_version),
                     field("chain_id", &EngineHeader::chain_id), field("height", &EngineHeader::height),
                     field("time", &EngineHeader::time), field("last_block_id", &EngineHeader::last_block_id),
                     field("last_commit_hash", &EngineHeader::last_commit_hash),
                     field("data_hash", &EngineHeader::data_hash),
                     field("validators_hash", &EngineHeader::validators_hash),
                     field("next_validators_hash", &EngineHeader::next_validators_hash),
                     field("consensus_hash", &EngineHeader::consensus_hash),
                     field("app_hash", &EngineHeader::app_hash),
                     field("last_results_hash", &EngineHeader::last_results_hash),
                     field("evidence_hash", &EngineHeader::evidence_hash),
                     field("proposer_address", &EngineHeader::proposer_address));
  }
};

// A validator's part in the commit. `flag`: 1 absent (all else empty), 2 for the block, 3 for none.
struct EngineSignature {
  static constexpr std::uint32_t kAbsent = 1;
  std::uint32_t flag = 1;
  EngineTime time;
  codec::HexBytes signature;
  static constexpr auto fields() {
    return described(codec::field("flag", &EngineSignature::flag),
                     codec::field("time", &EngineSignature::time),
                     codec::field("signature", &EngineSignature::signature));
  }
};

struct EngineValidator {
  codec::HexBytes public_key;
  std::uint64_t power = 0;
  static constexpr auto fields() {
    return described(codec::field("public_key", &EngineValidator::public_key),
                     codec::field("power", &EngineValidator::power));
  }
};

struct EngineAttestation {
  EngineHeader header;
  std::uint32_t round = 0;
  EngineBlockId block_id;
  std::vector<EngineSignature> signatures;  // one for each validator, in their order
  std::vector<EngineValidator> validators;
  static constexpr auto fields() {
    using codec::field;
    return described(field("header", &EngineAttestation::header), field("round", &EngineAttestation::round),
                     field("block_id", &EngineAttestation::block_id),
                     field("signatures", &EngineAttestation::signatures),
                     field("validators", &EngineAttestation::validators));
  }
};

crypto::Hash engine_header_hash(const EngineHeader& header);
// What the validator of `signature` signed: its precommit as the engine encodes it.
Bytes precommit_bytes(const EngineAttestation& attestation, const EngineSignature& signature);
crypto::Hash validators_hash(std::span<const EngineValidator> validators);

struct CheckedAttestation {
  std::uint64_t height = 0;
  std::size_t signed_by = 0;  // validators
  std::size_t validators = 0;
  std::vector<crypto::PublicKey> keys;  // of the validators
};
// F001: the detail names the first part that does not fit. Every signature that is there must be
// valid, and those for the block must have more than two thirds of the power.
Result<CheckedAttestation> check_attestation(const EngineAttestation& attestation, const std::string& network,
                                             const crypto::Hash& our_header);

// The same without a word on app_hash.
Result<CheckedAttestation> check_signed_header(const EngineAttestation& attestation,
                                               const std::string& network);

// Asks the engine for the commit of `height`. engine_failed: it has none, or answers something else.
Result<EngineAttestation> fetch_attestation(RpcClient& rpc, std::uint64_t height);
// For those of `height`, in their order. Errors as above.
Result<std::vector<EngineValidator>> fetch_validators(RpcClient& rpc, std::uint64_t height);

}  // namespace icn::consensus
