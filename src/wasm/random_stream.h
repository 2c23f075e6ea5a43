#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "base/bytes.h"

namespace icn::wasm {

// The randomness of one job: ChaCha20 keystream under SHA-256("icn:wasm:random:v1" 0x00 seed), read from
// its start. The same seed gives the same bytes on any machine; not for keys.
class RandomStream {
 public:
  explicit RandomStream(ByteView seed);
  void fill(std::span<std::uint8_t> out);

 private:
  static constexpr std::size_t kBlock = 64;
  void keystream(std::uint8_t* out, std::size_t size);  // whole blocks

  std::array<std::uint8_t, 32> key_;
  std::uint64_t next_block_ = 0;
  std::array<std::uint8_t, kBlock> rest_{};
  std::size_t rest_used_ = kBlock;
};

}  // namespace icn::wasm
