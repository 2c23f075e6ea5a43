#include "codec/protobuf_wire.h"

namespace icn::codec {

std::optional<std::uint64_t> read_wire_varint(ByteView& in) {
  constexpr std::size_t kSizeMax = 10;
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < in.size() && i < kSizeMax; ++i) {
    const std::uint8_t byte = in[i];
    if (i == kSizeMax - 1 && byte > 1) return std::nullopt;
    value |= static_cast<std::uint64_t>(byte & 0x7f) << (7 * i);
    if ((byte & 0x80) != 0) continue;
    if (byte == 0 && i > 0) return std::nullopt;
    in = in.subspan(i + 1);
    return value;
  }
  return std::nullopt;
}

std::optional<WireField> read_wire_field(ByteView& in) {
  const std::optional<std::uint64_t> key = read_wire_varint(in);
  if (!key || *key >> 3 == 0) return std::nullopt;
  WireField field{*key >> 3, static_cast<WireType>(*key & 7), 0, {}};
  std::uint64_t size = 0;
  switch (field.type) {
    case WireType::kVarint: {
      const std::optional<std::uint64_t> value = read_wire_varint(in);
      if (!value) return std::nullopt;
      field.value = *value;
      return field;
    }
    case WireType::kBytes: {
      const std::optional<std::uint64_t> found = read_wire_varint(in);
      if (!found) return std::nullopt;
      size = *found;
      break;
    }
    case WireType::kFixed64:
      size = 8;
      break;
    case WireType::kFixed32:
      size = 4;
      break;
    default:
      return std::nullopt;
  }
  if (size > in.size()) return std::nullopt;
  field.bytes = in.first(size);
  in = in.subspan(size);
  return field;
}

void append_wire_varint(Bytes& out, std::uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<std::uint8_t>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<std::uint8_t>(value));
}

void append_wire_number(Bytes& out, std::uint8_t field, std::uint64_t value) {
  append_wire_varint(out, std::uint64_t{field} << 3 | static_cast<std::uint64_t>(WireType::kVarint));
  append_wire_varint(out, value);
}

void append_wire_bytes(Bytes& out, std::uint8_t field, ByteView bytes) {
  append_wire_varint(out, std::uint64_t{field} << 3 | static_cast<std::uint64_t>(WireType::kBytes));
  append_wire_varint(out, bytes.size());
  append(out, bytes);
}

std::size_t wire_varint_size(std::uint64_t value) {
  std::size_t size = 1;
  for (; value >= 0x80; value >>= 7) ++size;
  return size;
}

}  // namespace icn::codec
