#include "dag/salted_text.h"

#include <gtest/gtest.h>

namespace icn::dag {
namespace {

TEST(SaltedText, IsReadAgainAndNeverTheSameBlockTwice) {
  SeededRandom random(1);
  const Bytes one = salted_text(random, "for the oven");
  const Bytes other = salted_text(random, "for the oven");
  EXPECT_NE(one, other);
  EXPECT_EQ(read_salted_text(one).value(), "for the oven");
  EXPECT_EQ(read_salted_text(other).value(), "for the oven");
}

// Its bytes as RFC 8949 has them: a map of two, the keys of four letters in their order, 16 bytes of salt.
TEST(SaltedText, IsAMapOfSaltAndText) {
  const Bytes block = codec::encode_block(SaltedText{Bytes(16, 7), "a"});
  EXPECT_EQ(hex_encode(block),
            "a2"
            "6473616c74"
            "5007070707070707070707070707070707"
            "6474657874"
            "6161");
}

TEST(SaltedText, OtherBlocksAreMalformed) {
  for (const std::string_view hex : {"", "a0", "a164746578746161", "6161"}) {
    EXPECT_FALSE(read_salted_text(hex_decode(hex).value()).ok()) << hex;
  }
}

}  // namespace
}  // namespace icn::dag
