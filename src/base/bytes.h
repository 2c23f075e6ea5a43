#pragma once

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace icn {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

// Views of the same memory; the caller keeps it alive.
inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Bytes to_bytes(ByteView bytes) { return {bytes.begin(), bytes.end()}; }
inline std::string to_text(ByteView bytes) { return std::string(as_text(bytes)); }

inline void append(Bytes& out, ByteView bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }
inline void append(Bytes& out, std::string_view text) { append(out, as_bytes(text)); }

// Orders byte strings; looks up any view of bytes in a container of Bytes.
struct BytesLess {
  using is_transparent = void;
  bool operator()(ByteView left, ByteView right) const {
    return std::is_lt(
        std::lexicographical_compare_three_way(left.begin(), left.end(), right.begin(), right.end()));
  }
};

// Big-endian, so that byte order is number order in keys.
void append_u32(Bytes& out, std::uint32_t value);
void append_u64(Bytes& out, std::uint64_t value);
std::uint32_t read_u32(ByteView four_bytes);
std::uint64_t read_u64(ByteView eight_bytes);

// Lower-case hexadecimal. Decoding accepts lower case only and an even count of digits (malformed).
std::string hex_encode(ByteView bytes);
Result<Bytes> hex_decode(std::string_view text);

// Standard base64 with padding (RFC 4648, 4). Decoding accepts only the canonical form (malformed).
std::string base64_encode(ByteView bytes);
Result<Bytes> base64_decode(std::string_view text);

// Base64url without padding (RFC 4648, 5).
std::string base64url_encode(ByteView bytes);
Result<Bytes> base64url_decode(std::string_view text);

// Equal in time that depends on the sizes only.
bool equal_constant_time(ByteView left, ByteView right);

}  // namespace icn
