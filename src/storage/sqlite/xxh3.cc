#include "storage/sqlite/xxh3.h"

#include <array>
#include <bit>
#include <cstring>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace icn::storage {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::uint64_t kPrime32_1 = 0x9E3779B1U;
constexpr std::uint64_t kPrime32_2 = 0x85EBCA77U;
constexpr std::uint64_t kPrime32_3 = 0xC2B2AE3DU;
constexpr std::uint64_t kPrime1 = 0x9E3779B185EBCA87U;
constexpr std::uint64_t kPrime2 = 0xC2B2AE3D27D4EB4FU;
constexpr std::uint64_t kPrime3 = 0x165667B19E3779F9U;
constexpr std::uint64_t kPrime4 = 0x85EBCA77C2B2AE63U;
constexpr std::uint64_t kPrime5 = 0x27D4EB2F165667C5U;
constexpr std::uint64_t kPrimeEnd = 0x165667919E3779F9U;

constexpr std::size_t kStripeSize = 64;
constexpr std::size_t kStripesPerBlock = 16;
constexpr std::size_t kBlockSize = kStripesPerBlock * kStripeSize;
constexpr std::size_t kLanes = kStripeSize / sizeof(std::uint64_t);

// The default secret of the specification.
constexpr std::array<std::uint8_t, 192> kSecret{
    0xb8, 0xfe, 0x6c, 0x39, 0x23, 0xa4, 0x4b, 0xbe, 0x7c, 0x01, 0x81, 0x2c, 0xf7, 0x21, 0xad, 0x1c,
    0xde, 0xd4, 0x6d, 0xe9, 0x83, 0x90, 0x97, 0xdb, 0x72, 0x40, 0xa4, 0xa4, 0xb7, 0xb3, 0x67, 0x1f,
    0xcb, 0x79, 0xe6, 0x4e, 0xcc, 0xc0, 0xe5, 0x78, 0x82, 0x5a, 0xd0, 0x7d, 0xcc, 0xff, 0x72, 0x21,
    0xb8, 0x08, 0x46, 0x74, 0xf7, 0x43, 0x24, 0x8e, 0xe0, 0x35, 0x90, 0xe6, 0x81, 0x3a, 0x26, 0x4c,
    0x3c, 0x28, 0x52, 0xbb, 0x91, 0xc3, 0x00, 0xcb, 0x88, 0xd0, 0x65, 0x8b, 0x1b, 0x53, 0x2e, 0xa3,
    0x71, 0x64, 0x48, 0x97, 0xa2, 0x0d, 0xf9, 0x4e, 0x38, 0x19, 0xef, 0x46, 0xa9, 0xde, 0xac, 0xd8,
    0xa8, 0xfa, 0x76, 0x3f, 0xe3, 0x9c, 0x34, 0x3f, 0xf9, 0xdc, 0xbb, 0xc7, 0xc7, 0x0b, 0x4f, 0x1d,
    0x8a, 0x51, 0xe0, 0x4b, 0xcd, 0xb4, 0x59, 0x31, 0xc8, 0x9f, 0x7e, 0xc9, 0xd9, 0x78, 0x73, 0x64,
    0xea, 0xc5, 0xac, 0x83, 0x34, 0xd3, 0xeb, 0xc3, 0xc5, 0x81, 0xa0, 0xff, 0xfa, 0x13, 0x63, 0xeb,
    0x17, 0x0d, 0xdd, 0x51, 0xb7, 0xf0, 0xda, 0x49, 0xd3, 0x16, 0x55, 0x26, 0x29, 0xd4, 0x68, 0x9e,
    0x2b, 0x16, 0xbe, 0x58, 0x7d, 0x47, 0xa1, 0xfc, 0x8f, 0xf8, 0xb8, 0xd1, 0x7a, 0xd0, 0x31, 0xce,
    0x45, 0xcb, 0x3a, 0x8f, 0x95, 0x16, 0x04, 0x28, 0xaf, 0xd7, 0xfb, 0xca, 0xbb, 0x4b, 0x40, 0x7e};
constexpr std::size_t kLastStripeSecret = kSecret.size() - kStripeSize - 7;
constexpr std::size_t kMergeSecret = 11;

std::uint64_t number_at(const std::uint8_t* bytes) {
  std::uint64_t out;
  std::memcpy(&out, bytes, sizeof(out));
  return out;
}

#if defined(__SSE2__)
using Lane2 = __m128i;

Lane2 load(const void* bytes) { return _mm_loadu_si128(static_cast<const Lane2*>(bytes)); }

