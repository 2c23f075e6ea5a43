#pragma once

#include <string_view>

#include "base/ids.h"
#include "crypto/ed25519.h"

// Proof that who names a key for a DID has its secret half. The new key signs
//   "icn:key-proof:v1" 0x00 + canonical JSON {"did", "network", "nonce", "public_key"}
// did         the DID that gets the key; at creation the one that follows from type, key and nonce
// network     network id of the transaction
// nonce       the 16 bytes of the body's nonce, hex
// public_key  "z6Mk..."
namespace icn::identity {

Bytes key_proof_bytes(std::string_view network, const Did& did, ByteView nonce, const crypto::PublicKey& key);

// I007: the signature is not valid, or the key has no key-agreement form (no point of the main group).
Result<void> check_key_proof(std::string_view network, const Did& did, ByteView nonce,
                             const crypto::PublicKey& key, ByteView proof);

}  // namespace icn::identity
