#include "crypto/secret_key_text.h"

#include <algorithm>
#include <array>

#include "base/errors.h"
#include "codec/multibase.h"

namespace icn::crypto {
namespace {

constexpr std::array<std::uint8_t, 2> kEd25519Secret = {0x80, 0x26};  // multicodec 0x1300 as a varint
constexpr std::size_t kSeedSize = 32;
constexpr std::size_t kTextSizeMax = 64;  // one of ours has 48

}  // namespace

std::string secret_multikey_text(const SecretKey& key) {
  SecretBytes bytes(kEd25519Secret.size() + kSeedSize, SecretMemory::kPlain);
  std::ranges::copy(kEd25519Secret, bytes.writable().begin());
  const SecretBytes seed = key.seed();
  std::ranges::copy(seed.view(), bytes.writable().begin() + kEd25519Secret.size());
  return codec::multibase_encode(codec::Base::kBase58Btc, bytes.view());
}

Result<SecretKey> read_secret_multikey(std::string_view text) {
  const Error refusal(icn::errors::kMalformed,
                      "an Ed25519 secret key in text is 'z' and base58btc digits, as in z3u2...");
  if (text.size() > kTextSizeMax || !text.starts_with('z')) return refusal;
  auto decoded = codec::multibase_decode(text);
  if (!decoded.ok()) return refusal;
  const ByteView bytes = decoded->bytes;
  if (bytes.size() != kEd25519Secret.size() + kSeedSize ||
      !std::ranges::equal(bytes.first(kEd25519Secret.size()), kEd25519Secret)) {
    wipe(decoded->bytes);
    return refusal;
  }
  SecretKey key = SecretKey::from_seed(bytes.subspan(kEd25519Secret.size()));
  wipe(decoded->bytes);
  return key;
}

}  // namespace icn::crypto
