#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "crypto/ed25519.h"

// Keys as text: Multikey (multibase base58btc of multicodec and key) and did:key.
// Sources: W3C Controlled Identifiers 1.0, Multikey; W3C CCG did:key. Thread: any.
namespace icn::crypto {

using X25519Key = std::array<std::uint8_t, 32>;

// "z6Mk...": ed 01 and the 32 bytes.
std::string multikey_text(const PublicKey& key);
// Refuses (bad_public_key) other bases, other kinds of keys, and what PublicKey::from_bytes() does.
Result<PublicKey> read_multikey(std::string_view text);

// The key-agreement key that belongs to a signing key. bad_public_key: no point of the curve's main group.
Result<X25519Key> derive_x25519(const PublicKey& key);
// "z6LS...": ec 01 and the 32 bytes.
std::string multikey_text(const X25519Key& key);

// "did:key:z6Mk..."
Did did_key(const PublicKey& key);
// "did:key:z6Mk...#z6Mk...", its one verification method.
KeyId did_key_method(const PublicKey& key);
// Reads a did:key without fragment. bad_public_key
Result<PublicKey> read_did_key(std::string_view did);

}  // namespace icn::crypto
