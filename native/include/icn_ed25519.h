// Ed25519 verification with the cofactored equation [8](sB - kA - R) = 0, so that one signature
// has the same answer alone and in every batch. S < L is checked here; canonical and small-order
// encodings of A and R are the caller's to refuse first (src/crypto/ed25519.cc).
// Thread: any; the functions share nothing. They do not allocate beyond the call and never unwind.
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

// True only when all of `count` items are valid. True for none.
bool icn_ed25519_verify_batch(const icn_ed25519_item* items, size_t count);

#ifdef __cplusplus
}
#endif

#endif  // ICN_ED25519_H
