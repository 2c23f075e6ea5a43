#include "codec/dag_json.h"

#include <gtest/gtest.h>

#include "codec/errors.h"
#include "codec/ipld_fixtures.h"

namespace icn::codec {
namespace {

TEST(DagJson, DecodesAndEncodesTheFixturesOfIpld) {
  for (const IpldFixture& fixture : kIpldFixtures) {
    const Value value = decode_dag_cbor(hex_decode(fixture.dag_cbor_hex).value()).value();
    const Result<Value> read = decode_dag_json(fixture.dag_json);
    ASSERT_TRUE(read.ok()) << fixture.name << ": " << read.error().detail();
    EXPECT_EQ(encode_dag_json(value).value(), fixture.dag_json) << fixture.name;
    EXPECT_EQ(encode_dag_cbor(*read).value(), encode_dag_cbor(value).value()) << fixture.name;
  }
}

// Expected text by the npm package @ipld/dag-json 10, but for the key order, where the specification
// (bytes of UTF-8) and the package (UTF-16) part.
TEST(DagJson, WritesLikeTheReferenceImplementation) {
  const Value floats(Value::List{1.5, 1e21, 1e300, 1e-7, 5e-324, 123456789012345680000.0, 2.0});
  EXPECT_EQ(encode_dag_json(floats).value(), "[1.5,1e+21,1e+300,1e-7,5e-324,123456789012345680000.0,2.0]");
  EXPECT_EQ(encode_dag_json(Value(-0.0)).value(), "-0.0");
  EXPECT_EQ(encode_dag_json(Value(std::string_view("\0\x1f\"\\/ é", 8))).value(), R"("\u0000\u001f\"\\/ é")");
  const Value keys(Value::Map{{"bb", 1}, {"a", 2}, {"aaa", 3}, {"\xf0\x90\x80\x80", 4}, {"\xef\xbf\xbf", 5}});
  EXPECT_EQ(encode_dag_json(keys).value(),
            "{\"a\":2,\"aaa\":3,\"bb\":1,\"\xef\xbf\xbf\":5,\"\xf0\x90\x80\x80\":4}");
}

TEST(DagJson, ReadsAnySpacingAndOrder) {
  const Value value = decode_dag_json(" { \"b\" : 1 , \"a\" : [ ] } \n").value();
  EXPECT_EQ(encode_dag_json(value).value(), R"({"a":[],"b":1})");
}

TEST(DagJson, IntegersAndFloatsStayApart) {
  EXPECT_NE(decode_dag_json("1.0").value().float64(), nullptr);
  EXPECT_NE(decode_dag_json("1e2").value().float64(), nullptr);
  EXPECT_EQ(decode_dag_json("1").value().int64(), 1);
  EXPECT_EQ(encode_dag_json(decode_dag_json("-18446744073709551616").value()).value(),
            "-18446744073709551616");
  EXPECT_EQ(encode_dag_json(decode_dag_json("18446744073709551615").value()).value(), "18446744073709551615");
}

// The reserved namespace of the specification; the package above refuses and reads the same.
TEST(DagJson, TheSlashIsReserved) {
  for (const std::string_view text :
       {R"({"/":"bafkqablimvwgy3y","x":1})", R"({"/":{"bytes":"AQ"},"a":1})", R"({"/":{"bytes":"AQ","x":1}})",
        R"({"/":"notacid"})", R"({"/":{"bytes":"AQ=="}})", R"({"/":{"bytes":"AR"}})",
        R"({"/":{"bytes":"A-"}})"}) {
    const Result<Value> value = decode_dag_json(text);
    ASSERT_FALSE(value.ok()) << text;
    EXPECT_TRUE(value.error().is(errors::kBadDagJson)) << text;
  }
  for (const std::string_view text : {R"({"/":1})", R"({"/":{"a":1}})", R"({"/":{"bytes":1}})",
                                      R"({"!":0,"/":"text"})", R"({"/":{"/":"bafkqaaa"}})"}) {
    const Result<Value> value = decode_dag_json(text);
    ASSERT_TRUE(value.ok()) << text;
    EXPECT_EQ(encode_dag_json(*value).value(), text);
  }
}

TEST(DagJson, RefusesToWriteAMapThatWouldReadAsSomethingElse) {
  const Value as_link(Value::Map{{"/", "bafkqaaa"}});
  const Value as_bytes_form(Value::Map{{"/", Value(Value::Map{{"bytes", "AQ"}, {"x", 1}})}});
  EXPECT_TRUE(encode_dag_json(as_link).error().is(errors::kBadDagJson));
  EXPECT_TRUE(encode_dag_json(as_bytes_form).error().is(errors::kBadDagJson));
}

TEST(DagJson, RefusesWhatIsNotJsonOrOutOfRange) {
  for (const std::string_view text : {"", "{", "[1,]", R"({"foo":1,"foo":2,"bar":3})", "18446744073709551616",
                                      "-18446744073709551617", "1e999", "NaN", "\"\xff\"", "1 2", "01"}) {
    const Result<Value> value = decode_dag_json(text);
    ASSERT_FALSE(value.ok()) << text;
    EXPECT_TRUE(value.error().is(errors::kBadDagJson)) << text;
  }
}

TEST(DagJson, DepthIsBoundedLikeInDagCbor) {
  const std::string deepest = std::string(64, '[') + R"({"/":{"bytes":"AQ"}})" + std::string(64, ']');
  EXPECT_TRUE(decode_dag_json(deepest).ok());
  EXPECT_TRUE(decode_dag_json("[" + deepest + "]").error().is(errors::kTooLarge));
  EXPECT_TRUE(decode_dag_json("[1,2,3]", {.size_max = 6}).error().is(errors::kTooLarge));
}

}  // namespace
}  // namespace icn::codec
