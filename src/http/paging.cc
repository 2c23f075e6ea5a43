#include "http/paging.h"

#include "crypto/hash.h"
#include "http/errors.h"

namespace icn::http {
namespace {

constexpr std::size_t kTagBytes = 16;

Bytes tag_of(const Bytes& key, std::string_view list, ByteView position) {
  Bytes message;
  append_u32(message, static_cast<std::uint32_t>(list.size()));
  append(message, list);
  append(message, position);
  const crypto::Hash tag = crypto::blake2b(message, key);
  return Bytes(tag.begin(), tag.begin() + kTagBytes);
}

}  // namespace

Cursors::Cursors(ByteView node_secret)
    : key_(to_bytes(crypto::blake2b(as_bytes("icn:http:cursors:v1"), node_secret))) {}

std::string Cursors::seal(std::string_view list, ByteView position) const {
  Bytes out = tag_of(key_, list, position);
  append(out, position);
  return base64url_encode(out);
}

Result<Bytes> Cursors::open(std::string_view list, std::string_view cursor) const {
  const auto bytes = base64url_decode(cursor);
  if (!bytes.ok() || bytes->size() < kTagBytes) return Error(kBadCursor);
  const ByteView position = ByteView(*bytes).subspan(kTagBytes);
  if (!equal_constant_time(tag_of(key_, list, position), ByteView(*bytes).first(kTagBytes)))
    return Error(kBadCursor, "the cursor belongs to another list, filter or node");
  return to_bytes(position);
}

}  // namespace icn::http
