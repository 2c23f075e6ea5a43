#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "codec/cbor_stream.h"
#include "codec/errors.h"
#include "codec/utf8.h"

namespace icn::codec {
namespace {

constexpr std::uint8_t kFalse = 0xf4;
constexpr std::uint8_t kTrue = 0xf5;
constexpr std::uint8_t kNull = 0xf6;
constexpr std::uint8_t kFloat64 = 0xfb;
constexpr std::uint8_t kTagOneByte = 0xd8;
constexpr std::uint8_t kLinkTag = 42;

constexpr std::uint8_t kUnsignedMajor = 0;
constexpr std::uint8_t kNegativeMajor = 1;
constexpr std::uint8_t kBytesMajor = 2;
constexpr std::uint8_t kTextMajor = 3;
constexpr std::uint8_t kArrayMajor = 4;
constexpr std::uint8_t kMapMajor = 5;

}  // namespace

std::string_view cbor_kind_name(CborKind kind) {
  switch (kind) {
    case CborKind::kUnsigned:
      return "an unsigned integer";
    case CborKind::kNegative:
      return "a negative integer";
    case CborKind::kFloat:
      return "a float";
    case CborKind::kText:
      return "text";
    case CborKind::kBytes:
      return "bytes";
    case CborKind::kArray:
      return "an array";
    case CborKind::kMap:
      return "a map";
    case CborKind::kLink:
      return "a link";
    case CborKind::kBoolean:
      return "a boolean";
    case CborKind::kNull:
      return "null";
  }
  return "";
}

CborReader::CborReader(ByteView in, CborLimits limits) : in_(in), limits_(limits) {
  ICN_ASSERT(limits.depth_max >= 0 && limits.depth_max <= CborLimits::kDepthMax);
}

Error CborReader::fail(std::string_view what) const {
  return Error(errors::kBadDagCbor, "byte " + std::to_string(position_) + ": " + std::string(what));
}

Error CborReader::unexpected(std::string_view wanted) const {
  const Result<CborKind> found = peek();
  if (!found.ok()) return found.error();
  return fail(std::string(wanted) + " is expected, found " + std::string(cbor_kind_name(*found)));
}

Result<CborKind> CborReader::peek() const {
  if (position_ >= in_.size()) return fail("the bytes end where a value should be");
  if (depth_ == 0 && begun_) return fail("bytes follow the item; none are allowed");
  const std::uint8_t byte = in_[position_];
  switch (byte >> 5) {
    case kUnsignedMajor:
      return CborKind::kUnsigned;
    case kNegativeMajor:
      return CborKind::kNegative;
    case kBytesMajor:
      return CborKind::kBytes;
    case kTextMajor:
      return CborKind::kText;
    case kArrayMajor:
      return CborKind::kArray;
    case kMapMajor:
      return CborKind::kMap;
    case 6:
      if (byte == kTagOneByte && in_.size() - position_ > 1 && in_[position_ + 1] == kLinkTag) {
        return CborKind::kLink;
      }
      return fail("a tag other than 42 (CID) is not allowed");
    default:
      break;
  }
  if (byte == kFalse || byte == kTrue) return CborKind::kBoolean;
  if (byte == kNull) return CborKind::kNull;
  if (byte == kFloat64) return CborKind::kFloat;
  if (byte == 0xf9 || byte == 0xfa) return fail("floats must have 64 bits");
  return fail("a simple value other than false, true and null is not allowed");
}

void CborReader::begin_value() {
  begun_ = true;
  if (depth_ == 0) return;
  Frame& frame = frames_[static_cast<std::size_t>(depth_ - 1)];
  ICN_ASSERT(!frame.is_map || frame.value_is_next);
  frame.value_is_next = false;
  --frame.values_left;
}

void CborReader::end_value() {
  while (depth_ > 0 && frames_[static_cast<std::size_t>(depth_ - 1)].values_left == 0) --depth_;
}

// Reads a head of `major` and moves behind it; the value itself is not yet counted.
Result<std::uint64_t> CborReader::read_argument(std::uint8_t major, std::string_view wanted) {
  if (in_.size() > limits_.size_max) {
    return Error(errors::kTooLarge, "the item has " + std::to_string(in_.size()) + " bytes; at most " +
                                        std::to_string(limits_.size_max) + " are allowed");
  }
  if (position_ >= in_.size() || (depth_ == 0 && begun_) || in_[position_] >> 5 != major) {
    return unexpected(wanted);
  }
  const std::uint8_t info = in_[position_] & 31;
  if (info < 24) {
    ++position_;
    return std::uint64_t{info};
  }
  if (info == 31) return fail("indefinite lengths are not allowed");
  if (info > 27) return fail("the head is reserved");
  const std::size_t width = std::size_t{1} << (info - 24);
  if (in_.size() - position_ <= width) return fail("the bytes end inside a head");
  std::uint64_t argument = 0;
  for (std::size_t i = 1; i <= width; ++i) argument = argument << 8 | in_[position_ + i];
  const bool shortest = width == 1 ? argument >= 24 : argument >> (4 * width) != 0;
  if (!shortest) return fail("the number or length is not in its shortest form");
  position_ += width + 1;
  return argument;
}

Result<ByteView> CborReader::read_string(std::uint8_t major, std::string_view wanted) {
  ICN_TRY_ASSIGN(size, read_argument(major, wanted));
  if (size > in_.size() - position_) return fail("the bytes end inside " + std::string(wanted));
  const ByteView found = in_.subspan(position_, size);
  if (major == kTextMajor && !is_utf8(as_text(found))) return fail("text must be valid UTF-8");
  position_ += size;
  return found;
}

Result<std::uint64_t> CborReader::enter(std::uint8_t major, bool is_map, std::string_view wanted) {
  ICN_TRY_ASSIGN(count, read_argument(major, wanted));
  const std::uint64_t bytes_left = in_.size() - position_;
  if (count > (is_map ? bytes_left / 2 : bytes_left))
    return fail("the container has more values than bytes follow");
  if (depth_ >= limits_.depth_max) {
    return Error(errors::kTooLarge, "byte " + std::to_string(position_) + ": containers nest deeper than " +
                                        std::to_string(limits_.depth_max));
  }
  begin_value();
  if (count == 0) {
    end_value();
    return count;
  }
  Frame& frame = frames_[static_cast<std::size_t>(depth_++)];
  frame = Frame{count, nullptr, 0, is_map, false};
  return count;
}

Result<std::uint64_t> CborReader::map() { return enter(kMapMajor, true, "a map"); }
Result<std::uint64_t> CborReader::array() { return enter(kArrayMajor, false, "an array"); }

Result<std::string_view> CborReader::key() {
  ICN_ASSERT(depth_ > 0);
  Frame& frame = frames_[static_cast<std::size_t>(depth_ - 1)];
  ICN_ASSERT(frame.is_map && !frame.value_is_next);
  ICN_TRY_ASSIGN(found, read_string(kTextMajor, "a text key"));
  const std::string_view key = as_text(found);
  if (frame.last_key != nullptr) {
    const std::string_view last(reinterpret_cast<const char*>(frame.last_key), frame.last_key_size);
    if (key == last) return fail("the map has the key \"" + std::string(key) + "\" twice");
    if (!cbor_key_less(last, key))
      return fail("the key \"" + std::string(key) + "\" is not in canonical order");
  }
  frame.last_key = found.data();
  frame.last_key_size = found.size();
  frame.value_is_next = true;
  return key;
}

Result<std::uint64_t> CborReader::unsigned_integer() {
  ICN_TRY_ASSIGN(value, read_argument(kUnsignedMajor, "an unsigned integer"));
  begin_value();
  end_value();
  return value;
}

Result<std::uint64_t> CborReader::negative_integer() {
  ICN_TRY_ASSIGN(value, read_argument(kNegativeMajor, "a negative integer"));
  begin_value();
  end_value();
  return value;
}

Result<std::int64_t> CborReader::integer() {
  const bool negative = position_ < in_.size() && in_[position_] >> 5 == kNegativeMajor;
  ICN_TRY_ASSIGN(value, read_argument(negative ? kNegativeMajor : kUnsignedMajor, "an integer"));
  if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return fail("the integer does not fit 64 bits with a sign");
  }
  begin_value();
  end_value();
  const std::int64_t number = static_cast<std::int64_t>(value);
  return negative ? -1 - number : number;
}

