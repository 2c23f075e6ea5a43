#include "codec/dag_cbor.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "codec/errors.h"
#include "codec/ipld_fixtures.h"

namespace icn::codec {
namespace {

TEST(DagCbor, DecodesAndEncodesTheFixturesOfIpld) {
  for (const IpldFixture& fixture : kIpldFixtures) {
    const Bytes bytes = hex_decode(fixture.dag_cbor_hex).value();
    const Result<Value> value = decode_dag_cbor(bytes);
    ASSERT_TRUE(value.ok()) << fixture.name << ": " << value.error().detail();
    EXPECT_EQ(encode_dag_cbor(*value).value(), bytes) << fixture.name;
    EXPECT_TRUE(check_dag_cbor(bytes).ok()) << fixture.name;
  }
}

// Heads of RFC 8949, appendix A.
TEST(DagCbor, IntegersAreExactOverTheWholeRange) {
  const std::pair<Value, std::string_view> vectors[] = {
      {Value(std::numeric_limits<std::uint64_t>::max()), "1bffffffffffffffff"},
      {Value(Value::Integer{true, std::numeric_limits<std::uint64_t>::max()}), "3bffffffffffffffff"},
      {Value(std::numeric_limits<std::int64_t>::min()), "3b7fffffffffffffff"},
      {Value(-1), "20"},
      {Value(0), "00"},
  };
  for (const auto& [value, hex] : vectors) {
    EXPECT_EQ(hex_encode(encode_dag_cbor(value).value()), hex);
    EXPECT_EQ(decode_dag_cbor(hex_decode(hex).value()).value(), value);
  }
  EXPECT_EQ(vectors[0].first.int64(), std::nullopt);
  EXPECT_EQ(vectors[1].first.int64(), std::nullopt);
  EXPECT_EQ(vectors[2].first.int64(), std::numeric_limits<std::int64_t>::min());
}

TEST(DagCbor, SortsKeysByLengthThenBytes) {
  const Value value(Value::Map{{"aa", 1}, {"b", 2}, {"", 3}, {"a", 4}});
  EXPECT_EQ(hex_encode(encode_dag_cbor(value).value()),
            "a46003616104616202"
            "62616101");
}

TEST(DagCbor, RefusesToEncodeWhatHasNoForm) {
  Value deep;
  for (int i = 0; i < 65; ++i) deep = Value(Value::List{deep});
  EXPECT_TRUE(encode_dag_cbor(deep).error().is(errors::kTooLarge));
  const Value values[] = {Value(std::numeric_limits<double>::infinity()),
                          Value(std::nan("")),
                          Value("\xff"),
                          Value(Cid()),
                          Value(Value::Map{{"a", 1}, {"a", 2}}),
                          Value(Value::Map{{"\xc0", 1}})};
  for (const Value& value : values) EXPECT_TRUE(encode_dag_cbor(value).error().is(errors::kBadDagCbor));
}

TEST(DagCbor, FindsEntriesAndElements) {
  const Value value(Value::Map{{"list", Value(Value::List{10, 11})}, {"", "empty"}});
  ASSERT_NE(value.find("list"), nullptr);
  EXPECT_EQ(value.find("list")->find("1")->int64(), 11);
  EXPECT_EQ(*value.find("")->text(), "empty");
  EXPECT_EQ(value.find("none"), nullptr);
  for (const std::string_view index : {"2", "01", "", "-1", "1x", "18446744073709551616"}) {
    EXPECT_EQ(value.find("list")->find(index), nullptr) << index;
  }
}

TEST(DagCbor, NegativeZeroKeepsItsSign) {
  const Bytes bytes = encode_dag_cbor(Value(-0.0)).value();
  EXPECT_EQ(hex_encode(bytes), "fb8000000000000000");
  EXPECT_TRUE(std::signbit(*decode_dag_cbor(bytes).value().float64()));
}

}  // namespace
}  // namespace icn::codec
