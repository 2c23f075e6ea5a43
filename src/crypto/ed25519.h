#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/random.h"
#include "crypto/secret_bytes.h"

namespace icn::crypto {

struct PublicKey {
  std::array<std::uint8_t, 32> bytes{};

  // Refuses (bad_public_key) other sizes and what is_acceptable() refuses.
  static Result<PublicKey> from_bytes(ByteView bytes);

  ByteView view() const { return bytes; }
  auto operator<=>(const PublicKey&) const = default;
};

struct Signature {
  std::array<std::uint8_t, 64> bytes{};

  // Refuses (malformed) other sizes. Says nothing about validity.
  static Result<Signature> from_bytes(ByteView bytes);

  ByteView view() const { return bytes; }
  auto operator<=>(const Signature&) const = default;
};

// An Ed25519 key pair. A key that stays (the node's own) lies in kLocked memory.
class SecretKey {
 public:
  // RFC 8032, 5.1.5. `seed`: 32 bytes.
  static SecretKey from_seed(ByteView seed, SecretMemory memory = SecretMemory::kPlain);
  static SecretKey generate(Random& random, SecretMemory memory = SecretMemory::kPlain);

  const PublicKey& public_key() const { return public_key_; }
  // The seed it was made from; the caller seals or wipes it.
  SecretBytes seed() const;
  // RFC 8032, 5.1.6: the same message has the same signature. About 20 us. Thread: any.
  Signature sign(ByteView message) const;

 private:
  SecretKey(SecretBytes expanded, PublicKey public_key);

  SecretBytes expanded_;  // seed and public key, as libsodium wants them
  PublicKey public_key_;
};

// True when `encoding` (32 bytes) is the canonical encoding of a y-coordinate (y < p) that does not
// belong to a point of small order. Whether a point has that y at all is for verify() to find.
bool is_acceptable(ByteView encoding);

// The one rule of the network (design.md 3), alone and in batches: S < L; A and R acceptable; and
// [8](sB - kA - R) = 0, the cofactored equation of RFC 8032, 5.1.7.
// Thread: any.
bool verify(const PublicKey& key, ByteView message, const Signature& signature);

struct SignedMessage {
  PublicKey key;
  ByteView message;  // the caller keeps it alive
  Signature signature;
};

// The verdict of verify() for each item, in order; about 22 us an item in batches of 64 against
// 33 us alone. Bad items cost at most 4 times a good batch of the same size, however many there are.
std::vector<bool> verify_batch(std::span<const SignedMessage> items);

}  // namespace icn::crypto

template <>
struct std::hash<icn::crypto::PublicKey> {
  // The first bytes of a point are as good as any hash of it, except against who grinds keys:
  // use a keyed table where strangers choose them.
  std::size_t operator()(const icn::crypto::PublicKey& key) const noexcept;
};
