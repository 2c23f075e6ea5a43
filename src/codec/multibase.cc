#include "codec/multibase.h"

#include <algorithm>
#include <array>

#include "codec/base256emoji.h"
#include "codec/errors.h"

namespace icn::codec {
namespace {

constexpr std::size_t kRadixBytesMax = 5000;

using DigitValues = std::array<std::int8_t, 256>;

constexpr DigitValues values_of(std::string_view alphabet, bool either_case) {
  DigitValues values{};
  values.fill(-1);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    const char c = alphabet[i];
    values[static_cast<std::uint8_t>(c)] = static_cast<std::int8_t>(i);
    if (!either_case) continue;
    const bool lower = c >= 'a' && c <= 'z';
    const bool upper = c >= 'A' && c <= 'Z';
    if (lower) values[static_cast<std::uint8_t>(c - 'a' + 'A')] = static_cast<std::int8_t>(i);
    if (upper) values[static_cast<std::uint8_t>(c - 'A' + 'a')] = static_cast<std::int8_t>(i);
  }
  return values;
}

struct Encoding {
  std::string_view name;
  char prefix;
  std::string_view alphabet;
  int bits;       // bits a digit, 0 when the alphabet's size is no power of two
  int pad_group;  // digits a padded group has, 0 without padding
  DigitValues values;
};

constexpr Encoding make(std::string_view name, char prefix, std::string_view alphabet, int bits,
                        int pad_group = 0, bool either_case = false) {
  return {name, prefix, alphabet, bits, pad_group, values_of(alphabet, either_case)};
}

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kHexUpper = "0123456789ABCDEF";
constexpr std::string_view k32Hex = "0123456789abcdefghijklmnopqrstuv";
constexpr std::string_view k32HexUpper = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
constexpr std::string_view k32 = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::string_view k32Upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view k64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view k64Url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// One row a value of Base, in its order.
constexpr Encoding kEncodings[] = {
    make("base2", '0', "01", 1),
    make("base8", '7', "01234567", 3),
    make("base10", '9', "0123456789", 0),
    make("base16", 'f', kHex, 4, 0, true),
    make("base16upper", 'F', kHexUpper, 4, 0, true),
    make("base32hex", 'v', k32Hex, 5, 0, true),
    make("base32hexupper", 'V', k32HexUpper, 5, 0, true),
    make("base32hexpad", 't', k32Hex, 5, 8, true),
    make("base32hexpadupper", 'T', k32HexUpper, 5, 8, true),
    make("base32", 'b', k32, 5, 0, true),
    make("base32upper", 'B', k32Upper, 5, 0, true),
    make("base32pad", 'c', k32, 5, 8, true),
    make("base32padupper", 'C', k32Upper, 5, 8, true),
    make("base32z", 'h', "ybndrfg8ejkmcpqxot1uwisza345h769", 5),
    make("base36", 'k', "0123456789abcdefghijklmnopqrstuvwxyz", 0, 0, true),
    make("base36upper", 'K', "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", 0, 0, true),
    make("base58btc", 'z', "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", 0),
    make("base58flickr", 'Z', "123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ", 0),
    make("base64", 'm', k64, 6),
    make("base64pad", 'M', k64, 6, 4),
    make("base64url", 'u', k64Url, 6),
    make("base64urlpad", 'U', k64Url, 6, 4),
};
constexpr std::size_t kEncodingCount = std::size(kEncodings);
static_assert(kEncodingCount == static_cast<std::size_t>(Base::kBase64UrlPad) + 1);

Error bad(const Encoding& encoding, std::string_view what) {
  return Error(errors::kBadMultibase, std::string(encoding.name) + " text " + std::string(what));
}

Error bad_digit(const Encoding& encoding, std::string_view text, std::size_t at) {
  const std::uint8_t byte = static_cast<std::uint8_t>(text[at]);
  const std::string shown =
      byte > 0x20 && byte < 0x7f ? std::string{'\'', text[at], '\''} : "byte " + std::to_string(byte);
  return bad(encoding, "has " + shown + " at position " + std::to_string(at + 1) + "; its digits are " +
                           std::string(encoding.alphabet));
}

// So many digits fill whole bytes.
constexpr int group_digits(int bits) { return bits == 5 ? 8 : bits == 4 ? 2 : 4; }

// Whole groups of bytes at once. Answers how many bytes were taken.
template <int kBits>
std::size_t encode_groups(std::string_view alphabet, ByteView bytes, std::string& out) {
  constexpr std::size_t kDigits = group_digits(kBits);
  constexpr std::size_t kBytes = kDigits * kBits / 8;
  const std::size_t count = bytes.size() / kBytes;
  const std::size_t before = out.size();
  out.resize(before + count * kDigits);
  char* to = out.data() + before;
  for (std::size_t at = 0; at < count * kBytes; at += kBytes) {
    std::uint64_t group = 0;
    for (std::size_t i = 0; i < kBytes; ++i) group = group << 8 | bytes[at + i];
    for (std::size_t i = 0; i < kDigits; ++i)
      *to++ = alphabet[group >> (kBits * (kDigits - 1 - i)) & ((1u << kBits) - 1)];
  }
  return count * kBytes;
}

std::size_t encode_groups(const Encoding& encoding, ByteView bytes, std::string& out) {
  if (encoding.bits == 4) return encode_groups<4>(encoding.alphabet, bytes, out);
  if (encoding.bits == 5) return encode_groups<5>(encoding.alphabet, bytes, out);
  if (encoding.bits == 6) return encode_groups<6>(encoding.alphabet, bytes, out);
  return 0;
}

void encode_bits(const Encoding& encoding, ByteView bytes, std::string& out) {
  const std::uint32_t mask = (1u << encoding.bits) - 1;
  std::uint32_t buffer = 0;
  int held = 0;
  for (const std::uint8_t byte : bytes.subspan(encode_groups(encoding, bytes, out))) {
    buffer = buffer << 8 | byte;
    held += 8;
    while (held >= encoding.bits) {
      held -= encoding.bits;
      out += encoding.alphabet[buffer >> held & mask];
    }
  }
  if (held > 0) out += encoding.alphabet[buffer << (encoding.bits - held) & mask];
  if (encoding.pad_group == 0) return;
  while ((out.size() - 1) % static_cast<std::size_t>(encoding.pad_group) != 0) out += '=';
}

Result<Bytes> decode_bits(const Encoding& encoding, std::string_view digits) {
  if (encoding.pad_group != 0) {
    const std::size_t group = static_cast<std::size_t>(encoding.pad_group);
    if (digits.size() % group != 0)
      return bad(encoding, "is not padded to a multiple of " + std::to_string(group));
    const std::size_t end = digits.find_last_not_of('=') + 1;
    if (digits.size() - end >= group) return bad(encoding, "has more padding than it needs");
    digits = digits.substr(0, end);
  }
  Bytes out;
  out.reserve(digits.size() * static_cast<std::size_t>(encoding.bits) / 8);
  std::uint32_t buffer = 0;
  int held = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const int value = encoding.values[static_cast<std::uint8_t>(digits[i])];
    if (value < 0) return bad_digit(encoding, digits, i);
    buffer = buffer << encoding.bits | static_cast<std::uint32_t>(value);
    held += encoding.bits;
    if (held < 8) continue;
    held -= 8;
    out.push_back(static_cast<std::uint8_t>(buffer >> held));
  }
  if (held >= encoding.bits) return bad(encoding, "has a length that no bytes have");
  if ((buffer & ((1u << held) - 1)) != 0) return bad(encoding, "has bits set after its end");
  return out;
}

