#include "consensus/cometbft/frame.h"

#include <cstdint>

#include "codec/varint.h"
#include "consensus/cometbft/errors.h"

namespace icn::consensus {

void append_frame(std::string& out, std::string_view message) {
  Bytes length;
  codec::append_varint(length, message.size());
  out += as_text(length);
  out += message;
}

void FrameReader::feed(std::string_view bytes) {
  buffer_.erase(0, start_);
  start_ = 0;
  buffer_ += bytes;
}

Result<std::optional<std::string_view>> FrameReader::next() {
  constexpr std::size_t kLengthBytesMax = 5;  // 2^35; bytes_max_ is less
  std::uint64_t length = 0;
  for (std::size_t i = 0;; ++i) {
    if (i == kLengthBytesMax) return Error(kBadAbci, "the length of a message has no end");
    if (start_ + i >= buffer_.size()) return std::optional<std::string_view>();
    const auto byte = static_cast<std::uint8_t>(buffer_[start_ + i]);
    length |= static_cast<std::uint64_t>(byte & 0x7f) << (7 * i);
    if (length > bytes_max_) {
      return Error(kBadAbci, "a message of " + std::to_string(length) + " bytes; allowed are " +
                                 std::to_string(bytes_max_));
    }
    if (byte >= 0x80) continue;
    if (buffer_.size() - start_ - i - 1 < length) return std::optional<std::string_view>();
    const std::string_view message = std::string_view(buffer_).substr(start_ + i + 1, length);
    start_ += i + 1 + length;
    return std::optional(message);
  }
}

}  // namespace icn::consensus
