#pragma once

#include <string>

#include "base/ids.h"
#include "codec/json.h"
#include "credentials/errors.h"
#include "crypto/ed25519.h"

namespace icn::credentials {

// The Ed25519 key `method` of a DID document that lists it, or holds it, under `purpose` ("assertionMethod").
// Reads Multikey, Ed25519VerificationKey2020 and JsonWebKey.
//   I007   no such method, not for this purpose, or of another kind
// Source: DID Core 1.0, 5.2 and 5.3.
Result<crypto::PublicKey> key_in_document(const codec::Json& document, const KeyId& method,
                                          const std::string& purpose);

}  // namespace icn::credentials
