#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>

#include "base/bytes.h"

namespace icn::crypto {

using Hash = std::array<std::uint8_t, 32>;

// For unordered containers: a hash is spread evenly as it is.
struct HashOfHash {
  std::size_t operator()(const Hash& hash) const { return read_u64(ByteView(hash).first(8)); }
};

// SHA-256 (FIPS 180-4) of the parts one after another. Thread: any.
Hash sha256_parts(std::initializer_list<ByteView> parts);

template <std::convertible_to<ByteView>... Parts>
Hash sha256(const Parts&... parts) {
  return sha256_parts({ByteView(parts)...});
}

// SHA-256 of what arrives bit by bit. finish() answers the hash and begins anew.
// Thread: one at a time.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  Sha256& update(ByteView bytes);
  Hash finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// BLAKE2b with 32 bytes out. `key`: 16 to 64 bytes, or empty for none. Source: RFC 7693.
Hash blake2b(ByteView message, ByteView key = {});

}  // namespace icn::crypto
