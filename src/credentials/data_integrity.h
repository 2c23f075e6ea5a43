#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "codec/json.h"
#include "credentials/errors.h"
#include "crypto/ed25519.h"

// Data Integrity proofs of the cryptosuite eddsa-jcs-2022: Ed25519 over
//   SHA-256(RFC 8785 of the proof without proofValue) || SHA-256(RFC 8785 of the document without proof)
// Source: W3C Verifiable Credential Data Integrity 1.0; W3C Data Integrity EdDSA Cryptosuites 1.0, 3.3.
namespace icn::credentials {

inline constexpr std::string_view kCryptosuite = "eddsa-jcs-2022";

struct ProofOptions {
  KeyId method;
  std::string purpose = "assertionMethod";
  TimestampSecs created = 0;
  std::optional<std::string> challenge;
  std::optional<std::string> domain;
};

// `document` with its proof; one that it had is replaced.
codec::Json add_proof(codec::Json document, const ProofOptions& options, const crypto::SecretKey& key);

struct Proof {
  KeyId method;
  std::string purpose;
  std::optional<TimestampSecs> created;
  std::optional<TimestampSecs> expires;
  std::optional<std::string> challenge;
  std::vector<std::string> domains;
  Bytes message;  // what was signed
  crypto::Signature signature;
};

// The one proof of a secured document, ready to be verified.
//   I007                no proof, several, or one of another form
//   unsupported_proof   another type or cryptosuite, by name; a proof that depends on another
Result<Proof> read_proof(const codec::Json& document);

}  // namespace icn::credentials
