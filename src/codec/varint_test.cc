#include "codec/varint.h"

#include <gtest/gtest.h>

#include "codec/errors.h"

namespace icn::codec {
namespace {

// The table of multiformats/unsigned-varint, README.
constexpr std::pair<std::uint64_t, std::string_view> kVectors[] = {
    {1, "01"}, {127, "7f"}, {128, "8001"}, {255, "ff01"}, {300, "ac02"}, {16384, "808001"},
};

TEST(Varint, FollowsThePublishedTable) {
  for (const auto& [value, hex] : kVectors) {
    Bytes out;
    append_varint(out, value);
    EXPECT_EQ(hex_encode(out), hex);
    ByteView in = out;
    EXPECT_EQ(read_varint(in).value(), value);
    EXPECT_TRUE(in.empty());
  }
}

TEST(Varint, HoldsSixtyThreeBitsInNineBytes) {
  Bytes out;
  append_varint(out, kVarintMax);
  EXPECT_EQ(hex_encode(out), "ffffffffffffffff7f");
  ByteView in = out;
  EXPECT_EQ(read_varint(in).value(), kVarintMax);
}

TEST(Varint, LeavesWhatFollows) {
  const Bytes bytes = {0xac, 0x02, 0x07};
  ByteView in = bytes;
  EXPECT_EQ(read_varint(in).value(), 300u);
  EXPECT_EQ(in.size(), 1u);
}

TEST(Varint, RefusesLongEarlyAndPaddedForms) {
  for (const std::string_view hex :
       {"", "80", "8000", "ff00", "ffffffffffffffffff01", "808080808080808080"}) {
    const Bytes bytes = hex_decode(hex).value();
    ByteView in = bytes;
    EXPECT_TRUE(read_varint(in).error().is(errors::kBadVarint)) << hex;
  }
}

}  // namespace
}  // namespace icn::codec
