#include "codec/base256emoji.h"

#include "codec/errors.h"

namespace icn::codec {
namespace {

// Of byte 0 to byte 255. The formatter would tear the rows: it does not know how wide they are.
// clang-format off
constexpr std::u32string_view kAlphabet =
    U"🚀🪐☄🛰🌌🌑🌒🌓🌔🌕🌖🌗🌘🌍🌏🌎🐉☀💻🖥💾💿😂❤😍🤣😊🙏💕😭😘👍"
    U"😅👏😁🔥🥰💔💖💙😢🤔😆🙄💪😉☺👌🤗💜😔😎😇🌹🤦🎉💞✌✨🤷😱😌🌸🙌"
    U"😋💗💚😏💛🙂💓🤩😄😀🖤😃💯🙈👇🎶😒🤭❣😜💋👀😪😑💥🙋😞😩😡🤪👊🥳"
    U"😥🤤👉💃😳✋😚😝😴🌟😬🙃🍀🌷😻😓⭐✅🥺🌈😈🤘💦✔😣🏃💐☹🎊💘😠☝"
    U"😕🌺🎂🌻😐🖕💝🙊😹🗣💫💀👑🎵🤞😛🔴😤🌼😫⚽🤙☕🏆🤫👈😮🙆🍻🍃🐶💁"
    U"😲🌿🧡🎁⚡🌞🎈❌✊👋😰🤨😶🤝🚶💰🍓💢🤟🙁🚨💨🤬✈🎀🍺🤓😙💟🌱😖👶"
    U"🥴▶➡❓💎💸⬇😨🌚🦋😷🕺⚠🙅😟😵👎🤲🤠🤧📌🔵💅🧐🐾🍒😗🤑🌊🤯🐷☎"
    U"💧😯💆👆🎤🙇🍑❄🌴💣🐸💌📍🥀🤢👅💡💩👐📸👻🤐🤮🎼🥵🚩🍎🍊👼💍📣🥂";
// clang-format on
static_assert(kAlphabet.size() == 256);

// The digits lie above U+07FF: three or four bytes of UTF-8.
void append_utf8(std::string& out, char32_t code) {
  if (code >= 0x10000) {
    out += static_cast<char>(0xf0 | code >> 18);
    out += static_cast<char>(0x80 | (code >> 12 & 63));
  } else {
    out += static_cast<char>(0xe0 | code >> 12);
  }
  out += static_cast<char>(0x80 | (code >> 6 & 63));
  out += static_cast<char>(0x80 | (code & 63));
}

// The byte whose digit `digits` begins with, -1 if there is none; removes the digit.
int take_digit(std::string_view& digits) {
  const std::size_t size = static_cast<std::uint8_t>(digits[0]) >= 0xf0 ? 4 : 3;
  if (digits.size() < size) return -1;
  char32_t code = static_cast<std::uint8_t>(digits[0]) & (size == 4 ? 7 : 15);
  for (std::size_t i = 1; i < size; ++i) code = code << 6 | (static_cast<std::uint8_t>(digits[i]) & 63);
  const std::size_t value = kAlphabet.find(code);
  // Only the digit itself, not other bytes with the same payload.
  std::string digit;
  append_utf8(digit, code);
  if (value == kAlphabet.npos || !digits.starts_with(digit)) return -1;
  digits.remove_prefix(size);
  return static_cast<int>(value);
}

}  // namespace

std::string base256emoji_encode(ByteView bytes) {
  std::string out(kBase256EmojiPrefix);
  for (const std::uint8_t byte : bytes) append_utf8(out, kAlphabet[byte]);
  return out;
}

Result<Bytes> base256emoji_decode(std::string_view digits) {
  const std::size_t size = digits.size();
  Bytes out;
  while (!digits.empty()) {
    const int value = take_digit(digits);
    if (value < 0) {
      return Error(errors::kBadMultibase, "base256emoji text has no digit of it at byte " +
                                              std::to_string(size - digits.size() + 1));
    }
    out.push_back(static_cast<std::uint8_t>(value));
  }
  return out;
}

}  // namespace icn::codec
