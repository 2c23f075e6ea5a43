#include "storage/keys.h"

namespace icn::storage {

namespace {
constexpr std::uint8_t kEscape = 0x00;
constexpr std::uint8_t kEscapedZero = 0xFF;
constexpr std::uint8_t kEnd = 0x01;
}  // namespace

void append_key_text(Bytes& out, ByteView text) {
  for (const std::uint8_t byte : text) {
    out.push_back(byte);
    if (byte == kEscape) out.push_back(kEscapedZero);
  }
  out.push_back(kEscape);
  out.push_back(kEnd);
}

void append_key_number(Bytes& out, std::uint64_t value, std::size_t width_bytes) {
  for (std::size_t shift = width_bytes * 8; shift > 0; shift -= 8) {
    out.push_back(static_cast<std::uint8_t>(value >> (shift - 8)));
  }
}

bool take_key_text(ByteView& in, Bytes& text) {
  text.clear();
  for (std::size_t at = 0; at < in.size(); ++at) {
    if (in[at] != kEscape) {
      text.push_back(in[at]);
      continue;
    }
    if (++at == in.size()) return false;
    if (in[at] == kEnd) {
      in = in.subspan(at + 1);
      return true;
    }
    if (in[at] != kEscapedZero) return false;
    text.push_back(kEscape);
  }
  return false;
}

bool take_key_number(ByteView& in, std::uint64_t& value, std::size_t width_bytes) {
  if (in.size() < width_bytes) return false;
  value = 0;
  for (std::size_t at = 0; at < width_bytes; ++at) value = value << 8 | in[at];
  in = in.subspan(width_bytes);
  return true;
}

bool take_key_part(ByteView& in, std::string& text) {
  Bytes bytes;
  if (!take_key_text(in, bytes)) return false;
  text = to_text(bytes);
  return true;
}

bool take_key_part(ByteView& in, Descending& number) {
  std::uint64_t value = 0;
  if (!take_key_number(in, value, 8)) return false;
  number.value = ~value;
  return true;
}

bool take_key_part(ByteView& in, std::int64_t& number) {
  std::uint64_t value = 0;
  if (!take_key_number(in, value, 8)) return false;
  number = static_cast<std::int64_t>(value ^ (std::uint64_t{1} << 63));
  return true;
}

Bytes after_prefix(ByteView prefix) {
  Bytes out = to_bytes(prefix);
  while (!out.empty() && out.back() == 0xFF) out.pop_back();
  if (!out.empty()) ++out.back();
  return out;
}

}  // namespace icn::storage
