#pragma once

#include "consensus/cometbft/attestation.h"

namespace tendermint::abci {
class RequestFinalizeBlock;
}  // namespace tendermint::abci

// A federation's ledger without an engine of one's own: each block is fetched from the RPC of some
// validator's CometBFT, which need not be trusted, and checked as its light client checks the header that
// follows one that it trusts. Source: CometBFT v0.40, light/verifier.go (VerifyAdjacent), types/block.go
// (ValidateBasic).
namespace icn::consensus {

// What is trusted of the block before.
struct TrustedTip {
  std::string chain;
  std::uint64_t height = 0;  // before the first block: the genesis file's initial_height - 1
  Bytes block_hash;          // empty: not compared, as before the first block, which names none
  Bytes next_validators_hash;
};

struct DecidedBlock {
  EngineAttestation attestation;          // header, commit and validators of this height
  std::vector<std::string> transactions;  // as they stand in the block
  std::vector<Bytes> evidence;            // of validators that misbehaved: engine_evidence.h
};

// In two requests, one when `known`, validators in their order, are those that the header names. Nothing is
// checked.
//   block_not_decided   the engine has no block of that height yet
//   block_dropped       the engine no longer keeps it; the detail says from which height on it does
//   engine_failed       it does not answer, or with something else; also evidence that is not read here (of
//                       keys that are not Ed25519): only an engine of one's own gets past such a block
Result<DecidedBlock> fetch_decided_block(RpcClient& rpc, std::uint64_t height,
                                         std::span<const EngineValidator> known);

// The detail names the first part that does not fit. `app_hash`: of our newest header before this block.
//   F001, E011     who gave the block lies: another may have the right one. Chain, height, block before,
//                  validators, transactions and evidence are what a header names that more than two thirds
//                  signed
//   other_ledger   all of that holds, but the header follows another state than ours: it is us who are wrong
Result<void> check_decided_block(const DecidedBlock& block, const TrustedTip& tip,
                                 const crypto::Hash& app_hash);

// What is trusted after a block that was checked.
TrustedTip tip_after(const DecidedBlock& block);
// Before the first block, of the genesis file's validators in any order.
TrustedTip tip_before_first(std::string chain, std::uint64_t initial_height,
                            std::vector<EngineValidator> validators);
// As the engine orders them: by power from the largest, then by address.
void sort_validators(std::vector<EngineValidator>& validators);

// What CometBFT asks its application of a block that was checked (state/execution.go, applyBlock), but for
// decided_last_commit, which ours does not read. F001: evidence that check_decided_block() refuses.
Result<void> fill_finalize_request(const DecidedBlock& block,
                                   tendermint::abci::RequestFinalizeBlock& request);

}  // namespace icn::consensus
