#pragma once

#include <cstdint>
#include <span>

#include "base/bytes.h"

namespace icn::crypto {

// kLocked: never swapped to disk where the system allows locking, left out of core dumps, between
// guard pages; costs some 25 us and 16 KiB of address space, so for the few secrets that stay.
// kPlain: ordinary memory, for secrets that live for one call or come in thousands.
enum class SecretMemory { kLocked, kPlain };

// Bytes that are wiped when they go. Moved-from objects are empty. Thread: reading, any.
class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(std::size_t size, SecretMemory memory = SecretMemory::kLocked);  // zeros
  // A copy; the original is the caller's to wipe.
  explicit SecretBytes(ByteView bytes, SecretMemory memory = SecretMemory::kLocked);
  ~SecretBytes();
  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;

  ByteView view() const { return {data_, size_}; }
  std::span<std::uint8_t> writable() { return {data_, size_}; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  SecretMemory memory() const { return memory_; }

 private:
  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
  SecretMemory memory_ = SecretMemory::kPlain;
};

// Overwrites in a way no compiler removes.
void wipe(std::span<std::uint8_t> bytes);

}  // namespace icn::crypto
