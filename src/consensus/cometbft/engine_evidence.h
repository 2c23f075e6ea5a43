#pragma once

#include "codec/json.h"
#include "crypto/hash.h"

namespace tendermint::abci {
class RequestFinalizeBlock;
}  // namespace tendermint::abci

// What a block of CometBFT tells of validators that misbehaved: DuplicateVoteEvidence or
// LightClientAttackEvidence in its protobuf encoding, as the header's evidence_hash is over it. The bytes do
// not say which of the two they are; field 2 does: a message in the first, a number in the second. Source:
// its types/evidence.go.
namespace icn::consensus {

// From its JSON in the RPC's answer to "block". engine_failed: it is no evidence of these kinds, or of a
// validator whose key is not Ed25519.
Result<Bytes> encode_evidence(const codec::Json& json);

crypto::Hash evidence_hash(const std::vector<Bytes>& evidence);

// Appends what CometBFT tells its application of it: one entry for a vote, one for each validator of an
// attack. F001: the bytes are none of these; nothing is appended.
Result<void> add_misbehavior(ByteView evidence, tendermint::abci::RequestFinalizeBlock& request);

}  // namespace icn::consensus
