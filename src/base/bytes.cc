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
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  std::uint32_t buffer = 0;
  int bits = 0;
  for (std::uint8_t byte : bytes) {
    buffer = buffer << 8 | byte;
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      out += alphabet[buffer >> bits & 63];
    }
  }
  if (bits > 0) out += alphabet[buffer << (6 - bits) & 63];
  while (padded && out.size() % 4 != 0) out += '=';
  return out;
}

Result<Bytes> decode64(std::string_view text, const std::array<std::int8_t, 256>& values) {
  if (text.size() % 4 == 1) return Error(errors::kMalformed, "base64 text has an impossible length");
  Bytes out;
  out.reserve(text.size() * 3 / 4);
  std::uint32_t buffer = 0;
  int bits = 0;
  for (char c : text) {
    const int value = values[static_cast<std::uint8_t>(c)];
    if (value < 0) return Error(errors::kMalformed, "base64 text has a character outside its alphabet");
    buffer = buffer << 6 | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out.push_back(static_cast<std::uint8_t>(buffer >> bits));
    }
  }
  if ((buffer & ((1u << bits) - 1)) != 0) {
    return Error(errors::kMalformed, "base64 text has bits set after its end");
  }
  return out;
}

}  // namespace

void append_u32(Bytes& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(value >> shift));
}

void append_u64(Bytes& out, std::uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(value >> shift));
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
  std::string out;
  out.reserve(bytes.size() * 2);
  for (std::uint8_t byte : bytes) {
    out += kHexDigits[byte >> 4];
    out += kHexDigits[byte & 15];
  }
  return out;
}

Result<Bytes> hex_decode(std::string_view text) {
  if (text.size() % 2 != 0) return Error(errors::kMalformed, "hex text has an odd count of digits");
  Bytes out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = kHexValues[static_cast<std::uint8_t>(text[i])];
    const int low = kHexValues[static_cast<std::uint8_t>(text[i + 1])];
    if (high < 0 || low < 0) {
      return Error(errors::kMalformed, "hex text may hold only the digits 0-9 and a-f");
    }
    out.push_back(static_cast<std::uint8_t>(high << 4 | low));
  }
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
