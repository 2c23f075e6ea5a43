#include "crypto/key_text.h"

#include <sodium.h>

#include "codec/multibase.h"
#include "crypto/errors.h"

namespace icn::crypto {
namespace {

// Varints of the multicodec table.
constexpr std::array<std::uint8_t, 2> kEd25519Public = {0xed, 0x01};
constexpr std::array<std::uint8_t, 2> kX25519Public = {0xec, 0x01};
constexpr std::string_view kDidKey = "did:key:";
constexpr std::size_t kTextSizeMax = 64;  // one of ours has 48; more is not worth decoding

std::string encode(ByteView codec, ByteView key) {
  Bytes bytes = to_bytes(codec);
  append(bytes, key);
  return codec::multibase_encode(codec::Base::kBase58Btc, bytes);
}

}  // namespace

std::string multikey_text(const PublicKey& key) { return encode(kEd25519Public, key.view()); }

std::string multikey_text(const X25519Key& key) { return encode(kX25519Public, key); }

Result<PublicKey> read_multikey(std::string_view text) {
  if (text.size() > kTextSizeMax || !text.starts_with('z')) {
    return Error(errors::kBadKey, "an Ed25519 key in text is 'z' and base58btc digits, as in z6Mk...");
  }
  const auto decoded = codec::multibase_decode(text);
  if (!decoded) return Error(errors::kBadKey, decoded.error().detail());
  const ByteView bytes = decoded->bytes;
  if (bytes.size() < 2 || bytes[0] != kEd25519Public[0] || bytes[1] != kEd25519Public[1]) {
    return Error(errors::kBadKey, "not an Ed25519 key (those begin with z6Mk)");
  }
  return PublicKey::from_bytes(bytes.subspan(2));
}

Result<X25519Key> derive_x25519(const PublicKey& key) {
  X25519Key out;
  if (crypto_sign_ed25519_pk_to_curve25519(out.data(), key.bytes.data()) != 0) {
    return Error(errors::kBadKey, "the key has no key-agreement form: it is no point of the main group");
  }
  return out;
}

Did did_key(const PublicKey& key) { return Did(std::string(kDidKey) + multikey_text(key)); }

KeyId did_key_method(const PublicKey& key) {
  const std::string text = multikey_text(key);
  return KeyId(std::string(kDidKey) + text + "#" + text);
}

Result<PublicKey> read_did_key(std::string_view did) {
  if (!did.starts_with(kDidKey)) return Error(errors::kBadKey, "a did:key begins with did:key:z6Mk");
  return read_multikey(did.substr(kDidKey.size()));
}

}  // namespace icn::crypto
