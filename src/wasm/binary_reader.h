#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"

namespace icn::wasm {

// Reads the primitives of the WebAssembly binary format from front to back. A read past the end or a
// malformed number answers nothing and leaves the reader `failed`.
class BinaryReader {
 public:
  explicit BinaryReader(ByteView bytes) : bytes_(bytes) {}

  bool failed() const { return failed_; }
  bool at_end() const { return position_ == bytes_.size(); }
  std::size_t remaining() const { return bytes_.size() - position_; }

  // Zero after a failure, so that a caller may check once at the end of an entry.
  std::uint8_t byte() {
    if (remaining() == 0) return fail();
    return bytes_[position_++];
  }

  // Unsigned LEB128 of at most 32 bits; unused bits must be zero.
  std::uint32_t u32() {
    std::uint32_t value = 0;
    for (std::uint32_t shift = 0; shift < 35; shift += 7) {
      const std::uint8_t next = byte();
      if (failed_) return 0;
      if (shift == 28 && next > 0x0f) return fail();
      value |= static_cast<std::uint32_t>(next & 0x7f) << shift;
      if ((next & 0x80) == 0) return value;
    }
    return fail();
  }

  ByteView take(std::size_t count) {
    if (count > remaining()) {
      fail();
      return {};
    }
    const ByteView taken = bytes_.subspan(position_, count);
    position_ += count;
    return taken;
  }

  std::string name() {
    const std::uint32_t length = u32();
    return to_text(take(length));
  }

 private:
  std::uint8_t fail() {
    failed_ = true;
    position_ = bytes_.size();
    return 0;
  }

  ByteView bytes_;
  std::size_t position_ = 0;
  bool failed_ = false;
};

}  // namespace icn::wasm
