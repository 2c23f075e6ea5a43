#pragma once

#include <optional>
#include <string_view>

#include "base/ids.h"
#include "codec/json.h"
#include "crypto/ed25519.h"

// did:peer with one key and nothing else: "did:peer:0z6Mk...". It resolves without storage, like did:key, and
// signs no transactions. Source: Peer DID Method Specification, generation method 0.
namespace icn::identity {

// None: another method, another generation, or no valid Ed25519 key.
std::optional<crypto::PublicKey> read_peer_did(std::string_view did);

// As of did:key; its fragments have no "z" in front.
codec::Json peer_did_document_json(const Did& did, const crypto::PublicKey& key);

}  // namespace icn::identity
