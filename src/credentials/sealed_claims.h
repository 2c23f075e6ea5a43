#pragma once

#include "base/bytes.h"
#include "credentials/errors.h"
#include "crypto/ed25519.h"
#include "crypto/secret_bytes.h"

// What only the holder of a DID's key can read: libsodium's sealed box (X25519, XSalsa20-Poly1305) for the
// key-agreement key that belongs to an Ed25519 key. Who sealed it cannot open it again.
namespace icn::credentials {

// bad_public_key: the key has no key-agreement form.
Result<Bytes> seal_for(const crypto::PublicKey& holder, ByteView plaintext);
// not_sealed_for_key: it was sealed for another key, or changed.
Result<crypto::SecretBytes> open_sealed(const crypto::SecretKey& holder, ByteView sealed);

}  // namespace icn::credentials
