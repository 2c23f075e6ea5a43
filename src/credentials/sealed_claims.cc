#include "credentials/sealed_claims.h"

#include <sodium.h>

#include "crypto/key_text.h"

namespace icn::credentials {

Result<Bytes> seal_for(const crypto::PublicKey& holder, ByteView plaintext) {
  ICN_TRY_ASSIGN(key, crypto::derive_x25519(holder));
  Bytes out(plaintext.size() + crypto_box_SEALBYTES);
  if (crypto_box_seal(out.data(), plaintext.data(), plaintext.size(), key.data()) != 0)
    return Error(errors::kInternal, "a credential could not be sealed");
  return out;
}

Result<crypto::SecretBytes> open_sealed(const crypto::SecretKey& holder, ByteView sealed) {
  const Error refused(kNotSealedForKey);
  if (sealed.size() < crypto_box_SEALBYTES) return refused;
  const crypto::SecretBytes seed = holder.seed();
  crypto::SecretBytes expanded(crypto_sign_SECRETKEYBYTES, crypto::SecretMemory::kPlain);
  crypto::SecretBytes secret(crypto_box_SECRETKEYBYTES, crypto::SecretMemory::kPlain);
  std::array<std::uint8_t, crypto_sign_PUBLICKEYBYTES> ignored{};
  if (crypto_sign_seed_keypair(ignored.data(), expanded.writable().data(), seed.view().data()) != 0 ||
      crypto_sign_ed25519_sk_to_curve25519(secret.writable().data(), expanded.view().data()) != 0) {
    return refused;
  }
  ICN_TRY_ASSIGN(key, crypto::derive_x25519(holder.public_key()));
  crypto::SecretBytes out(sealed.size() - crypto_box_SEALBYTES, crypto::SecretMemory::kPlain);
  if (crypto_box_seal_open(out.writable().data(), sealed.data(), sealed.size(), key.data(),
                           secret.view().data()) != 0)
    return refused;
  return out;
}

}  // namespace icn::credentials
