#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace icn::codec {

// Whether a byte must be escaped inside a JSON string: a quote, a backslash, a control character.
constexpr bool is_escaped_in_json(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

// How many bytes at the front of `text` stand in a JSON string as they are. Looks at eight at once: the texts
// of a transaction are hundreds of bytes that are read and written several times.
// Source of the tests for a byte in a word: Anderson, "Bit Twiddling Hacks" (haszero, hasless).
inline std::size_t plain_json_size(std::string_view text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHighBits = 0x8080808080808080;
  const auto has_zero = [](std::uint64_t word) { return (word - kOnes) & ~word & kHighBits; };
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + at, sizeof word);
    const std::uint64_t is_control = (word - kOnes * 0x20) & ~word & kHighBits;
    if ((is_control | has_zero(word ^ kOnes * '"') | has_zero(word ^ kOnes * '\\')) != 0) break;
  }
  while (at < text.size() && !is_escaped_in_json(text[at])) ++at;
  return at;
}

}  // namespace icn::codec
