#include "base/bytes.h"

#include <array>

#include "base/errors.h"

namespace icn {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64Url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr std::array<std::int8_t, 256> reverse(std::string_view alphabet) {
  std::array<std::int8_t, 256> table{};
  table.fill(-1);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    table[static_cast<std::uint8_t>(alphabet[i])] = static_cast<std::int8_t>(i);
  }
  return table;
}

constexpr auto kHexValues = reverse(kHexDigits);
constexpr auto kBase64Values = reverse(kBase64);
constexpr auto kBase64UrlValues = reverse(kBase64Url);

std::string encode64(ByteView bytes, std::string_view alphabet, bool padded) {
  std::string out((bytes.size() + 2) / 3 * 4, '=');
  char* to = out.data();
  const auto put = [&](std::uint32_t group, int digits) {
    for (int i = 0; i < digits; ++i) *to++ = alphabet[group >> (18 - 6 * i) & 63];
  };
  const std::size_t rest = bytes.size() % 3;
  const std::uint8_t* from = bytes.data();
  for (const std::uint8_t* end = from + bytes.size() - rest; from != end; from += 3)
    put(std::uint32_t{from[0]} << 16 | std::uint32_t{from[1]} << 8 | from[2], 4);
  if (rest == 1) put(std::uint32_t{from[0]} << 16, 2);
  if (rest == 2) put(std::uint32_t{from[0]} << 16 | std::uint32_t{from[1]} << 8, 3);
  if (!padded) out.resize(static_cast<std::size_t>(to - out.data()));
  return out;
}

Result<Bytes> decode64(std::string_view text, const std::array<std::int8_t, 256>& values) {
  if (text.size() % 4 == 1) return Error(errors::kMalformed, "base64 text has an impossible length");
  Bytes out(text.size() * 3 / 4);
  std::uint8_t* to = out.data();
  int wrong = 0;  // below 0: so was a value
  const auto value_of = [&](char digit) {
    const int value = values[static_cast<std::uint8_t>(digit)];
    wrong |= value;
    return static_cast<std::uint32_t>(value) & 63;
  };
  const std::size_t rest = text.size() % 4;
  const char* from = text.data();
  for (const char* end = from + text.size() - rest; from != end; from += 4) {
    const std::uint32_t group =
        value_of(from[0]) << 18 | value_of(from[1]) << 12 | value_of(from[2]) << 6 | value_of(from[3]);
    to[0] = static_cast<std::uint8_t>(group >> 16);
    to[1] = static_cast<std::uint8_t>(group >> 8);
    to[2] = static_cast<std::uint8_t>(group);
    to += 3;
  }
  std::uint32_t group = 0;
  for (std::size_t i = 0; i < rest; ++i) group |= value_of(from[i]) << (18 - 6 * i);
  if (wrong < 0) return Error(errors::kMalformed, "base64 text has a character outside its alphabet");
  for (; to != out.data() + out.size(); group = group << 8 & 0xffffff)
    *to++ = static_cast<std::uint8_t>(group >> 16);
  if (group != 0) return Error(errors::kMalformed, "base64 text has bits set after its end");
  return out;
}

}  // namespace

void append_u32(Bytes& out, std::uint32_t value) {
  std::array<std::uint8_t, 4> bytes;
  for (int i = 3; i >= 0; --i, value >>= 8)
    bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(value);
  out.insert(out.end(), bytes.begin(), bytes.end());
}

void append_u64(Bytes& out, std::uint64_t value) {
  std::array<std::uint8_t, 8> bytes;
  for (int i = 7; i >= 0; --i, value >>= 8)
    bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(value);
  out.insert(out.end(), bytes.begin(), bytes.end());
}

std::uint32_t read_u32(ByteView four_bytes) {
  ICN_ASSERT(four_bytes.size() == 4);
  std::uint32_t value = 0;
  for (std::uint8_t byte : four_bytes) value = value << 8 | byte;
  return value;
}

std::uint64_t read_u64(ByteView eight_bytes) {
  ICN_ASSERT(eight_bytes.size() == 8);
  std::uint64_t value = 0;
  for (std::uint8_t byte : eight_bytes) value = value << 8 | byte;
  return value;
}

std::string hex_encode(ByteView bytes) {
  std::string out(bytes.size() * 2, '0');
  char* to = out.data();
  for (std::uint8_t byte : bytes) {
    *to++ = kHexDigits[byte >> 4];
    *to++ = kHexDigits[byte & 15];
  }
  return out;
}

Result<Bytes> hex_decode(std::string_view text) {
  if (text.size() % 2 != 0) return Error(errors::kMalformed, "hex text has an odd count of digits");
  Bytes out(text.size() / 2);
  int wrong = 0;  // below 0: so was a value
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int high = kHexValues[static_cast<std::uint8_t>(text[2 * i])];
    const int low = kHexValues[static_cast<std::uint8_t>(text[2 * i + 1])];
    wrong |= high | low;
    out[i] = static_cast<std::uint8_t>((high & 15) << 4 | (low & 15));
  }
  if (wrong < 0) return Error(errors::kMalformed, "hex text may hold only the digits 0-9 and a-f");
  return out;
}

std::string base64_encode(ByteView bytes) { return encode64(bytes, kBase64, true); }

Result<Bytes> base64_decode(std::string_view text) {
  if (text.size() % 4 != 0) return Error(errors::kMalformed, "base64 text must be padded to a multiple of 4");
  for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  return decode64(text, kBase64Values);
}

std::string base64url_encode(ByteView bytes) { return encode64(bytes, kBase64Url, false); }

Result<Bytes> base64url_decode(std::string_view text) { return decode64(text, kBase64UrlValues); }

bool equal_constant_time(ByteView left, ByteView right) {
  if (left.size() != right.size()) return false;
  std::uint8_t difference = 0;
  for (std::size_t i = 0; i < left.size(); ++i) {
    difference = static_cast<std::uint8_t>(difference | (left[i] ^ right[i]));
  }
  return difference == 0;
}

}  // namespace icn
