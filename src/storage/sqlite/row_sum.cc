#include "storage/sqlite/row_sum.h"

#include <array>
#include <bit>
#include <cstring>

namespace icn::storage {
namespace {

constexpr std::uint64_t kPrime1 = 0x9E3779B185EBCA87U;
constexpr std::uint64_t kPrime2 = 0xC2B2AE3D27D4EB4FU;
constexpr std::uint64_t kPrime3 = 0x165667B19E3779F9U;
constexpr std::uint64_t kPrime4 = 0x85EBCA77C2B2AE63U;
constexpr std::uint64_t kPrime5 = 0x27D4EB2F165667C5U;

static_assert(std::endian::native == std::endian::little);

template <typename Number>
Number take(ByteView& input) {
  Number out;
  std::memcpy(&out, input.data(), sizeof(out));
  input = input.subspan(sizeof(out));
  return out;
}

std::uint64_t round(std::uint64_t lane, std::uint64_t input) {
  return std::rotl(lane + input * kPrime2, 31) * kPrime1;
}

// Lanes in variables of their own: GCC keeps an array of them in memory, at half the speed.
std::uint64_t take_stripes(ByteView& input, std::uint64_t seed) {
  std::uint64_t lane0 = seed + kPrime1 + kPrime2;
  std::uint64_t lane1 = seed + kPrime2;
  std::uint64_t lane2 = seed;
  std::uint64_t lane3 = seed - kPrime1;
  while (input.size() >= 32) {
    lane0 = round(lane0, take<std::uint64_t>(input));
    lane1 = round(lane1, take<std::uint64_t>(input));
    lane2 = round(lane2, take<std::uint64_t>(input));
    lane3 = round(lane3, take<std::uint64_t>(input));
  }
  std::uint64_t out = std::rotl(lane0, 1) + std::rotl(lane1, 7) + std::rotl(lane2, 12) + std::rotl(lane3, 18);
  for (const std::uint64_t lane : {lane0, lane1, lane2, lane3})
    out = (out ^ round(0, lane)) * kPrime1 + kPrime4;
  return out;
}

}  // namespace

std::uint64_t xxh64(ByteView input, std::uint64_t seed) {
  const std::size_t size = input.size();
  std::uint64_t out = size >= 32 ? take_stripes(input, seed) : seed + kPrime5;
  out += size;
  while (input.size() >= 8)
    out = std::rotl(out ^ round(0, take<std::uint64_t>(input)), 27) * kPrime1 + kPrime4;
  if (input.size() >= 4) out = std::rotl(out ^ take<std::uint32_t>(input) * kPrime1, 23) * kPrime2 + kPrime3;
  while (!input.empty()) out = std::rotl(out ^ take<std::uint8_t>(input) * kPrime5, 11) * kPrime1;
  out = (out ^ out >> 33) * kPrime2;
  out = (out ^ out >> 29) * kPrime3;
  return out ^ out >> 32;
}

}  // namespace icn::storage