// Of each number the product of its halves.
Lane2 halves_product(Lane2 numbers) { return _mm_mul_epu32(numbers, _mm_srli_epi64(numbers, 32)); }

struct State {
  static constexpr std::size_t kPairs = kLanes / 2;
  Lane2 lanes[kPairs];

  explicit State(const std::array<std::uint64_t, kLanes>& start) {
    for (std::size_t i = 0; i < kPairs; ++i) lanes[i] = load(&start[2 * i]);
  }
  void take(const std::uint8_t* stripe, const std::uint8_t* secret) {
#pragma GCC unroll 4
    for (std::size_t i = 0; i < kPairs; ++i) {
      const Lane2 data = load(stripe + 16 * i);
      const Lane2 swapped = _mm_shuffle_epi32(data, _MM_SHUFFLE(1, 0, 3, 2));
      const Lane2 product = halves_product(_mm_xor_si128(data, load(secret + 16 * i)));
      lanes[i] = _mm_add_epi64(lanes[i], _mm_add_epi64(swapped, product));
    }
  }
  void scramble(const std::uint8_t* secret) {
    const Lane2 prime = _mm_set1_epi32(static_cast<int>(kPrime32_1));
#pragma GCC unroll 4
    for (std::size_t i = 0; i < kPairs; ++i) {
      const Lane2 mixed = _mm_xor_si128(lanes[i], _mm_srli_epi64(lanes[i], 47));
      const Lane2 keyed = _mm_xor_si128(mixed, load(secret + 16 * i));
      const Lane2 high = _mm_mul_epu32(_mm_srli_epi64(keyed, 32), prime);
      lanes[i] = _mm_add_epi64(_mm_mul_epu32(keyed, prime), _mm_slli_epi64(high, 32));
    }
  }
  std::array<std::uint64_t, kLanes> numbers() const {
    std::array<std::uint64_t, kLanes> out;
    std::memcpy(out.data(), lanes, sizeof(out));
    return out;
  }
};
#else
struct State {
  std::array<std::uint64_t, kLanes> lanes;

  explicit State(const std::array<std::uint64_t, kLanes>& start) : lanes(start) {}
  void take(const std::uint8_t* stripe, const std::uint8_t* secret) {
    for (std::size_t i = 0; i < kLanes; ++i) {
      const std::uint64_t data = number_at(stripe + 8 * i);
      const std::uint64_t keyed = data ^ number_at(secret + 8 * i);
      lanes[i ^ 1] += data;
      lanes[i] += (keyed & 0xFFFFFFFFU) * (keyed >> 32);
    }
  }
  void scramble(const std::uint8_t* secret) {
    for (std::size_t i = 0; i < kLanes; ++i)
      lanes[i] = (lanes[i] ^ lanes[i] >> 47 ^ number_at(secret + 8 * i)) * kPrime32_1;
  }
  const std::array<std::uint64_t, kLanes>& numbers() const { return lanes; }
};
#endif

std::uint64_t folded_product(std::uint64_t left, std::uint64_t right) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(left) * right;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

}  // namespace

std::uint64_t xxh3(ByteView input) {
  ICN_ASSERT(input.size() > kXxh3SizeMin);
  State state({kPrime32_3, kPrime1, kPrime2, kPrime3, kPrime4, kPrime32_2, kPrime5, kPrime32_1});
  const std::uint8_t* at = input.data();
  const std::uint8_t* const end = at + input.size();
  for (; end - at > static_cast<std::ptrdiff_t>(kBlockSize); at += kBlockSize) {
    for (std::size_t i = 0; i < kStripesPerBlock; ++i)
      state.take(at + i * kStripeSize, kSecret.data() + i * sizeof(std::uint64_t));
    state.scramble(kSecret.data() + kSecret.size() - kStripeSize);
  }
  const std::uint8_t* secret = kSecret.data();
  for (; end - at > static_cast<std::ptrdiff_t>(kStripeSize); at += kStripeSize) {
    state.take(at, secret);
    secret += sizeof(std::uint64_t);
  }
  state.take(end - kStripeSize, kSecret.data() + kLastStripeSecret);
  std::uint64_t out = input.size() * kPrime1;
  const auto numbers = state.numbers();
  for (std::size_t i = 0; i < kLanes; i += 2) {
    const std::uint8_t* const keys = kSecret.data() + kMergeSecret + 8 * i;
    out += folded_product(numbers[i] ^ number_at(keys), numbers[i + 1] ^ number_at(keys + 8));
  }
  out = (out ^ out >> 37) * kPrimeEnd;
  return out ^ out >> 32;
}

}  // namespace icn::storage
