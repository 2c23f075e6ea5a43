#pragma once

#include <compare>
#include <cstdint>

namespace icn {

// An amount of mana in thousandths (domain.md 1). Balances, prices, fees; never a float.
struct Millimana {
  std::int64_t value = 0;

  static constexpr Millimana from_mana(std::int64_t mana) { return {mana * 1000}; }
  constexpr auto operator<=>(const Millimana&) const = default;
  constexpr Millimana operator-() const { return {-value}; }
  constexpr Millimana& operator+=(Millimana other) {
    value += other.value;
    return *this;
  }
  constexpr Millimana& operator-=(Millimana other) {
    value -= other.value;
    return *this;
  }
  friend constexpr Millimana operator+(Millimana left, Millimana right) { return {left.value + right.value}; }
  friend constexpr Millimana operator-(Millimana left, Millimana right) { return {left.value - right.value}; }
};

// The largest amount a request may name: far above the ceiling of an account, far below overflow.
inline constexpr Millimana kMillimanaMax{1'000'000'000'000'000};

}  // namespace icn
