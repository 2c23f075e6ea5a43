#pragma once

#include <string>
#include <string_view>

#include "base/ids.h"
#include "codec/json.h"
#include "credentials/errors.h"
#include "crypto/ed25519.h"

// Compact JSON Web Signatures with Ed25519, which "alg" calls EdDSA (RFC 8037) or Ed25519 (RFC 9864).
// Source: RFC 7515, RFC 7519.
namespace icn::credentials {

inline constexpr std::size_t kJwsBytesMax = 384 << 10;

struct Jws {
  codec::Json header;
  std::string type;  // "typ", empty: none
  KeyId key;         // "kid", empty: none
  codec::Json payload;
  std::string message;  // what was signed
  crypto::Signature signature;
};

// Reads one; the signature is for the caller to verify.
//   I007                not three parts of base64url, JSON objects and a signature of 64 bytes
//   unsupported_proof   another alg, or critical headers
Result<Jws> read_jws(std::string_view compact);

std::string make_jws(const codec::Json& header, const codec::Json& payload, const crypto::SecretKey& key);

// {"kty":"OKP","crv":"Ed25519","x":...} and back.   I007
codec::Json public_jwk(const crypto::PublicKey& key);
Result<crypto::PublicKey> read_jwk(const codec::Json& jwk);

}  // namespace icn::credentials
