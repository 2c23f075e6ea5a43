#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace icn::storage {

// XXH3 of 64 bits, without a seed, of more than kXxh3SizeMin bytes, as
// https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md describes it, of long ones twice as fast as
// XXH64. Finds damage, no forgery.
inline constexpr std::size_t kXxh3SizeMin = 240;
std::uint64_t xxh3(ByteView input);

}  // namespace icn::storage
