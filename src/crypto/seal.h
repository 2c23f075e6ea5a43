#pragma once

#include "base/random.h"
#include "crypto/secret_bytes.h"

namespace icn::crypto {

// <1><nonce: 24><ciphertext and tag>, XChaCha20-Poly1305 (IETF). Internal to this folder.
Bytes seal_with(ByteView key, ByteView plaintext, ByteView associated_data, Random& random);
//   seal_not_opened
Result<SecretBytes> open_with(ByteView key, ByteView sealed, ByteView associated_data, SecretMemory memory);

}  // namespace icn::crypto