// A big number in base 2^32, lowest limb first.
using Limbs = std::vector<std::uint32_t>;

void multiply_add(Limbs& limbs, std::uint32_t factor, std::uint32_t addend) {
  std::uint64_t carry = addend;
  for (std::uint32_t& limb : limbs) {
    carry += std::uint64_t{limb} * factor;
    limb = static_cast<std::uint32_t>(carry);
    carry >>= 32;
  }
  if (carry != 0) limbs.push_back(static_cast<std::uint32_t>(carry));
}

std::uint32_t divide(Limbs& limbs, std::uint32_t divisor) {
  std::uint64_t rest = 0;
  for (std::size_t i = limbs.size(); i-- > 0;) {
    rest = rest << 32 | limbs[i];
    limbs[i] = static_cast<std::uint32_t>(rest / divisor);
    rest %= divisor;
  }
  while (!limbs.empty() && limbs.back() == 0) limbs.pop_back();
  return static_cast<std::uint32_t>(rest);
}

// As many digits at once as fit 32 bits: `factor` = radix ^ `digits`.
struct Stride {
  std::uint32_t factor = 1;
  std::size_t digits = 0;
};

Stride stride_of(std::uint32_t radix) {
  Stride stride;
  while (std::uint64_t{stride.factor} * radix <= 0xffffffff) {
    stride.factor *= radix;
    ++stride.digits;
  }
  return stride;
}

