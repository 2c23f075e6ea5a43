#include "base/bytes.h"

#include <gtest/gtest.h>

namespace icn {
namespace {

// Vectors of RFC 4648, 10.
TEST(Bytes, Base64FollowsTheVectorsOfRfc4648) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : vectors) {
    EXPECT_EQ(base64_encode(as_bytes(plain)), encoded);
    EXPECT_EQ(to_text(base64_decode(encoded).value()), plain);
  }
}

TEST(Bytes, Base64RefusesWhatIsNotCanonical) {
  for (const char* text : {"Zg", "Zg=", "Zh==", "Z===", "Zg==Zg==", "Zm9v\n", "Zm 9"}) {
    EXPECT_FALSE(base64_decode(text).ok()) << text;
  }
}

TEST(Bytes, HexRefusesUpperCaseAndOddCounts) {
  EXPECT_EQ(hex_encode(hex_decode("00ff10").value()), "00ff10");
  EXPECT_FALSE(hex_decode("00FF").ok());
  EXPECT_FALSE(hex_decode("000").ok());
}

TEST(Bytes, BigEndianNumbersSortLikeNumbers) {
  Bytes small, large;
  append_u64(small, 255);
  append_u64(large, 256);
  EXPECT_LT(small, large);
  EXPECT_EQ(read_u64(large), 256u);
}

}  // namespace
}  // namespace icn
