#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "codec/cid.h"

namespace icn::codec {

// Appends DAG-CBOR, each value in its shortest form. What the writer cannot see is the caller's duty:
// a container is followed by exactly its values, map keys (written by text()) are unique, valid UTF-8
// and stand in canonical order (cbor_key_less), and text is valid UTF-8.
// Source: IPLD DAG-CBOR specification.
class CborWriter {
 public:
  // Appends to `out`. A caller that writes many items hands the taken buffer back, cleared, to reuse it.
  explicit CborWriter(Bytes out = {}) : out_(std::move(out)) {}

  void map(std::size_t pair_count);
  void array(std::size_t value_count);
  void integer(std::int64_t value);
  void unsigned_integer(std::uint64_t value);
  void negative_integer(std::uint64_t value);  // writes -1 - value
  void float64(double value);                  // finite (asserted)
  void text(std::string_view value);
  void bytes(ByteView value);
  void link(const Cid& value);  // not empty (asserted)
  void boolean(bool value);
  void null();
  void encoded(ByteView value);  // one value that is DAG-CBOR already

  ByteView view() const { return out_; }
  Bytes take() { return std::move(out_); }

 private:
  void head(std::uint8_t major, std::uint64_t argument);

  Bytes out_;
};

// Canonical order of map keys: the shorter first, then by bytes.
constexpr bool cbor_key_less(std::string_view left, std::string_view right) {
  return left.size() != right.size() ? left.size() < right.size() : left < right;
}

enum class CborKind { kUnsigned, kNegative, kFloat, kText, kBytes, kArray, kMap, kLink, kBoolean, kNull };

std::string_view cbor_kind_name(CborKind kind);

struct CborLimits {
  static constexpr int kDepthMax = 64;

  int depth_max = kDepthMax;  // containers inside each other, at most kDepthMax (asserted)
  std::size_t size_max = std::size_t{64} << 20;
};

// Pulls values out of one DAG-CBOR item and accepts its canonical form alone: shortest heads, definite
// lengths, unique text keys in canonical order, tag 42 alone, 64-bit finite floats, valid UTF-8.
// Texts and bytes that are returned point into the input, which must outlive the reader.
// Inside a map, key() and one value alternate. Calling key() where a value stands, or a value where a
// key stands, is a programmer error (asserted). After an error the reader must not be used.
// All return bad_dag_cbor (the detail names the byte), of a size or depth beyond the limits too_large.
class CborReader {
 public:
  explicit CborReader(ByteView in, CborLimits limits = {});

  // Enters a container. The count never exceeds the bytes that are left, so it may be reserved.
  Result<std::uint64_t> map();
  Result<std::uint64_t> array();
  Result<std::string_view> key();

  Result<std::int64_t> integer();
  Result<std::uint64_t> unsigned_integer();
  Result<std::uint64_t> negative_integer();  // n of -1 - n
  Result<double> float64();
  Result<std::string_view> text();
  Result<ByteView> bytes();
  Result<Cid> link();
  Result<bool> boolean();
  Result<void> null();

  // What comes next; nothing is consumed.
  Result<CborKind> peek() const;
  bool at_null() const { return position_ < in_.size() && in_[position_] == 0xf6; }

  // Checks one whole value and passes it; raw() gives its bytes.
  Result<void> skip();
  Result<ByteView> raw();

  // The item is whole and nothing follows it.
  Result<void> finish() const;

  std::size_t position() const { return position_; }

 private:
  struct Frame {
    std::uint64_t values_left;
    const std::uint8_t* last_key;  // null before the first
    std::size_t last_key_size;
    bool is_map;
    bool value_is_next;
  };

  Error fail(std::string_view what) const;
  Error unexpected(std::string_view wanted) const;
  Result<std::uint64_t> read_argument(std::uint8_t major, std::string_view wanted);
  Result<ByteView> read_string(std::uint8_t major, std::string_view wanted);
  Result<std::uint64_t> enter(std::uint8_t major, bool is_map, std::string_view wanted);
  bool take_simple(std::uint8_t byte);
  void begin_value();
  void end_value();

  ByteView in_;
  CborLimits limits_;
  std::size_t position_ = 0;
  int depth_ = 0;
  bool begun_ = false;
  // Only the first `depth_` are set: clearing all of them would cost more than a small record.
  std::array<Frame, CborLimits::kDepthMax> frames_;
};

}  // namespace icn::codec