void encode_radix(const Encoding& encoding, ByteView bytes, std::string& out) {
  const std::uint32_t radix = static_cast<std::uint32_t>(encoding.alphabet.size());
  const Stride stride = stride_of(radix);
  std::size_t zeros = 0;
  while (zeros < bytes.size() && bytes[zeros] == 0) ++zeros;
  const ByteView number = bytes.subspan(zeros);
  Limbs limbs((number.size() + 3) / 4);
  for (std::size_t i = 0; i < number.size(); ++i) {
    limbs[i / 4] |= std::uint32_t{number[number.size() - 1 - i]} << (8 * (i % 4));
  }
  std::string reversed;
  while (!limbs.empty()) {
    std::uint32_t rest = divide(limbs, stride.factor);
    for (std::size_t i = 0; i < stride.digits && (rest != 0 || !limbs.empty()); ++i) {
      reversed += encoding.alphabet[rest % radix];
      rest /= radix;
    }
  }
  out.append(zeros, encoding.alphabet[0]);
  out.append(reversed.rbegin(), reversed.rend());
}

Result<Bytes> decode_radix(const Encoding& encoding, std::string_view digits) {
  if (digits.size() > kRadixTextSizeMax) {
    return Error(errors::kTooLarge, std::string(encoding.name) + " text is bounded to " +
                                        std::to_string(kRadixTextSizeMax) + " characters");
  }
  const std::uint32_t radix = static_cast<std::uint32_t>(encoding.alphabet.size());
  const Stride stride = stride_of(radix);
  std::size_t zeros = 0;
  while (zeros < digits.size() && digits[zeros] == encoding.alphabet[0]) ++zeros;
  Limbs limbs;
  // A digit of the largest radix is less than six bits.
  limbs.reserve(digits.size() * 6 / 32 + 1);
  std::size_t at = zeros;
  while (at < digits.size()) {
    const std::size_t end = std::min(at + stride.digits, digits.size());
    std::uint32_t factor = 1;
    std::uint32_t addend = 0;
    for (; at < end; ++at) {
      const int value = encoding.values[static_cast<std::uint8_t>(digits[at])];
      if (value < 0) return bad_digit(encoding, digits, at);
      factor *= radix;
      addend = addend * radix + static_cast<std::uint32_t>(value);
    }
    multiply_add(limbs, factor, addend);
  }
  Bytes out;
  out.reserve(zeros + limbs.size() * 4);
  out.resize(zeros);
  bool leading = true;
  for (std::size_t i = limbs.size() * 4; i-- > 0;) {
    const std::uint8_t byte = static_cast<std::uint8_t>(limbs[i / 4] >> (8 * (i % 4)));
    leading = leading && byte == 0;
    if (!leading) out.push_back(byte);
  }
  return out;
}

std::string known_names() {
  std::string names;
  for (const Encoding& encoding : kEncodings) {
    if (!names.empty()) names += ", ";
    names += encoding.name;
  }
  return names + ", " + std::string(kBase256EmojiName);
}

}  // namespace

std::string multibase_encode(Base base, ByteView bytes) {
  const Encoding& encoding = kEncodings[static_cast<std::size_t>(base)];
  std::string out(1, encoding.prefix);
  if (encoding.bits == 0) {
    ICN_ASSERT(bytes.size() <= kRadixBytesMax);
    encode_radix(encoding, bytes, out);
    return out;
  }
  out.reserve(bytes.size() * 8 / static_cast<std::size_t>(encoding.bits) + 10);
  encode_bits(encoding, bytes, out);
  return out;
}

Result<std::string> multibase_encode(std::string_view base_name, ByteView bytes) {
  if (base_name == kBase256EmojiName) return base256emoji_encode(bytes);
  const auto* found = std::ranges::find(kEncodings, base_name, &Encoding::name);
  if (found == std::end(kEncodings)) {
    return Error(errors::kBadMultibase,
                 "there is no base \"" + std::string(base_name) + "\"; allowed: " + known_names());
  }
  if (found->bits == 0 && bytes.size() > kRadixBytesMax) {
    return Error(errors::kTooLarge, std::string(base_name) + " is bounded to 5000 bytes");
  }
  return multibase_encode(static_cast<Base>(found - std::begin(kEncodings)), bytes);
}

Result<MultibaseText> multibase_decode(std::string_view text) {
  if (text.empty())
    return Error(errors::kBadMultibase, "the text is empty; it must begin with a multibase prefix");
  if (text.starts_with(kBase256EmojiPrefix)) {
    ICN_TRY_ASSIGN(bytes, base256emoji_decode(text.substr(kBase256EmojiPrefix.size())));
    return MultibaseText{kBase256EmojiName, std::move(bytes)};
  }
  const auto* found = std::ranges::find(kEncodings, text[0], &Encoding::prefix);
  if (found == std::end(kEncodings)) {
    return Error(errors::kBadMultibase,
                 "the first character is no known multibase prefix; allowed: " + known_names());
  }
  const std::string_view digits = text.substr(1);
  ICN_TRY_ASSIGN(bytes, found->bits == 0 ? decode_radix(*found, digits) : decode_bits(*found, digits));
  return MultibaseText{found->name, std::move(bytes)};
}

}  // namespace icn::codec
