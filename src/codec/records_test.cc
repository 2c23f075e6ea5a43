#include "codec/records.h"

#include <gtest/gtest.h>

namespace icn::codec {
namespace {

struct Old {
  std::string name;
  std::int64_t count = 0;
  static constexpr auto fields() { return described(field("name", &Old::name), field("count", &Old::count)); }
};

struct New {
  std::string name;
  std::int64_t count = 0;
  std::optional<Millimana> price;
  std::vector<Cid> links;
  std::map<std::string, std::string> env;
  static constexpr auto fields() {
    return described(field("name", &New::name), field("count", &New::count), field("price", &New::price),
                     defaulted_field("links", &New::links), defaulted_field("env", &New::env));
  }
};

TEST(Records, ReadAnOlderShorterForm) {
  const Bytes bytes = encode_record(Old{"a", -3});
  EXPECT_EQ(hex_encode(bytes), "82616122");  // RFC 8949: array(2), text "a", -3
  const auto read = decode_record<New>(bytes);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->count, -3);
  EXPECT_FALSE(read->price);
}

TEST(Records, RefuseALongerForm) {
  EXPECT_FALSE(decode_record<Old>(encode_record(New{"a", 1, {}, {}, {}})).ok());
}

TEST(Blocks, AreCanonicalDagCbor) {
  const Cid link = Cid::of(kRaw, as_bytes("x"));
  const New value{"n", 2, Millimana{5}, {link}, {{"bb", "1"}, {"a", "2"}}};
  const Bytes bytes = encode_block(value);
  CborReader strict(bytes);
  ASSERT_TRUE(strict.skip().ok());
  ASSERT_TRUE(strict.finish().ok());
  const auto read = decode_block<New>(bytes);
  ASSERT_TRUE(read.ok()) << read.error().detail();
  EXPECT_EQ(encode_block(*read), bytes);
  EXPECT_EQ(read->links.at(0), link);
  EXPECT_EQ(read->env.at("a"), "2");
}

TEST(Blocks, LeaveAbsentOptionalsOutAndRefuseUnknownNames) {
  EXPECT_FALSE(decode_block<Old>(encode_block(New{"n", 2, Millimana{5}, {}, {}})).ok());
  const Bytes bytes = encode_block(Old{"n", 2});
  EXPECT_EQ(hex_encode(bytes), "a2646e616d65616e65636f756e7402");  // {"name":"n","count":2}
}

}  // namespace
}  // namespace icn::codec
