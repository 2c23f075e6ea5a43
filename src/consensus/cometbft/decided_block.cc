#include "consensus/cometbft/decided_block.h"

#include <algorithm>

#include "abci.pb.h"
#include "consensus/cometbft/engine_encoding.h"
#include "consensus/cometbft/engine_evidence.h"
#include "consensus/cometbft/engine_json.h"
#include "consensus/cometbft/errors.h"
#include "consensus/cometbft/network_genesis.h"

namespace icn::consensus {
namespace {

namespace abci = tendermint::abci;
using codec::Json;

Error bad(const std::string& what) { return Error(kBadAttestation, what); }

// Source of the texts: CometBFT v0.40, rpc/core/env.go, getHeight.
Error why_missing(const Error& refused) {
  const auto says = [&](std::string_view text) { return refused.detail().find(text) != std::string::npos; };
  if (says("must be less than or equal to the current blockchain height"))
    return Error(kBlockNotDecided, refused.detail());
  if (says("is not available, lowest height is")) return Error(kBlockDropped, refused.detail());
  return refused;
}

// Of a list that is null when it is empty.
Result<std::span<const Json>> items(const Json& block, engine_json::Path path) {
  const Json* const found = engine_json::at(block, path);
  if (found == nullptr) return engine_json::unexpected(*(path.end() - 1));
  if (found->is_null()) return std::span<const Json>();
  if (found->array() == nullptr) return engine_json::unexpected(*(path.end() - 1));
  return std::span<const Json>(*found->array());
}

crypto::Hash data_hash(const std::vector<std::string>& transactions) {
  std::vector<Bytes> leaves;
  for (const std::string& each : transactions) leaves.push_back(to_bytes(crypto::sha256(as_bytes(each))));
  return engine_root(leaves);
}

Result<void> check_place(const EngineHeader& header, const TrustedTip& tip) {
  if (header.chain_id != tip.chain) return bad("chain: not \"" + tip.chain + "\"");
  if (header.height != tip.height + 1) {
    return bad("height: " + std::to_string(header.height) + " does not follow " + std::to_string(tip.height));
  }
  if (!tip.block_hash.empty() && header.last_block_id.hash.bytes != tip.block_hash)
    return bad("last_block_id: not the block before");
  if (header.validators_hash.bytes != tip.next_validators_hash)
    return bad("validators_hash: not what the header before names");
  return {};
}

}  // namespace

Result<DecidedBlock> fetch_decided_block(RpcClient& rpc, std::uint64_t height,
                                         std::span<const EngineValidator> known) {
  const std::string params = R"({"height":")" + std::to_string(height) + R"("})";
  const RpcCall calls[] = {{"block", params}, {"commit", params}};
  ICN_TRY_ASSIGN(answers, rpc.call_all(calls));
  for (const Result<Json>& each : answers) {
    if (!each.ok()) return why_missing(each.error());
  }
  DecidedBlock out;
  ICN_TRY_ASSIGN(signed_header, engine_json::signed_header(*answers[1]));
  ICN_TRY_ASSIGN(transactions, items(*answers[0], {"block", "data", "txs"}));
  ICN_TRY_ASSIGN(evidence, items(*answers[0], {"block", "evidence", "evidence"}));
  for (const Json& each : transactions) {
    auto bytes = each.string() != nullptr ? base64_decode(*each.string()) : engine_json::unexpected("txs");
    if (!bytes.ok()) return engine_json::unexpected("txs");
    out.transactions.push_back(to_text(*bytes));
  }
  for (const Json& each : evidence) {
    ICN_TRY_ASSIGN(encoded, encode_evidence(each));
    out.evidence.push_back(std::move(encoded));
  }
  out.attestation = std::move(signed_header);
  if (to_bytes(validators_hash(known)) == out.attestation.header.validators_hash.bytes) {
    out.attestation.validators.assign(known.begin(), known.end());
    return out;
  }
  ICN_TRY_ASSIGN(validators, fetch_validators(rpc, height));
  out.attestation.validators = std::move(validators);
  return out;
}

Result<void> check_decided_block(const DecidedBlock& block, const TrustedTip& tip,
                                 const crypto::Hash& app_hash) {
  const EngineHeader& header = block.attestation.header;
  ICN_TRY(check_place(header, tip));
  if (to_bytes(data_hash(block.transactions)) != header.data_hash.bytes)
    return bad("data_hash: not of these transactions");
  if (to_bytes(evidence_hash(block.evidence)) != header.evidence_hash.bytes)
    return bad("evidence_hash: not of this evidence");
  ICN_TRY(check_signed_header(block.attestation, tip.chain));
  abci::RequestFinalizeBlock request;
  for (const Bytes& each : block.evidence) ICN_TRY(add_misbehavior(each, request));
  if (header.app_hash.bytes != to_bytes(app_hash)) {
    return Error(kOtherLedger, "app_hash: block " + std::to_string(header.height) +
                                   " follows a ledger with header " + hex_encode(header.app_hash.bytes) +
                                   ", here it is " + hex_encode(app_hash));
  }
  return {};
}

TrustedTip tip_after(const DecidedBlock& block) {
  const EngineHeader& header = block.attestation.header;
  return {header.chain_id, header.height, block.attestation.block_id.hash.bytes,
          header.next_validators_hash.bytes};
}

TrustedTip tip_before_first(std::string chain, std::uint64_t initial_height,
                            std::vector<EngineValidator> validators) {
  sort_validators(validators);
  return {std::move(chain), initial_height - 1, {}, to_bytes(validators_hash(validators))};
}

void sort_validators(std::vector<EngineValidator>& validators) {
  std::sort(validators.begin(), validators.end(),
            [](const EngineValidator& left, const EngineValidator& right) {
              return left.power != right.power ? left.power > right.power
                                               : engine_address_bytes(left.public_key.bytes) <
                                                     engine_address_bytes(right.public_key.bytes);
            });
}

Result<void> fill_finalize_request(const DecidedBlock& block, abci::RequestFinalizeBlock& request) {
  const EngineHeader& header = block.attestation.header;
  for (const std::string& each : block.transactions) request.add_txs(each);
  for (const Bytes& each : block.evidence) ICN_TRY(add_misbehavior(each, request));
  request.set_hash(to_text(block.attestation.block_id.hash.bytes));
  request.set_height(static_cast<std::int64_t>(header.height));
  request.mutable_time()->set_seconds(header.time.seconds);
  request.mutable_time()->set_nanos(static_cast<std::int32_t>(header.time.nanos));
  request.set_next_validators_hash(to_text(header.next_validators_hash.bytes));
  request.set_proposer_address(to_text(header.proposer_address.bytes));
  return {};
}

}  // namespace icn::consensus
