#pragma once

#include <string>

#include "base/clock.h"
#include "base/ids.h"
#include "codec/json.h"
#include "credentials/errors.h"
#include "crypto/ed25519.h"

namespace icn::credentials {

// The Ed25519 key `method` of a DID document that lists it, or holds it, under `purpose` ("assertionMethod").
// Reads Multikey, Ed25519VerificationKey2020 and JsonWebKey.
//   I007   no such method, not for this purpose, of another kind or of another controller; expired or revoked
//          at `at`
// Source: DID Core 1.0, 5.2 and 5.3; Controlled Identifiers 1.0, 2.2.
Result<crypto::PublicKey> key_in_document(const codec::Json& document, const KeyId& method,
                                          const std::string& purpose, TimestampSecs at);

}  // namespace icn::credentials
