#include "crypto/ed25519.h"

#include <icn_ed25519.h>
#include <sodium.h>

#include <algorithm>
#include <cstring>

#include "base/assert.h"
#include "base/errors.h"
#include "crypto/batch_verifier.h"
#include "crypto/errors.h"

namespace icn::crypto {
namespace {

using Encoding = std::array<std::uint8_t, 32>;

// Little-endian, as on the wire. p = 2^255 - 19; L = 2^252 + 27742317777372353535851937790883648493.
constexpr Encoding kFieldPrime = {0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f};
constexpr Encoding kGroupOrder = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
                                  0xa2, 0xde, 0xf9, 0xde, 0x14, 0,    0,    0,    0,    0,    0,
                                  0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};

// The y-coordinates of the eight points whose order divides 8: y = 1 (order 1), y = p - 1 (order 2),
// y = 0 (order 4) and the two roots y of d y^4 + 2 y^2 = 1 (order 8).
constexpr std::array<Encoding, 5> kSmallOrder = {{
    {0x01},
    {0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
    {0x00},
    {0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
     0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05},
    {0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
     0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a},
}};

bool less_little_endian(ByteView left, const Encoding& right) {
  return std::lexicographical_compare(left.rbegin(), left.rend(), right.rbegin(), right.rend());
}

bool has_acceptable_bytes(const PublicKey& key, const Signature& signature) {
  const ByteView bytes = signature.view();
  return less_little_endian(bytes.subspan(32), kGroupOrder) && is_acceptable(bytes.first(32)) &&
         is_acceptable(key.view());
}

icn_ed25519_item native_item(const PublicKey& key, ByteView message, const Signature& signature) {
  return {key.bytes.data(), signature.bytes.data(), message.data(), message.size()};
}

// Finds the bad ones among items whose bytes are acceptable. `verdicts` holds false at the start;
// `places[i]` is the verdict of item i.
class BatchSearch {
 public:
  BatchSearch(icn_ed25519_verifier* verifier, std::span<const icn_ed25519_item> items,
              std::span<const std::size_t> places, std::vector<bool>& verdicts)
      : verifier_(verifier), items_(items), places_(places), verdicts_(verdicts) {}

  void run() {
    if (!accept_if_good(0, items_.size())) search_bad(0, items_.size());
  }

 private:
  // Below this a batch costs no less than its items alone.
  static constexpr std::size_t kBatchMin = 3;

  bool accept_if_good(std::size_t begin, std::size_t end) {
    if (!icn_ed25519_verifier_verify(verifier_, &items_[begin], end - begin)) return false;
    for (std::size_t i = begin; i < end; ++i) verdicts_[places_[i]] = true;
    return true;
  }

  void check_alone(std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) verdicts_[places_[i]] = icn_ed25519_verify(&items_[i]);
  }

  // [begin, end) is known to hold a bad one. Where both halves do, halving on would cost more than
  // looking at each: this bounds what many bad ones cost.
  void search_bad(std::size_t begin, std::size_t end) {
    while (end - begin >= kBatchMin) {
      const std::size_t middle = begin + (end - begin) / 2;
      if (accept_if_good(begin, middle)) {
        begin = middle;
      } else if (accept_if_good(middle, end)) {
        end = middle;
      } else {
        break;
      }
    }
    check_alone(begin, end);
  }

  icn_ed25519_verifier* verifier_;
  std::span<const icn_ed25519_item> items_;
  std::span<const std::size_t> places_;
  std::vector<bool>& verdicts_;
};

}  // namespace

Result<PublicKey> PublicKey::from_bytes(ByteView bytes) {
  if (bytes.size() != 32) return Error(errors::kBadKey, "an Ed25519 public key has 32 bytes");
  if (!is_acceptable(bytes)) return Error(errors::kBadKey, "not a canonical key, or one of small order");
  PublicKey key;
  std::copy(bytes.begin(), bytes.end(), key.bytes.begin());
  return key;
}

Result<Signature> Signature::from_bytes(ByteView bytes) {
  if (bytes.size() != 64) return Error(icn::errors::kMalformed, "an Ed25519 signature has 64 bytes");
  Signature signature;
  std::copy(bytes.begin(), bytes.end(), signature.bytes.begin());
  return signature;
}

SecretKey::SecretKey(SecretBytes expanded, PublicKey public_key)
    : expanded_(std::move(expanded)), public_key_(public_key) {}

SecretKey SecretKey::from_seed(ByteView seed, SecretMemory memory) {
  ICN_ASSERT(seed.size() == crypto_sign_SEEDBYTES);
  SecretBytes expanded(crypto_sign_SECRETKEYBYTES, memory);
  PublicKey public_key;
  crypto_sign_seed_keypair(public_key.bytes.data(), expanded.writable().data(), seed.data());
  return SecretKey(std::move(expanded), public_key);
}

SecretKey SecretKey::generate(Random& random, SecretMemory memory) {
  SecretBytes seed(crypto_sign_SEEDBYTES, memory);
  random.fill(seed.writable());
  return from_seed(seed.view(), memory);
}

SecretBytes SecretKey::seed() const {
  return SecretBytes(expanded_.view().first(crypto_sign_SEEDBYTES), expanded_.memory());
}

Signature SecretKey::sign(ByteView message) const {
  Signature signature;
  crypto_sign_detached(signature.bytes.data(), nullptr, message.data(), message.size(),
                       expanded_.view().data());
  return signature;
}

bool is_acceptable(ByteView encoding) {
  ICN_ASSERT(encoding.size() == 32);
  Encoding y;
  std::copy(encoding.begin(), encoding.end(), y.begin());
  y[31] &= 0x7f;  // the sign of x; x = 0 has small order, so no sign is wrong for what remains
  return less_little_endian(y, kFieldPrime) &&
         std::find(kSmallOrder.begin(), kSmallOrder.end(), y) == kSmallOrder.end();
}

bool verify(const PublicKey& key, ByteView message, const Signature& signature) {
  if (!has_acceptable_bytes(key, signature)) return false;
  const icn_ed25519_item item = native_item(key, message, signature);
  return icn_ed25519_verify(&item);
}

BatchVerifier::BatchVerifier(std::size_t keys_kept) : native_(icn_ed25519_verifier_new(keys_kept)) {}

void BatchVerifier::Free::operator()(icn_ed25519_verifier* verifier) const {
  icn_ed25519_verifier_free(verifier);
}

std::vector<bool> BatchVerifier::verify(std::span<const SignedMessage> items) {
  std::vector<bool> verdicts(items.size(), false);
  std::vector<icn_ed25519_item> acceptable;
  std::vector<std::size_t> places;
  acceptable.reserve(items.size());
  places.reserve(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    const SignedMessage& item = items[i];
    if (!has_acceptable_bytes(item.key, item.signature)) continue;
    acceptable.push_back(native_item(item.key, item.message, item.signature));
    places.push_back(i);
  }
  if (!acceptable.empty()) BatchSearch(native_.get(), acceptable, places, verdicts).run();
  return verdicts;
}

std::vector<bool> verify_batch(std::span<const SignedMessage> items) {
  if (items.size() == 1) return {verify(items[0].key, items[0].message, items[0].signature)};
  return BatchVerifier(0).verify(items);
}

}  // namespace icn::crypto

std::size_t std::hash<icn::crypto::PublicKey>::operator()(const icn::crypto::PublicKey& key) const noexcept {
  std::size_t value;
  std::memcpy(&value, key.bytes.data(), sizeof(value));
  return value;
}
