#include <bit>
#include <cmath>

#include "codec/cbor_stream.h"

namespace icn::codec {
namespace {

constexpr std::uint8_t kLinkTag = 42;
// Most records fit: growing to it from nothing would take seven allocations.
constexpr std::size_t kFirstCapacity = 128;

}  // namespace

void CborWriter::head(std::uint8_t major, std::uint64_t argument) {
  if (out_.capacity() == 0) out_.reserve(kFirstCapacity);
  const std::uint8_t high = static_cast<std::uint8_t>(major << 5);
  if (argument < 24) {
    out_.push_back(static_cast<std::uint8_t>(high | argument));
    return;
  }
  const int width_log = argument <= 0xff ? 0 : argument <= 0xffff ? 1 : argument <= 0xffffffff ? 2 : 3;
  std::uint8_t head_bytes[9];
  std::size_t size = 0;
  head_bytes[size++] = static_cast<std::uint8_t>(high | (24 + width_log));
  for (int shift = 8 * ((1 << width_log) - 1); shift >= 0; shift -= 8) {
    head_bytes[size++] = static_cast<std::uint8_t>(argument >> shift);
  }
  append(out_, ByteView(head_bytes, size));
}

void CborWriter::map(std::size_t pair_count) { head(5, pair_count); }
void CborWriter::array(std::size_t value_count) { head(4, value_count); }
void CborWriter::unsigned_integer(std::uint64_t value) { head(0, value); }
void CborWriter::negative_integer(std::uint64_t value) { head(1, value); }

void CborWriter::integer(std::int64_t value) {
  if (value >= 0) return head(0, static_cast<std::uint64_t>(value));
  head(1, ~static_cast<std::uint64_t>(value));
}

void CborWriter::float64(double value) {
  ICN_ASSERT(std::isfinite(value));
  out_.push_back(0xfb);
  append_u64(out_, std::bit_cast<std::uint64_t>(value));
}

void CborWriter::text(std::string_view value) {
  head(3, value.size());
  append(out_, value);
}

void CborWriter::bytes(ByteView value) {
  head(2, value.size());
  append(out_, value);
}

void CborWriter::link(const Cid& value) {
  ICN_ASSERT(!value.empty());
  head(6, kLinkTag);
  head(2, value.bytes().size() + 1);
  out_.push_back(0);
  append(out_, value.bytes());
}

void CborWriter::boolean(bool value) { out_.push_back(value ? 0xf5 : 0xf4); }
void CborWriter::null() { out_.push_back(0xf6); }
void CborWriter::encoded(ByteView value) { append(out_, value); }

}  // namespace icn::codec
