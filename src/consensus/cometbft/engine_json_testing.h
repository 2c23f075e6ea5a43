#pragma once

#include "codec/json.h"
#include "consensus/cometbft/decided_block.h"
#include "consensus/cometbft/network_genesis.h"

// A block as CometBFT's RPC writes it; examples in decided_block_testing.h.
namespace icn::consensus::followed {

using codec::Json;

inline std::string upper(const codec::HexBytes& bytes) {
  std::string out = hex_encode(bytes.bytes);
  for (char& each : out) each = each >= 'a' ? static_cast<char>(each - 32) : each;
  return out;
}

inline std::string text_of(const EngineTime& time) {
  std::string nanos = std::to_string(1'000'000'000 + time.nanos);
  nanos[0] = '.';
  std::string out = rfc3339(static_cast<TimestampSecs>(time.seconds));
  return out.insert(out.size() - 1, nanos);
}

inline Json json_of(const EngineBlockId& id) {
  return Json::object(
      {{"hash", upper(id.hash)},
       {"parts", Json::object({{"total", std::uint64_t{id.parts}}, {"hash", upper(id.parts_hash)}})}});
}

inline Json json_of(const EngineHeader& header) {
  return Json::object({{"version", Json::object({{"block", std::to_string(header.block_version)},
                                                 {"app", std::to_string(header.app_version)}})},
                       {"chain_id", header.chain_id},
                       {"height", std::to_string(header.height)},
                       {"time", text_of(header.time)},
                       {"last_block_id", json_of(header.last_block_id)},
                       {"last_commit_hash", upper(header.last_commit_hash)},
                       {"data_hash", upper(header.data_hash)},
                       {"validators_hash", upper(header.validators_hash)},
                       {"next_validators_hash", upper(header.next_validators_hash)},
                       {"consensus_hash", upper(header.consensus_hash)},
                       {"app_hash", upper(header.app_hash)},
                       {"last_results_hash", upper(header.last_results_hash)},
                       {"evidence_hash", upper(header.evidence_hash)},
                       {"proposer_address", upper(header.proposer_address)}});
}

inline Json json_of(const EngineSignature& signature) {
  const bool is_there = signature.flag != 1;
  const Json bytes = is_there ? Json(base64_encode(signature.signature.bytes)) : Json();
  return Json::object({{"block_id_flag", std::uint64_t{signature.flag}},
                       {"timestamp", is_there ? text_of(signature.time) : "0001-01-01T00:00:00Z"},
                       {"signature", bytes}});
}

inline Json block_json(const DecidedBlock& block) {
  Json::Array wires;
  for (const std::string& each : block.transactions) wires.push_back(base64_encode(as_bytes(each)));
  return Json::object(
      {{"block_id", json_of(block.attestation.block_id)},
       {"block", Json::object({{"header", json_of(block.attestation.header)},
                               {"data", Json::object({{"txs", Json(std::move(wires))}})},
                               {"evidence", Json::object({{"evidence", Json(Json::Array())}})}})}});
}

inline Json commit_json(const EngineAttestation& signed_by) {
  Json::Array signatures;
  for (const EngineSignature& each : signed_by.signatures) signatures.push_back(json_of(each));
  const Json commit = Json::object({{"height", std::to_string(signed_by.header.height)},
                                    {"round", std::uint64_t{signed_by.round}},
                                    {"block_id", json_of(signed_by.block_id)},
                                    {"signatures", Json(std::move(signatures))}});
  return Json::object(
      {{"signed_header", Json::object({{"header", json_of(signed_by.header)}, {"commit", commit}})},
       {"canonical", true}});
}

inline Json validators_json(const EngineAttestation& signed_by) {
  Json::Array list;
  for (const EngineValidator& each : signed_by.validators) {
    const Json key =
        Json::object({{"type", "tendermint/PubKeyEd25519"}, {"value", base64_encode(each.public_key.bytes)}});
    list.push_back(Json::object({{"pub_key", key}, {"voting_power", std::to_string(each.power)}}));
  }
  const std::string total = std::to_string(list.size());
  return Json::object({{"validators", Json(std::move(list))}, {"count", total}, {"total", total}});
}

}  // namespace icn::consensus::followed
