// Ed25519 verification with the cofactored equation [8](sB - kA - R) = 0, so that one signature
// has the same answer alone and in every batch. S < L is checked here; canonical and small-order
// encodings of A and R are the caller's to refuse first (src/crypto/ed25519.cc).
// Thread: any, unless said otherwise; the functions share nothing and never unwind.
// Source: RFC 8032, 5.1.7; ZIP 215.
#ifndef ICN_ED25519_H
#define ICN_ED25519_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct icn_ed25519_item {
  const uint8_t* public_key;  // 32 bytes
  const uint8_t* signature;   // 64 bytes
  const uint8_t* message;     // `message_size` bytes; may be null when that is 0
  size_t message_size;
} icn_ed25519_item;

bool icn_ed25519_verify(const icn_ed25519_item* item);

// Verifies batches and keeps the points of up to about `keys_max` keys it has seen (200 bytes each), which
// spares a sixth of the work. Thread: one at a time.
typedef struct icn_ed25519_verifier icn_ed25519_verifier;
icn_ed25519_verifier* icn_ed25519_verifier_new(size_t keys_max);
void icn_ed25519_verifier_free(icn_ed25519_verifier* verifier);
// True only when all of `count` items are valid. True for none.
bool icn_ed25519_verifier_verify(icn_ed25519_verifier* verifier, const icn_ed25519_item* items, size_t count);

#ifdef __cplusplus
}
#endif

#endif  // ICN_ED25519_H
