#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "codec/multihash.h"

namespace icn::codec {

// Numbers of the multicodec table.
inline constexpr std::uint64_t kRaw = 0x55;
inline constexpr std::uint64_t kDagPb = 0x70;
inline constexpr std::uint64_t kDagCbor = 0x71;
inline constexpr std::uint64_t kDagJson = 0x0129;

// "raw", "dag-pb", "dag-cbor", "dag-json", else the number as "0x..".
std::string codec_name(std::uint64_t codec);

// A content identifier of version 1, or 0 (sha2-256 of DAG-PB) as read from elsewhere. A value of 56
// bytes; only CIDs above 39 bytes keep theirs on the heap. A default-constructed Cid is empty: less
// than every other and written as "".
// Source: multiformats/cid.
class Cid {
 public:
  Cid() = default;

  // The CIDv1 of `bytes` by sha2-256.
  static Cid of(std::uint64_t codec, ByteView bytes);
  static Cid of_digest(std::uint64_t codec, const Sha256& digest);
  // The CIDv1 that carries `bytes` itself (at most 128, asserted) as its identity hash.
  static Cid identity(std::uint64_t codec, ByteView bytes);

  // "bafy..." in any multibase, or "Qm...".   bad_cid, bad_multibase, bad_multihash, bad_varint
  static Result<Cid> parse(std::string_view text);
  // The whole of `bytes` is one CID.          bad_cid, bad_multihash, bad_varint
  static Result<Cid> from_bytes(ByteView bytes);
  // Reads one CID from the front of `in` and removes it from `in`.
  static Result<Cid> read(ByteView& in);

  // The binary form; valid as long as this Cid.
  ByteView bytes() const { return long_ == nullptr ? ByteView(short_.data(), size_) : ByteView(*long_); }
  bool empty() const { return bytes().empty(); }

  // These four ask for a Cid that is not empty.
  int version() const;
  std::uint64_t codec() const;
  Multihash multihash() const;  // points into this Cid
  ByteView multihash_bytes() const;

  // The bytes an identity CID carries; nothing for all others.
  std::optional<ByteView> inline_data() const;
  // Whether `block` is what this CID names.   E002, unsupported_codec
  Result<void> verify(ByteView block) const;
  // The same content named by version 1.
  Cid to_v1() const;
  // base32 lower case for version 1, base58btc for version 0.
  std::string to_string() const;

  friend bool operator==(const Cid& left, const Cid& right) {
    const ByteView a = left.bytes();
    const ByteView b = right.bytes();
    return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size()) == 0);
  }
  // By the order of the binary forms.
  friend std::strong_ordering operator<=>(const Cid& left, const Cid& right);

 private:
  static constexpr std::size_t kShortSizeMax = 39;

  explicit Cid(ByteView checked_bytes);

  std::array<std::uint8_t, kShortSizeMax> short_{};
  std::uint8_t size_ = 0;
  std::shared_ptr<const Bytes> long_;
};

}  // namespace icn::codec

template <>
struct std::hash<icn::codec::Cid> {
  std::size_t operator()(const icn::codec::Cid& cid) const noexcept {
    const icn::ByteView bytes = cid.bytes();
    return std::hash<std::string_view>{}(icn::as_text(bytes));
  }
};
