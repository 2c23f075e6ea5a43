#include "codec/varint.h"

#include "codec/errors.h"

namespace icn::codec {

void append_varint(Bytes& out, std::uint64_t value) {
  ICN_ASSERT(value <= kVarintMax);
  while (value >= 0x80) {
    out.push_back(static_cast<std::uint8_t>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<std::uint8_t>(value));
}

Result<std::uint64_t> read_varint(ByteView& in) {
  constexpr std::size_t kSizeMax = 9;
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < in.size() && i < kSizeMax; ++i) {
    const std::uint8_t byte = in[i];
    value |= static_cast<std::uint64_t>(byte & 0x7f) << (7 * i);
    if ((byte & 0x80) != 0) continue;
    if (byte == 0 && i > 0) {
      return Error(errors::kBadVarint,
                   "the varint is longer than its value needs; only the shortest form is allowed");
    }
    in = in.subspan(i + 1);
    return value;
  }
  if (in.size() >= kSizeMax) return Error(errors::kBadVarint, "the varint is longer than 9 bytes");
  return Error(errors::kBadVarint, "the bytes end inside a varint");
}

}  // namespace icn::codec
