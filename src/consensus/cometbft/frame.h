#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace icn::consensus {

// Largest ABCI message: a block of the largest size CometBFT allows here (4 MiB), or a snapshot's chunk
// (16 MiB), with room to spare.
inline constexpr std::size_t kFrameBytesMax = 32u << 20;

// Appends `message` with its length in front, an unsigned LEB128.
void append_frame(std::string& out, std::string_view message);

// Cuts a stream of bytes into the messages of append_frame(). Keeps at most one message and what was fed
// last. Thread: one at a time.
class FrameReader {
 public:
  explicit FrameReader(std::size_t bytes_max = kFrameBytesMax) : bytes_max_(bytes_max) {}

  void feed(std::string_view bytes);
  // The next whole message, valid until the next call of feed(); none: more bytes are needed.
  // bad_abci: a length that is too large or no LEB128 of 64 bits; the stream is of no use any more.
  Result<std::optional<std::string_view>> next();

 private:
  std::size_t bytes_max_;
  std::string buffer_;
  std::size_t start_ = 0;
};

}  // namespace icn::consensus
