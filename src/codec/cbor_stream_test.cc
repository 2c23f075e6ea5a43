#include "codec/cbor_stream.h"

#include <gtest/gtest.h>

#include <limits>

#include "codec/errors.h"
#include "codec/ipld_fixtures.h"

namespace icn::codec {
namespace {

Bytes from_hex(std::string_view hex) { return hex_decode(hex).value(); }

// Appends the value that `reader` is at to `writer`, by their public functions.
void copy_value(CborReader& reader, CborWriter& writer) {
  switch (reader.peek().value()) {
    case CborKind::kUnsigned:
      return writer.unsigned_integer(reader.unsigned_integer().value());
    case CborKind::kNegative:
      return writer.negative_integer(reader.negative_integer().value());
    case CborKind::kFloat:
      return writer.float64(reader.float64().value());
    case CborKind::kText:
      return writer.text(reader.text().value());
    case CborKind::kBytes:
      return writer.bytes(reader.bytes().value());
    case CborKind::kLink:
      return writer.link(reader.link().value());
    case CborKind::kBoolean:
      return writer.boolean(reader.boolean().value());
    case CborKind::kNull: {
      EXPECT_TRUE(reader.null().ok());
      return writer.null();
    }
    case CborKind::kArray: {
      const std::uint64_t count = reader.array().value();
      writer.array(count);
      for (std::uint64_t i = 0; i < count; ++i) copy_value(reader, writer);
      return;
    }
    case CborKind::kMap: {
      const std::uint64_t count = reader.map().value();
      writer.map(count);
      for (std::uint64_t i = 0; i < count; ++i) {
        writer.text(reader.key().value());
        copy_value(reader, writer);
      }
      return;
    }
  }
}

TEST(CborStream, CopiesTheFixturesOfIpldByteForByte) {
  for (const IpldFixture& fixture : kIpldFixtures) {
    const Bytes bytes = from_hex(fixture.dag_cbor_hex);
    CborReader reader(bytes);
    CborWriter writer;
    copy_value(reader, writer);
    EXPECT_TRUE(reader.finish().ok()) << fixture.name;
    EXPECT_EQ(hex_encode(writer.take()), fixture.dag_cbor_hex) << fixture.name;
    CborReader skipper(bytes);
    EXPECT_TRUE(skipper.skip().ok()) << fixture.name;
    EXPECT_TRUE(skipper.finish().ok()) << fixture.name;
  }
}

// RFC 8949, appendix A: the rows that DAG-CBOR allows.
TEST(CborStream, WritesTheShortestHeads) {
  const std::pair<std::int64_t, std::string_view> vectors[] = {
      {0, "00"},
      {23, "17"},
      {24, "1818"},
      {100, "1864"},
      {1000, "1903e8"},
      {1000000, "1a000f4240"},
      {1000000000000, "1b000000e8d4a51000"},
      {-1, "20"},
      {-10, "29"},
      {-100, "3863"},
      {-1000, "3903e7"},
      {std::numeric_limits<std::int64_t>::min(), "3b7fffffffffffffff"},
  };
  for (const auto& [value, hex] : vectors) {
    CborWriter writer;
    writer.integer(value);
    const Bytes bytes = writer.take();
    EXPECT_EQ(hex_encode(bytes), hex);
    CborReader reader(bytes);
    EXPECT_EQ(reader.integer().value(), value);
    EXPECT_TRUE(reader.finish().ok());
  }
}

struct Refusal {
  std::string_view hex;
  std::string_view reason;  // a part of the detail
};

// By hand from the DAG-CBOR specification, "Strictness"; the duplicate key is of ipld/codec-fixtures.
constexpr Refusal kRefusals[] = {
    {"", "end where a value"},
    {"1817", "shortest form"},
    {"190018", "shortest form"},
    {"1900ff", "shortest form"},
    {"1a0000ffff", "shortest form"},
    {"1b00000000ffffffff", "shortest form"},
    {"5800", "shortest form"},
    {"1c", "reserved"},
    {"18", "inside a head"},
    {"1b00000001", "inside a head"},
    {"5f4101ff", "indefinite"},
    {"7f6161ff", "indefinite"},
    {"9f01ff", "indefinite"},
    {"bf616101ff", "indefinite"},
    {"f7", "simple value"},
    {"e0", "simple value"},
    {"f800", "simple value"},
    {"ff", "simple value"},
    {"f93c00", "64 bits"},
    {"fa3f800000", "64 bits"},
    {"fb7ff0000000000000", "NaN"},
    {"fb7ff8000000000000", "NaN"},
    {"fbfff0000000000000", "NaN"},
    {"fb3ff0", "inside a float"},
    {"c11a514b67b0", "tag"},
    {"d9002a420001", "tag"},
    {"d82a00", "must hold bytes"},
    {"d82a40", "0x00"},
    {"d82a430155", "end inside"},
    {"d82a4201ff", "0x00"},
    {"d82a450001550003", "end inside"},
    {"d82a4100", "there are no bytes"},
    {"61ff", "UTF-8"},
    {"63eda080", "UTF-8"},
    {"62c080", "UTF-8"},
    {"6261", "end inside text"},
    {"4201", "end inside bytes"},
    {"8201", "more values than bytes"},
    {"9bffffffffffffffff", "more values than bytes"},
    {"a16161", "end where a value"},
    {"bb7fffffffffffffff00", "more values than bytes"},
    {"a10101", "text key"},
    {"a1410101", "text key"},
    {"a2616201616101", "canonical order"},
    {"a262616101616201", "canonical order"},
    {"a3636261720363666f6f0163666f6f02", "twice"},
    {"0000", "follow"},
    {"8000", "follow"},
};

TEST(CborStream, RefusesWhatIsNotCanonicalAndSaysWhy) {
  for (const Refusal& refusal : kRefusals) {
    const Bytes bytes = from_hex(refusal.hex);
    CborReader reader(bytes);
    Result<void> read = reader.skip();
    if (read.ok()) read = reader.finish();
    ASSERT_FALSE(read.ok()) << refusal.hex;
    EXPECT_TRUE(read.error().is(errors::kBadDagCbor)) << refusal.hex;
    EXPECT_NE(read.error().detail().find(refusal.reason), std::string::npos)
        << refusal.hex << ": " << read.error().detail();
  }
}

TEST(CborStream, SaysWhatItFoundInPlaceOfWhatWasAsked) {
  const Bytes bytes = from_hex("a0");
  CborReader reader(bytes);
  const Result<std::string_view> text = reader.text();
  ASSERT_FALSE(text.ok());
  EXPECT_EQ(text.error().detail(), "byte 0: text is expected, found a map");
}

TEST(CborStream, DepthAndSizeAreBounded) {
  Bytes nested(64, 0x81);
  nested.push_back(0x80);  // the 65th container
  CborReader too_deep(nested);
  EXPECT_TRUE(too_deep.skip().error().is(errors::kTooLarge));
  nested.erase(nested.begin());
  CborReader deepest(nested);
  EXPECT_TRUE(deepest.skip().ok());
  EXPECT_TRUE(deepest.finish().ok());
  CborReader shallow(nested, {.depth_max = 3});
  EXPECT_TRUE(shallow.skip().error().is(errors::kTooLarge));
  CborReader small(nested, {.size_max = 10});
  EXPECT_TRUE(small.skip().error().is(errors::kTooLarge));
}

TEST(CborStream, ReadsARecordOfFields) {
  const Cid cid = Cid::of(kRaw, as_bytes("x"));
  CborWriter writer;
  writer.map(4);
  writer.text("id");
  writer.link(cid);
  writer.text("none");
  writer.null();
  writer.text("tags");
  writer.array(2);
  writer.text("a");
  writer.array(0);
  writer.text("amount");
  writer.integer(-5);
  const Bytes bytes = writer.take();

  CborReader reader(bytes);
  ASSERT_EQ(reader.map().value(), 4u);
  EXPECT_EQ(reader.key().value(), "id");
  EXPECT_EQ(reader.link().value(), cid);
  EXPECT_EQ(reader.key().value(), "none");
  EXPECT_TRUE(reader.at_null());
  EXPECT_TRUE(reader.null().ok());
  EXPECT_EQ(reader.key().value(), "tags");
  EXPECT_EQ(hex_encode(reader.raw().value()), "82616180");
  EXPECT_FALSE(reader.finish().ok());
  EXPECT_EQ(reader.key().value(), "amount");
  EXPECT_EQ(reader.integer().value(), -5);
  EXPECT_TRUE(reader.finish().ok());
}

TEST(CborStream, SignedReadsRefuseWhatDoesNotFit) {
  for (const std::string_view hex : {"1b8000000000000000", "3b8000000000000000"}) {
    const Bytes bytes = from_hex(hex);
    CborReader reader(bytes);
    EXPECT_TRUE(reader.integer().error().is(errors::kBadDagCbor)) << hex;
  }
}

}  // namespace
}  // namespace icn::codec
