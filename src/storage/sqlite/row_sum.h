#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace icn::storage {

// XXH64, as https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md describes it. Finds damage, no
// forgery.
std::uint64_t xxh64(ByteView input, std::uint64_t seed);

// What the column `sum` of a row holds.
inline std::int64_t row_sum(ByteView key, ByteView record) {
  return static_cast<std::int64_t>(xxh64(record, xxh64(key, 0)));
}

}  // namespace icn::storage
