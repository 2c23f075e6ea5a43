#include "wasm/random_stream.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include <sodium.h>

namespace icn::wasm {

RandomStream::RandomStream(ByteView seed) {
  static constexpr std::string_view kPrefix{"icn:wasm:random:v1\0", 19};
  Bytes message = to_bytes(as_bytes(kPrefix));
  append(message, seed);
  crypto_hash_sha256(key_.data(), message.data(), message.size());
}

void RandomStream::keystream(std::uint8_t* out, std::size_t size) {
  static constexpr std::array<std::uint8_t, crypto_stream_chacha20_NONCEBYTES> kNonce{};
  std::memset(out, 0, size);
  crypto_stream_chacha20_xor_ic(out, out, size, kNonce.data(), next_block_, key_.data());
  next_block_ += size / kBlock;
}

void RandomStream::fill(std::span<std::uint8_t> out) {
  const std::size_t from_rest = std::min(out.size(), kBlock - rest_used_);
  std::copy_n(rest_.begin() + static_cast<std::ptrdiff_t>(rest_used_), from_rest, out.begin());
  rest_used_ += from_rest;
  out = out.subspan(from_rest);
  const std::size_t whole = out.size() / kBlock * kBlock;
  if (whole > 0) keystream(out.data(), whole);
  out = out.subspan(whole);
  if (out.empty()) return;
  keystream(rest_.data(), kBlock);
  std::copy_n(rest_.begin(), out.size(), out.begin());
  rest_used_ = out.size();
}

}  // namespace icn::wasm
