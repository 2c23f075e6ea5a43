#include "codec/multihash.h"

#include <openssl/evp.h>
#include <sodium.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "codec/errors.h"
#include "codec/varint.h"

namespace icn::codec {
namespace {

// One row of the multicodec table that we can compute. Digest size 0: as long as the input. `algorithm`: as
// OpenSSL calls it; null: libsodium or we ourselves compute it.
struct HashFunction {
  std::string_view name;
  std::uint64_t number;
  std::size_t digest_size;
  const char* algorithm = nullptr;
};

constexpr HashFunction kFunctions[] = {
    {"identity", kIdentityHash, 0},
    {"sha2-256", kSha2_256, std::tuple_size_v<Sha256>},
    {"sha2-384", 0x20, 48, "SHA384"},
    {"sha2-512", kSha2_512, crypto_hash_sha512_BYTES},
    {"sha3-256", 0x16, 32, "SHA3-256"},
    {"sha3-384", 0x15, 48, "SHA3-384"},
    {"sha3-512", 0x14, 64, "SHA3-512"},
    {"blake2b-160", 0xb214, 20},
    {"blake2b-256", kBlake2b_256, 32},
    {"blake2b-512", 0xb240, 64},
    {"blake2s-256", 0xb260, 32, "BLAKE2S-256"},
};
constexpr const char* kAllowed =
    "allowed: identity, sha2-256, sha2-384, sha2-512, sha3-256, sha3-384, sha3-512, blake2b-160, "
    "blake2b-256, "
    "blake2b-512, blake2s-256";

// Those that others use and we do not compute, so that a refusal says which it was.
std::string name_of(std::uint64_t number) {
  constexpr std::pair<std::uint64_t, std::string_view> kOthers[] = {
      {0x11, "sha1"},   {0x17, "sha3-224"},     {0x1b, "keccak-256"},    {0x1d, "keccak-512"},
      {0x1e, "blake3"}, {0x56, "dbl-sha2-256"}, {0x22, "murmur3-x64-64"}};
  for (const auto& [each, name] : kOthers) {
    if (each == number) return std::string(name);
  }
  return std::to_string(number);
}

const HashFunction* find(std::uint64_t number) {
  const auto* found = std::ranges::find(kFunctions, number, &HashFunction::number);
  return found == std::end(kFunctions) ? nullptr : found;
}

Bytes digest_of(const HashFunction& function, ByteView bytes) {
  if (function.number == kIdentityHash) return to_bytes(bytes);
  if (function.number == kSha2_256) {
    const Sha256 found = sha256(bytes);
    return {found.begin(), found.end()};
  }
  Bytes digest(function.digest_size);
  if (function.algorithm != nullptr) {
    ICN_ASSERT(EVP_Q_digest(nullptr, function.algorithm, nullptr, bytes.data(), bytes.size(), digest.data(),
                            nullptr) == 1);
  } else if (function.number == kSha2_512) {
    crypto_hash_sha512(digest.data(), bytes.data(), bytes.size());
  } else {
    crypto_generichash(digest.data(), digest.size(), bytes.data(), bytes.size(), nullptr, 0);
  }
  return digest;
}

}  // namespace

// OpenSSL uses the SHA instructions of the processor, libsodium does not: 0.7 against 3.1 us for 1 KiB.
Sha256 sha256(ByteView bytes) {
  using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
  thread_local Context context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  static EVP_MD* algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  Sha256 digest;
  ICN_ASSERT(EVP_DigestInit_ex(context.get(), algorithm, nullptr) == 1);
  ICN_ASSERT(EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) == 1);
  ICN_ASSERT(EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) == 1);
  return digest;
}

Result<Multihash> read_multihash(ByteView& in) {
  ICN_TRY_ASSIGN(function, read_varint(in));
  ICN_TRY_ASSIGN(size, read_varint(in));
  if (size > kDigestSizeMax) {
    return Error(errors::kBadMultihash,
                 "the digest has " + std::to_string(size) + " bytes; at most 128 are allowed");
  }
  if (size > in.size()) return Error(errors::kBadMultihash, "the bytes end inside the digest");
  const HashFunction* known = find(function);
  if (known != nullptr && known->digest_size != 0 && size > known->digest_size) {
    return Error(errors::kBadMultihash,
                 "the digest is longer than " + std::string(known->name) + " makes it");
  }
  const Multihash hash{function, in.first(size)};
  in = in.subspan(size);
  return hash;
}

Result<Bytes> multihash_of(std::uint64_t number, ByteView bytes) {
  const HashFunction* function = find(number);
  if (function == nullptr) {
    return Error(errors::kUnsupportedCodec,
                 "hash function " + name_of(number) + " is not supported; " + kAllowed);
  }
  if (number == kIdentityHash && bytes.size() > kDigestSizeMax) {
    return Error(errors::kTooLarge, "an identity hash holds at most 128 bytes");
  }
  const Bytes digest = digest_of(*function, bytes);
  Bytes out;
  out.reserve(digest.size() + 4);
  append_varint(out, number);
  append_varint(out, digest.size());
  append(out, ByteView(digest));
  return out;
}

Result<Bytes> multihash_of(std::string_view function_name, ByteView bytes) {
  const auto* found = std::ranges::find(kFunctions, function_name, &HashFunction::name);
  if (found == std::end(kFunctions)) {
    return Error(errors::kUnsupportedCodec,
                 "hash function \"" + std::string(function_name) + "\" is not supported; " + kAllowed);
  }
  return multihash_of(found->number, bytes);
}

Result<void> verify_multihash(const Multihash& hash, ByteView bytes) {
  if (hash.function == kSha2_256 && hash.digest.size() == std::tuple_size_v<Sha256>) {
    const Sha256 digest = sha256(bytes);
    if (std::ranges::equal(digest, hash.digest)) return {};
    return Error(errors::kCidMismatch, "the bytes do not have the hash that their CID names");
  }
  const HashFunction* function = find(hash.function);
  if (function == nullptr) {
    return Error(errors::kUnsupportedCodec,
                 "hash function " + name_of(hash.function) + " is not supported; " + kAllowed);
  }
  if (function->digest_size != 0 && hash.digest.size() != function->digest_size) {
    return Error(errors::kUnsupportedCodec, "the digest is truncated; only whole digests are checked");
  }
  if (std::ranges::equal(digest_of(*function, bytes), hash.digest)) return {};
  return Error(errors::kCidMismatch, "the bytes do not have the hash that their CID names");
}

}  // namespace icn::codec
