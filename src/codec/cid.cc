#include "codec/cid.h"

#include <algorithm>

#include <fmt/format.h>

#include "codec/errors.h"
#include "codec/multibase.h"
#include "codec/varint.h"

namespace icn::codec {
namespace {

constexpr std::size_t kVersion0Size = 34;
constexpr std::size_t kVersion0TextSize = 46;
// 9 bytes for each number and the digest, two digits a byte at worst but for base2, which nobody uses.
constexpr std::size_t kTextSizeMax = 1 + 8 * (4 * 9 + kDigestSizeMax);

bool is_version0(ByteView bytes) { return bytes.size() >= 2 && bytes[0] == 0x12 && bytes[1] == 0x20; }

}  // namespace

std::string codec_name(std::uint64_t codec) {
  switch (codec) {
    case kRaw:
      return "raw";
    case kDagPb:
      return "dag-pb";
    case kDagCbor:
      return "dag-cbor";
    case kDagJson:
      return "dag-json";
    default:
      return fmt::format("0x{:02x}", codec);
  }
}

Cid::Cid(ByteView checked_bytes) {
  if (checked_bytes.size() > kShortSizeMax) {
    long_ = std::make_shared<const Bytes>(to_bytes(checked_bytes));
    return;
  }
  std::ranges::copy(checked_bytes, short_.begin());
  size_ = static_cast<std::uint8_t>(checked_bytes.size());
}

Cid Cid::of(std::uint64_t codec, ByteView bytes) { return of_digest(codec, sha256(bytes)); }

Cid Cid::of_digest(std::uint64_t codec, const Sha256& digest) {
  ICN_ASSERT(codec < 0x4000);
  Cid cid;
  std::size_t size = 0;
  cid.short_[size++] = 1;
  if (codec >= 0x80) cid.short_[size++] = static_cast<std::uint8_t>(codec | 0x80);
  cid.short_[size++] = static_cast<std::uint8_t>(codec >= 0x80 ? codec >> 7 : codec);
  cid.short_[size++] = kSha2_256;
  cid.short_[size++] = static_cast<std::uint8_t>(digest.size());
  std::ranges::copy(digest, cid.short_.begin() + static_cast<std::ptrdiff_t>(size));
  cid.size_ = static_cast<std::uint8_t>(size + digest.size());
  return cid;
}

Cid Cid::identity(std::uint64_t codec, ByteView bytes) {
  ICN_ASSERT(bytes.size() <= kDigestSizeMax);
  Bytes out;
  for (const std::uint64_t number : {std::uint64_t{1}, codec, kIdentityHash, std::uint64_t{bytes.size()}}) {
    append_varint(out, number);
  }
  append(out, bytes);
  return Cid(ByteView(out));
}

Result<Cid> Cid::read(ByteView& in) {
  if (in.empty()) return Error(errors::kBadCid, "there are no bytes where a CID should be");
  const ByteView whole = in;
  if (is_version0(in)) {
    if (in.size() < kVersion0Size)
      return Error(errors::kBadCid, "a version 0 CID has 34 bytes; they end early");
    in = in.subspan(kVersion0Size);
    return Cid(whole.first(kVersion0Size));
  }
  ICN_TRY_ASSIGN(version, read_varint(in));
  if (version != 1) {
    return Error(errors::kBadCid, "CID version " + std::to_string(version) + " is unknown; allowed: 0 and 1");
  }
  ICN_TRY(read_varint(in));
  ICN_TRY(read_multihash(in));
  return Cid(whole.first(whole.size() - in.size()));
}

Result<Cid> Cid::from_bytes(ByteView bytes) {
  ICN_TRY_ASSIGN(cid, read(bytes));
  if (!bytes.empty()) {
    return Error(errors::kBadCid, std::to_string(bytes.size()) + " bytes follow the CID; none are allowed");
  }
  return std::move(cid);
}

Result<Cid> Cid::parse(std::string_view text) {
  if (text.empty())
    return Error(errors::kBadCid, "the text is empty; a CID is like \"bafy...\" or \"Qm...\"");
  if (text.size() > kTextSizeMax) return Error(errors::kBadCid, "the text is too long for a CID");
  if (text.size() == kVersion0TextSize && text.starts_with("Qm")) {
    ICN_TRY_ASSIGN(decoded, multibase_decode("z" + std::string(text)));
    if (!is_version0(decoded.bytes)) {
      return Error(errors::kBadCid, "a CID that begins with Qm must be a sha2-256 hash");
    }
    return from_bytes(decoded.bytes);
  }
  if (text.starts_with("Qm")) return Error(errors::kBadCid, "a CID that begins with Qm has 46 characters");
  ICN_TRY_ASSIGN(decoded, multibase_decode(text));
  if (is_version0(decoded.bytes)) {
    return Error(errors::kBadCid, "a version 0 CID is written without a multibase prefix");
  }
  return from_bytes(decoded.bytes);
}

int Cid::version() const {
  ICN_ASSERT(!empty());
  return is_version0(bytes()) ? 0 : 1;
}

std::uint64_t Cid::codec() const {
  if (version() == 0) return kDagPb;
  ByteView rest = bytes().subspan(1);
  return read_varint(rest).value();
}

ByteView Cid::multihash_bytes() const {
  if (version() == 0) return bytes();
  ByteView rest = bytes().subspan(1);
  ICN_ASSERT(read_varint(rest).ok());
  return rest;
}

Multihash Cid::multihash() const {
  ByteView rest = multihash_bytes();
  return read_multihash(rest).value();
}

std::optional<ByteView> Cid::inline_data() const {
  const Multihash hash = multihash();
  if (hash.function != kIdentityHash) return std::nullopt;
  return hash.digest;
}

Result<void> Cid::verify(ByteView block) const {
  if (empty()) return Error(errors::kBadCid, "an empty CID names no bytes");
  Result<void> verified = verify_multihash(multihash(), block);
  if (verified.ok()) return verified;
  return verified.error().within(to_string());
}

Cid Cid::to_v1() const {
  if (version() == 1) return *this;
  Bytes out = {1, static_cast<std::uint8_t>(kDagPb)};
  append(out, bytes());
  return Cid(ByteView(out));
}

std::string Cid::to_string() const {
  if (empty()) return {};
  if (version() == 0) return multibase_encode(Base::kBase58Btc, bytes()).substr(1);
  return multibase_encode(Base::kBase32, bytes());
}

std::strong_ordering operator<=>(const Cid& left, const Cid& right) {
  const ByteView a = left.bytes();
  const ByteView b = right.bytes();
  return std::lexicographical_compare_three_way(a.begin(), a.end(), b.begin(), b.end());
}

}  // namespace icn::codec
