#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace icn::codec {

// The encodings of the multibase table, in the order of the rows in multibase.cc. base256emoji, which
// nothing of ours writes, is known by name and prefix alone.
enum class Base {
  kBase2,
  kBase8,
  kBase10,
  kBase16,
  kBase16Upper,
  kBase32Hex,
  kBase32HexUpper,
  kBase32HexPad,
  kBase32HexPadUpper,
  kBase32,
  kBase32Upper,
  kBase32Pad,
  kBase32PadUpper,
  kBase32Z,
  kBase36,
  kBase36Upper,
  kBase58Btc,
  kBase58Flickr,
  kBase64,
  kBase64Pad,
  kBase64Url,
  kBase64UrlPad,
};

struct MultibaseText {
  std::string_view base;  // name in the multibase table; static
  Bytes bytes;
};

// Bases that are not a power of two take quadratic time; their texts are bounded.
inline constexpr std::size_t kRadixTextSizeMax = 8192;

// Prefix and digits. Of a base that is not a power of two, at most 5,000 bytes (asserted).
// Source: multiformats/multibase, RFC 4648.
std::string multibase_encode(Base base, ByteView bytes);

// By the name in the multibase table ("base58btc").
//   bad_multibase   another name;   too_large   as above
Result<std::string> multibase_encode(std::string_view base_name, ByteView bytes);

// Decodes by prefix. base16, base32, base32hex and base36 are read in either case, as the vectors of
// the standard ask; padding must be exact and bits after the end zero.
//   bad_multibase, too_large
Result<MultibaseText> multibase_decode(std::string_view text);

}  // namespace icn::codec
