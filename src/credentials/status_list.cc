#include "credentials/status_list.h"

#include <zlib.h>

#include <algorithm>

#include "base/assert.h"
#include "codec/date_time.h"
#include "credentials/credential.h"

namespace icn::credentials {
namespace {

using codec::Json;

constexpr int kGzipWindow = 15 + 16;  // zlib: the largest window, in gzip's frame

Error bad(std::string_view what) { return Error(kBadStatusList, std::string(what)); }

Bytes compress(ByteView bytes) {
  z_stream stream{};
  ICN_ASSERT(deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) ==
             Z_OK);
  Bytes out(deflateBound(&stream, bytes.size()));
  stream.next_in = const_cast<Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  ICN_ASSERT(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

Result<Bytes> decompress(ByteView bytes) {
  z_stream stream{};
  ICN_ASSERT(inflateInit2(&stream, kGzipWindow) == Z_OK);
  // A list has 16 KiB most times; room for the largest is not taken before it is needed.
  Bytes out(std::size_t{64} << 10);
  stream.next_in = const_cast<Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  int ended = Z_BUF_ERROR;
  while (true) {
    stream.next_out = out.data() + stream.total_out;
    stream.avail_out = static_cast<uInt>(out.size() - stream.total_out);
    ended = inflate(&stream, Z_FINISH);
    if (ended != Z_BUF_ERROR || stream.avail_out > 0 || out.size() > kStatusListBytesMax) break;
    out.resize(std::min(2 * out.size(), kStatusListBytesMax + 1));
  }
  const std::size_t size = stream.total_out;
  const bool is_whole = ended == Z_STREAM_END && stream.avail_in == 0;
  inflateEnd(&stream);
  if (size > kStatusListBytesMax) return bad("the list is larger than 4 MiB");
  if (!is_whole) return bad("the list is not compressed by gzip");
  out.resize(size);
  return out;
}

}  // namespace

std::string encode_status_list(ByteView bits) { return "u" + base64url_encode(compress(bits)); }

Result<Bytes> decode_status_list(std::string_view text) {
  if (!text.starts_with('u')) return bad("encodedList: must be multibase base64url (\"u...\")");
  if (text.size() > 2 * kStatusListBytesMax)
    return bad("encodedList: has at most " + std::to_string(2 * kStatusListBytesMax) + " characters");
  const auto compressed = base64url_decode(text.substr(1));
  if (!compressed.ok()) return bad("encodedList: is not base64url");
  ICN_TRY_ASSIGN(bits, decompress(*compressed));
  if (bits.size() * 8 < kStatusListEntries) return bad("the list has fewer than 131,072 entries");
  return std::move(bits);
}

bool status_bit(ByteView bits, std::uint64_t index) {
  return index / 8 < bits.size() && ((bits[index / 8] >> (7 - index % 8)) & 1) != 0;
}

void set_status_bit(Bytes& bits, std::uint64_t index, bool value) {
  ICN_ASSERT(index / 8 < bits.size());
  const auto mask = static_cast<std::uint8_t>(1u << (7 - index % 8));
  std::uint8_t& byte = bits[index / 8];
  byte = static_cast<std::uint8_t>(value ? byte | mask : byte & ~mask);
}

Json status_list_document(const StatusListText& text, ByteView bits) {
  const Json subject = Json::object({{"id", text.url + "#list"},
                                     {"type", "BitstringStatusList"},
                                     {"statusPurpose", text.purpose},
                                     {"encodedList", encode_status_list(bits)}});
  return Json::object({{"@context", Json::array({kContextV2})},
                       {"id", text.url},
                       {"type", Json::array({"VerifiableCredential", "BitstringStatusListCredential"})},
                       {"issuer", text.issuer},
                       {"validFrom", codec::write_date_time(text.made_at)},
                       {"validUntil", codec::write_date_time(text.made_at + kStatusListValiditySecs)},
                       {"credentialSubject", subject}});
}

Result<StatusList> read_status_list(const Json& document) {
  ICN_TRY_ASSIGN(types, text_list(document, "type"));
  bool is_list = false;
  for (const std::string& each : types) is_list = is_list || each == "BitstringStatusListCredential";
  const Json* subject = document.find("credentialSubject");
  if (!is_list || subject == nullptr || subject->object() == nullptr)
    return bad("must be a BitstringStatusListCredential with one subject");
  auto purposes = text_list(*subject, "statusPurpose");
  const Json* list = subject->find("encodedList");
  if (!purposes.ok() || purposes->empty() || !list || !list->string())
    return bad("must have a statusPurpose and an encodedList");
  ICN_TRY_ASSIGN(bits, decode_status_list(*list->string()));
  return StatusList{std::move(*purposes), std::move(bits)};
}

}  // namespace icn::credentials
