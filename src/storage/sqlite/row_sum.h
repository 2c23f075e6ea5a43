#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "storage/sqlite/xxh3.h"

namespace icn::storage {

// XXH64, as https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md describes it. Finds damage, no
// forgery.
std::uint64_t xxh64(ByteView input, std::uint64_t seed);

// What the column `sum` of a row holds.
inline std::int64_t row_sum(ByteView key, ByteView record) {
  const bool is_long = record.size() > kXxh3SizeMin;
  return static_cast<std::int64_t>(is_long ? xxh64(key, xxh3(record)) : xxh64(record, xxh64(key, 0)));
}
// Long rows of earlier versions have the sum of short ones.
inline bool is_row_sum(std::int64_t sum, ByteView key, ByteView record) {
  if (sum == row_sum(key, record)) return true;
  return record.size() > kXxh3SizeMin && sum == static_cast<std::int64_t>(xxh64(record, xxh64(key, 0)));
}

}  // namespace icn::storage