Result<double> CborReader::float64() {
  ICN_TRY_ASSIGN(kind, peek());
  if (kind != CborKind::kFloat) return unexpected("a float");
  if (in_.size() - position_ < 9) return fail("the bytes end inside a float");
  const double value = std::bit_cast<double>(read_u64(in_.subspan(position_ + 1, 8)));
  if (!std::isfinite(value)) return fail("infinities and NaN are not allowed");
  position_ += 9;
  begin_value();
  end_value();
  return value;
}

Result<std::string_view> CborReader::text() {
  ICN_TRY_ASSIGN(found, read_string(kTextMajor, "text"));
  begin_value();
  end_value();
  return as_text(found);
}

Result<ByteView> CborReader::bytes() {
  ICN_TRY_ASSIGN(found, read_string(kBytesMajor, "bytes"));
  begin_value();
  end_value();
  return found;
}

Result<Cid> CborReader::link() {
  ICN_TRY_ASSIGN(kind, peek());
  if (kind != CborKind::kLink) return unexpected("a link");
  position_ += 2;
  const std::uint8_t major = position_ < in_.size() ? in_[position_] >> 5 : 0xff;
  if (major != kBytesMajor) return fail("tag 42 must hold bytes");
  ICN_TRY_ASSIGN(found, read_string(kBytesMajor, "the bytes of a link"));
  if (found.empty() || found[0] != 0) return fail("the bytes of a link must begin with 0x00");
  Result<Cid> cid = Cid::from_bytes(found.subspan(1));
  if (!cid.ok()) return fail(cid.error().detail());
  begin_value();
  end_value();
  return cid;
}

