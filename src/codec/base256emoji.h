#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"

// The one multibase encoding whose digits are longer than a byte: one emoji a byte. The prefix is the
// digit of byte 0. Source: multiformats/multibase, rfcs/Base256Emoji.md.
namespace icn::codec {

inline constexpr std::string_view kBase256EmojiName = "base256emoji";
inline constexpr std::string_view kBase256EmojiPrefix = "\xf0\x9f\x9a\x80";

// With and without the prefix.   bad_multibase   a character that is none of the 256
std::string base256emoji_encode(ByteView bytes);
Result<Bytes> base256emoji_decode(std::string_view digits);

}  // namespace icn::codec
