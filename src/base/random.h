#pragma once

#include <cstdint>
#include <span>

#include "base/bytes.h"

namespace icn {

// The one source of randomness. Thread: any.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;
  Bytes bytes(std::size_t count) {
    Bytes out(count);
    fill(out);
    return out;
  }
};

// The kernel's generator; fit for keys.
class SystemRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override;
};

// Repeatable from its seed. For tests and simulations; never for keys.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  void fill(std::span<std::uint8_t> out) override;
  std::uint64_t next();
  std::uint64_t below(std::uint64_t bound) { return bound == 0 ? 0 : next() % bound; }

 private:
  std::uint64_t state_;
};

}  // namespace icn
