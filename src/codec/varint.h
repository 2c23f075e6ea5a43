#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace icn::codec {

// The largest value an unsigned varint may hold: nine bytes of seven bits.
inline constexpr std::uint64_t kVarintMax = (std::uint64_t{1} << 63) - 1;

// Unsigned LEB128 of multiformats. `value` <= kVarintMax (asserted).
// Source: multiformats/unsigned-varint.
void append_varint(Bytes& out, std::uint64_t value);

// Reads one varint from the front of `in` and removes it from `in`.
//   bad_varint   ends early, longer than 9 bytes, or not the shortest form
Result<std::uint64_t> read_varint(ByteView& in);

}  // namespace icn::codec
