#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"

namespace icn::codec {

using Sha256 = std::array<std::uint8_t, 32>;

Sha256 sha256(ByteView bytes);

// Numbers of the multicodec table.
inline constexpr std::uint64_t kIdentityHash = 0x00;
inline constexpr std::uint64_t kSha2_256 = 0x12;
inline constexpr std::uint64_t kSha2_512 = 0x13;
inline constexpr std::uint64_t kBlake2b_256 = 0xb220;

// No digest is longer; also bounds what an identity CID may carry.
inline constexpr std::size_t kDigestSizeMax = 128;

// `digest` points into what was read.
struct Multihash {
  std::uint64_t function;
  ByteView digest;
};

// Reads one multihash from the front of `in` and removes it from `in`. Unknown functions are read as
// they are; a digest longer than its known function makes is refused.
//   bad_varint, bad_multihash
Result<Multihash> read_multihash(ByteView& in);

// <function><size><digest> of `bytes`, for the function of that name in the multicodec table:
// identity, sha2-256, -384 and -512, sha3-256, -384 and -512, blake2b-160, -256 and -512, blake2s-256.
//   unsupported_codec   another name;   too_large   identity of more than 128 bytes
Result<Bytes> multihash_of(std::string_view function_name, ByteView bytes);
Result<Bytes> multihash_of(std::uint64_t function, ByteView bytes);

// Whether `hash` is the hash of `bytes`. Truncated digests prove too little and are refused.
//   E002   it is not;   unsupported_codec   a function other than those above, or a truncated digest
Result<void> verify_multihash(const Multihash& hash, ByteView bytes);

}  // namespace icn::codec