bool CborReader::take_simple(std::uint8_t byte) {
  if (position_ >= in_.size() || (depth_ == 0 && begun_) || in_[position_] != byte) return false;
  ++position_;
  begin_value();
  end_value();
  return true;
}

Result<bool> CborReader::boolean() {
  if (take_simple(kTrue)) return true;
  if (take_simple(kFalse)) return false;
  return unexpected("a boolean");
}

Result<void> CborReader::null() {
  if (take_simple(kNull)) return {};
  return unexpected("null");
}

Result<void> CborReader::skip() {
  ICN_TRY_ASSIGN(kind, peek());
  switch (kind) {
    case CborKind::kUnsigned:
      ICN_TRY(unsigned_integer());
      break;
    case CborKind::kNegative:
      ICN_TRY(negative_integer());
      break;
    case CborKind::kFloat:
      ICN_TRY(float64());
      break;
    case CborKind::kText:
      ICN_TRY(text());
      break;
    case CborKind::kBytes:
      ICN_TRY(bytes());
      break;
    case CborKind::kLink:
      ICN_TRY(link());
      break;
    case CborKind::kBoolean:
      ICN_TRY(boolean());
      break;
    case CborKind::kNull:
      ICN_TRY(null());
      break;
    case CborKind::kArray: {
      ICN_TRY_ASSIGN(count, array());
      for (std::uint64_t i = 0; i < count; ++i) ICN_TRY(skip());
      break;
    }
    case CborKind::kMap: {
      ICN_TRY_ASSIGN(count, map());
      for (std::uint64_t i = 0; i < count; ++i) {
        ICN_TRY(key());
        ICN_TRY(skip());
      }
      break;
    }
  }
  return {};
}

Result<ByteView> CborReader::raw() {
  const std::size_t begin = position_;
  ICN_TRY(skip());
  return in_.subspan(begin, position_ - begin);
}

Result<void> CborReader::finish() const {
  if (!begun_ || depth_ > 0) return fail("the item is not whole");
  if (position_ != in_.size()) return fail("bytes follow the item; none are allowed");
  return {};
}

}  // namespace icn::codec
