#include "crypto/seal.h"

#include <sodium.h>

#include <algorithm>

#include "crypto/errors.h"

namespace icn::crypto {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kNonceSize = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagSize = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t kHeadSize = 1 + kNonceSize;

}  // namespace

Bytes seal_with(ByteView key, ByteView plaintext, ByteView associated_data, Random& random) {
  ICN_ASSERT(key.size() == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
  Bytes out(kHeadSize + plaintext.size() + kTagSize);
  out[0] = kVersion;
  random.fill({out.data() + 1, kNonceSize});
  crypto_aead_xchacha20poly1305_ietf_encrypt(out.data() + kHeadSize, nullptr, plaintext.data(),
                                             plaintext.size(), associated_data.data(), associated_data.size(),
                                             nullptr, out.data() + 1, key.data());
  return out;
}

Result<SecretBytes> open_with(ByteView key, ByteView sealed, ByteView associated_data, SecretMemory memory) {
  ICN_ASSERT(key.size() == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
  if (sealed.size() < kHeadSize + kTagSize || sealed[0] != kVersion) return Error(errors::kNotOpened);
  SecretBytes out(sealed.size() - kHeadSize - kTagSize, memory);
  const ByteView body = sealed.subspan(kHeadSize);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(out.writable().data(), nullptr, nullptr, body.data(),
                                                 body.size(), associated_data.data(), associated_data.size(),
                                                 sealed.data() + 1, key.data()) != 0) {
    return Error(errors::kNotOpened);
  }
  return out;
}

}  // namespace icn::crypto
