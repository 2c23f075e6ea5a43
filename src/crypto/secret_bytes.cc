#include "crypto/secret_bytes.h"

#include <sodium.h>

#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/assert.h"

namespace icn::crypto {

SecretBytes::SecretBytes(std::size_t size, SecretMemory memory) : size_(size), memory_(memory) {
  if (size == 0) return;
  ICN_ASSERT(sodium_init() >= 0);  // cheap when done before
  data_ = memory == SecretMemory::kLocked ? static_cast<std::uint8_t*>(sodium_malloc(size))
                                          : static_cast<std::uint8_t*>(std::malloc(size));
  ICN_ASSERT(data_ != nullptr);
  std::memset(data_, 0, size);
}

SecretBytes::SecretBytes(ByteView bytes, SecretMemory memory) : SecretBytes(bytes.size(), memory) {
  if (!bytes.empty()) std::memcpy(data_, bytes.data(), bytes.size());
}

SecretBytes::~SecretBytes() {
  if (data_ == nullptr) return;
  if (memory_ == SecretMemory::kLocked) {
    sodium_free(data_);  // wipes
  } else {
    sodium_memzero(data_, size_);
    std::free(data_);
  }
}

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      memory_(other.memory_) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  SecretBytes taken(std::move(other));
  std::swap(data_, taken.data_);
  std::swap(size_, taken.size_);
  std::swap(memory_, taken.memory_);
  return *this;
}

void wipe(std::span<std::uint8_t> bytes) { sodium_memzero(bytes.data(), bytes.size()); }

}  // namespace icn::crypto
