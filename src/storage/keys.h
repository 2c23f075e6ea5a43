#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"

// Keys and index values are sequences of parts whose byte order is the order of what they hold:
//   key       := part*
//   part      := text | number | signed | descending
//   text      := escaped-byte* 0x00 0x01         a byte 0x00 inside is 0x00 0xFF; so "a" < "a\0" < "ab"
//   number    := big-endian, as wide as its type (u8, u16, u32, u64; an enum as its underlying type)
//   signed    := i64 with its top bit flipped, big-endian
//   descending:= the complement of a u64, big-endian: the newest first
// No part is the beginning of another one of its type: the encoding of leading parts is a prefix that
// selects exactly the keys that begin with them (prefix_range in tables.h).
namespace icn::storage {

// Orders greater values first.
struct Descending {
  std::uint64_t value = 0;
  bool operator==(const Descending&) const = default;
};

void append_key_text(Bytes& out, ByteView text);
void append_key_number(Bytes& out, std::uint64_t value, std::size_t width_bytes);
// Each takes one part off the front of `in`; false when `in` does not begin with such a part.
bool take_key_text(ByteView& in, Bytes& text);
bool take_key_number(ByteView& in, std::uint64_t& value, std::size_t width_bytes);

template <typename T>
concept KeyNumber = (std::unsigned_integral<T> && !std::same_as<T, bool>) || std::is_enum_v<T>;

// A type becomes a key part by these two functions, found beside it.
inline void append_key_part(Bytes& out, std::string_view text) { append_key_text(out, as_bytes(text)); }
inline void append_key_part(Bytes& out, const std::string& text) { append_key_text(out, as_bytes(text)); }
inline void append_key_part(Bytes& out, const char* text) { append_key_text(out, as_bytes(text)); }
inline void append_key_part(Bytes& out, const Bytes& bytes) { append_key_text(out, bytes); }
inline void append_key_part(Bytes& out, Descending number) { append_key_number(out, ~number.value, 8); }
inline void append_key_part(Bytes& out, std::int64_t number) {
  append_key_number(out, static_cast<std::uint64_t>(number) ^ (std::uint64_t{1} << 63), 8);
}
template <KeyNumber T>
void append_key_part(Bytes& out, T number) {
  append_key_number(out, static_cast<std::uint64_t>(number), sizeof(T));
}
template <typename Tag>
void append_key_part(Bytes& out, const TextId<Tag>& id) {
  append_key_text(out, as_bytes(id.text()));
}

inline bool take_key_part(ByteView& in, Bytes& bytes) { return take_key_text(in, bytes); }
bool take_key_part(ByteView& in, std::string& text);
bool take_key_part(ByteView& in, Descending& number);
bool take_key_part(ByteView& in, std::int64_t& number);
template <KeyNumber T>
bool take_key_part(ByteView& in, T& number) {
  std::uint64_t value = 0;
  if (!take_key_number(in, value, sizeof(T))) return false;
  number = static_cast<T>(value);
  return true;
}
template <typename Tag>
bool take_key_part(ByteView& in, TextId<Tag>& id) {
  std::string text;
  if (!take_key_part(in, text)) return false;
  id = TextId<Tag>(std::move(text));
  return true;
}

// The key of these parts, in this order: key_of(proposal_id, voter), key_of(Descending{time}).
template <typename... Parts>
Bytes key_of(const Parts&... parts) {
  Bytes out;
  out.reserve((std::size_t{0} + ... + (sizeof(parts) + 32)));
  (append_key_part(out, parts), ...);
  return out;
}
template <typename... Parts>
Bytes key_of(const std::tuple<Parts...>& parts) {
  return std::apply([](const Parts&... each) { return key_of(each...); }, parts);
}

// Reads all parts of `key`; false when it holds anything else.
template <typename... Parts>
bool parse_key(ByteView key, Parts&... parts) {
  return (take_key_part(key, parts) && ...) && key.empty();
}

// The smallest key greater than every key that begins with `prefix`; empty: there is none.
Bytes after_prefix(ByteView prefix);

}  // namespace icn::storage
