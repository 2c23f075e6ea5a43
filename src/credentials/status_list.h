#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "codec/json.h"
#include "credentials/errors.h"

// Bitstring Status List 1.0: one bit a credential, the first one the leftmost, compressed by gzip.
namespace icn::credentials {

inline constexpr std::uint64_t kStatusListEntries = 131'072;  // of a list of ours: the least there may be
inline constexpr std::size_t kStatusListBytesMax = std::size_t{4} << 20;  // of a list we read, decompressed

// "u" and base64url of the compressed bits.
std::string encode_status_list(ByteView bits);
// bad_status_list: not multibase base64url, not gzip, fewer than 131,072 entries, too large.
Result<Bytes> decode_status_list(std::string_view text);

bool status_bit(ByteView bits, std::uint64_t index);
void set_status_bit(Bytes& bits, std::uint64_t index, bool value);

// The unsecured credential of a list, valid for a day.
struct StatusListText {
  std::string url;
  std::string issuer;
  std::string purpose;
  TimestampSecs made_at = 0;
};
inline constexpr TimestampSecs kStatusListValiditySecs = 86'400;
codec::Json status_list_document(const StatusListText& text, ByteView bits);

// What a list's credential says; its proof is for the caller to verify.   bad_status_list
struct StatusList {
  std::vector<std::string> purposes;
  Bytes bits;
};
Result<StatusList> read_status_list(const codec::Json& document);

}  // namespace icn::credentials
