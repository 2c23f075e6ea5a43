#pragma once

#include <string>
#include <string_view>

#include "crypto/ed25519.h"

// A secret key as text: Multikey (multibase base58btc of multicodec ed25519-priv and the seed), "z3u2...".
// Source: W3C Controlled Identifiers 1.0, Multikey. Thread: any.
namespace icn::crypto {

// Whoever has it has the key.
std::string secret_multikey_text(const SecretKey& key);
// Refuses (malformed) what secret_multikey_text() does not write. Never repeats the text.
Result<SecretKey> read_secret_multikey(std::string_view text);

}  // namespace icn::crypto
