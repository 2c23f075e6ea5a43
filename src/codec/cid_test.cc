#include "codec/cid.h"

#include <gtest/gtest.h>

#include <unordered_set>

#include "codec/errors.h"
#include "codec/ipld_fixtures.h"
#include "codec/multibase.h"

namespace icn::codec {
namespace {

// Of "hello world", by the npm package multiformats 13 (CID.createV1, CID.createV0).
struct Known {
  std::uint64_t codec;
  std::string_view text;
  std::string_view hex;
};
constexpr Known kKnown[] = {
    {kRaw, "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e",
     "01551220b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9"},
    {kDagPb, "bafybeifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e",
     "01701220b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9"},
    {kDagCbor, "bafyreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e",
     "01711220b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9"},
    {kDagJson, "baguqeeraxfgspomtju7arjjokll5u7nl7lcij37dpjjyb3uqrd32zyxpzxuq",
     "01a9021220b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9"},
};
constexpr std::string_view kVersion0 = "QmaozNR7DZHQK1ZcU9p7QdrshMvXqWK6gpu5rmrkPdT3L4";

TEST(Cid, NamesBytesLikeTheReferenceImplementation) {
  for (const Known& known : kKnown) {
    const Cid cid = Cid::of(known.codec, as_bytes("hello world"));
    EXPECT_EQ(cid.to_string(), known.text);
    EXPECT_EQ(hex_encode(cid.bytes()), known.hex);
    EXPECT_EQ(cid.codec(), known.codec);
    EXPECT_EQ(cid.version(), 1);
    EXPECT_EQ(Cid::parse(known.text).value(), cid);
    EXPECT_EQ(Cid::from_bytes(cid.bytes()).value(), cid);
    EXPECT_TRUE(cid.verify(as_bytes("hello world")).ok());
    EXPECT_TRUE(cid.verify(as_bytes("hello worlds")).error().is(errors::kCidMismatch));
  }
}

TEST(Cid, NamesTheFixturesOfIpld) {
  for (const IpldFixture& fixture : kIpldFixtures) {
    EXPECT_EQ(Cid::of(kDagCbor, hex_decode(fixture.dag_cbor_hex).value()).to_string(), fixture.dag_cbor_cid);
    EXPECT_EQ(Cid::of(kDagJson, as_bytes(fixture.dag_json)).to_string(), fixture.dag_json_cid);
  }
}

// The same package with other bases.
TEST(Cid, ReadsEveryMultibase) {
  const Cid cid = Cid::of(kRaw, as_bytes("hello world"));
  for (const std::string_view text :
       {"k2cwued9o1pvrt3q271rrqbo49x30tbxwpoeaq75z14e5ui2rzygpbe1",
        "zb2rhj7crUKTQYRGCRATFaQ6YFLTde2YzdqbbhAASkL9uRDXn",
        "f01551220b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9",
        "uAVUSILlNJ7mTTT4IpS5S19p9q_rEhO_jelOA7pCI96zi783p"}) {
    EXPECT_EQ(Cid::parse(text).value(), cid) << text;
  }
}

TEST(Cid, ReadsVersion0AndNamesItsVersion1) {
  const Cid cid = Cid::parse(kVersion0).value();
  EXPECT_EQ(cid.version(), 0);
  EXPECT_EQ(cid.codec(), kDagPb);
  EXPECT_EQ(cid.to_string(), kVersion0);
  EXPECT_EQ(cid.bytes().size(), 34u);
  EXPECT_EQ(cid.to_v1(), Cid::of(kDagPb, as_bytes("hello world")));
  EXPECT_NE(cid, cid.to_v1());
  EXPECT_TRUE(cid.verify(as_bytes("hello world")).ok());
  EXPECT_EQ(Cid::from_bytes(cid.bytes()).value(), cid);
}

TEST(Cid, AnIdentityCidCarriesItsData) {
  const Cid cid = Cid::parse("bafkqablimvwgy3y").value();
  EXPECT_EQ(as_text(cid.inline_data().value()), "hello");
  EXPECT_EQ(cid, Cid::identity(kRaw, as_bytes("hello")));
  EXPECT_TRUE(cid.verify(as_bytes("hello")).ok());
  EXPECT_FALSE(Cid::of(kRaw, {}).inline_data().has_value());
}

TEST(Cid, LongCidsAreValuesToo) {
  const Bytes data(100, 7);
  Cid cid = Cid::identity(kRaw, data);
  const Cid copy = cid;
  EXPECT_EQ(copy.bytes().size(), 104u);
  const Cid moved = std::move(cid);
  EXPECT_EQ(moved, copy);
  EXPECT_EQ(Cid::parse(moved.to_string()).value(), copy);
}

TEST(Cid, RefusesWhatIsNoCid) {
  const std::string version0_in_base32 =
      multibase_encode(Base::kBase32, Cid::parse(kVersion0).value().bytes());
  const std::string_view texts[] = {
      "",
      "hello",
      "Qm",
      "QmaozNR7DZHQK1ZcU9p7QdrshMvXqWK6gpu5rmrkPdT3L",                              // one digit short
      "QmaozNR7DZHQK1ZcU9p7QdrshMvXqWK6gpu5rmrkPdT3L0",                             // a digit outside base58
      "f02551220b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9",  // version 2
      "f01551220b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde900",  // too long
      "f01551220b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcd",      // too short
      "f018055001220b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9",
      version0_in_base32,
  };
  for (const std::string_view text : texts) {
    const Result<Cid> cid = Cid::parse(text);
    ASSERT_FALSE(cid.ok()) << text;
    EXPECT_EQ(cid.error().category(), Category::kMalformed) << text;
  }
  EXPECT_FALSE(Cid::parse(std::string(100000, 'z')).ok());
  EXPECT_FALSE(Cid::from_bytes({}).ok());
}

TEST(Cid, ComparesByBytesAndHashes) {
  const Cid a = Cid::of(kRaw, as_bytes("a"));
  const Cid b = Cid::of(kRaw, as_bytes("b"));
  EXPECT_EQ(a < b, hex_encode(a.bytes()) < hex_encode(b.bytes()));
  EXPECT_LT(Cid(), a);
  EXPECT_TRUE(Cid().empty());
  EXPECT_EQ(Cid().to_string(), "");
  const std::unordered_set<Cid> set = {a, b, Cid::of(kRaw, as_bytes("a"))};
  EXPECT_EQ(set.size(), 2u);
}

}  // namespace
}  // namespace icn::codec
