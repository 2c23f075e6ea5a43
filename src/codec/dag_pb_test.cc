#include "codec/dag_pb.h"

#include <gtest/gtest.h>

#include "codec/errors.h"

namespace icn::codec {
namespace {

struct Fixture {
  std::string_view name;
  std::string_view hex;
  std::string_view cid;
};

// The smaller DAG-PB rows of ipld/codec-fixtures (fixtures/).
// clang-format off
constexpr Fixture kFixtures[] = {
    {"dagpb_1link", "12240a2212207521fe19c374a97759226dc5c0c8e674e73950e81b211f7dd3b6b30883a08a51", "bafybeihyivpglm6o6wrafbe36fp5l67abmewk7i2eob5wacdbhz7as5obe"},
    {"dagpb_2link+data", "12340a2212208ab7a6c5e74737878ac73863cb76739d15d4666de44e5756bf55a2f9e9ab5f431209736f6d65206c696e6b1880c2d72f12370a2212208ab7a6c5e74737878ac73863cb76739d15d4666de44e5756bf55a2f9e9ab5f44120f736f6d65206f74686572206c696e6b18080a09736f6d652064617461", "bafybeibh647pmxyksmdm24uad6b5f7tx4dhvilzbg2fiqgzll4yek7g7y4"},
    {"dagpb_Data_some", "0a050001020304", "bafybeibazl2z4vqp2tmwcfag6wirmtpnomxknqcgrauj7m2yisrz3qjbom"},
    {"dagpb_Data_zero", "0a00", "bafybeiaqfni3s5s2k2r6rgpxz4hohdsskh44ka5tk6ztbjerqpvxwfkwaq"},
    {"dagpb_Links_Hash_some", "120b0a09015500050001020304", "bafybeia53f5n75ituvc3yupuf7tdnxf6fqetrmo2alc6g6iljkmk7ys5mm"},
    {"dagpb_Links_Hash_some_Name_some", "12160a090155000500010203041209736f6d65206e616d65", "bafybeifq4hcxma3kjljrpxtunnljtc6tvbkgsy3vldyfpfbx2lij76niyu"},
    {"dagpb_Links_Hash_some_Name_zero", "120d0a090155000500010203041200", "bafybeie7fstnkm4yshfwnmpp7d3mlh4f4okmk7a54d6c3ffr755q7qzk44"},
    {"dagpb_Links_Hash_some_Tsize_some", "12140a0901550005000102030418ffffffffffffff0f", "bafybeiezymjvhwfuharanxmzxwuomzjjuzqjewjolr4phaiyp6l7qfwo64"},
    {"dagpb_Links_Hash_some_Tsize_zero", "120d0a090155000500010203041800", "bafybeichjs5otecmbvwh5azdr4jc45mp2qcofh2fr54wjdxhz4znahod2i"},
    {"dagpb_empty", "", "bafybeihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"},
    {"dagpb_simple_forms_1", "0a03010203", "bafybeia2qk4u55f2qj7zimmtpulejgz7urp7rzs44cvledcaj42gltkk3u"},
    {"dagpb_simple_forms_2", "120b0a0901550005000102030412100a09015500050001020304120362617212100a090155000500010203041203666f6f", "bafybeiahfgovhod2uvww72vwdgatl5r6qkoeegg7at2bghiokupfphqcku"},
    {"dagpb_simple_forms_3", "120b0a09015500050001020304120e0a09015500050001020304120161120e0a09015500050001020304120161", "bafybeidrg2f6slbv4yzydqtgmsi2vzojajnt7iufcreynfpxndca4z5twm"},
    {"dagpb_simple_forms_4", "120e0a09015500050001020304120161120e0a09015500050001020304120161", "bafybeieube7zxmzoc5bgttub2aqofi6xdzimv5munkjseeqccn36a6v6j4"},
};
// clang-format on

TEST(DagPb, DecodesAndEncodesTheFixturesOfIpld) {
  for (const Fixture& fixture : kFixtures) {
    const Bytes bytes = hex_decode(fixture.hex).value();
    const Result<PbNode> node = decode_dag_pb(bytes);
    ASSERT_TRUE(node.ok()) << fixture.name << ": " << node.error().detail();
    EXPECT_EQ(hex_encode(encode_dag_pb(*node)), fixture.hex) << fixture.name;
    EXPECT_EQ(Cid::of(kDagPb, bytes).to_string(), fixture.cid) << fixture.name;
  }
}

TEST(DagPb, AnAbsentFieldIsNotAnEmptyOne) {
  EXPECT_FALSE(decode_dag_pb({}).value().data.has_value());
  EXPECT_TRUE(decode_dag_pb(hex_decode("0a00").value()).value().data.has_value());
  const PbNode node = decode_dag_pb(hex_decode("120b0a09015500050001020304").value()).value();
  ASSERT_EQ(node.links.size(), 1u);
  EXPECT_FALSE(node.links[0].name.has_value());
  EXPECT_FALSE(node.links[0].size.has_value());
}

TEST(DagPb, SortsLinksByNameAndKeepsEqualOnesInOrder) {
  const Cid first = Cid::identity(kRaw, as_bytes("1"));
  const Cid second = Cid::identity(kRaw, as_bytes("2"));
  PbNode node;
  node.links = {{first, "b", 1}, {second, "a", 2}, {first, "a", 3}, {second, std::nullopt, 4}};
  const PbNode read = decode_dag_pb(encode_dag_pb(node)).value();
  ASSERT_EQ(read.links.size(), 4u);
  EXPECT_EQ(read.links[0].size, 4u);
  EXPECT_EQ(read.links[1].size, 2u);
  EXPECT_EQ(read.links[2].size, 3u);
  EXPECT_EQ(read.links[3].size, 1u);
}

TEST(DagPb, ReadsDataBeforeLinksAsOldBlocksHaveIt) {
  const PbNode node = decode_dag_pb(hex_decode("0a050001020304120b0a09015500050001020304").value()).value();
  EXPECT_EQ(hex_encode(encode_dag_pb(node)), "120b0a090155000500010203040a050001020304");
}

// The first rows are negative-fixtures/dag-pb/decode/edges.json of ipld/codec-fixtures, the rest by hand.
TEST(DagPb, RefusesWhatTheSpecificationForbids) {
  const std::string_view blocks[] = {
      "1200",
      "12000a050001020304",
      "12020a00",
      "12021200",
      "120b1209736f6d65206e616d65",
      "12021800",
      "120318f207",
      "12240a221220cf92fdefcdc34cac009c8b05eb662be0618db9de55ecd42785e9ec6712f8df650a040802180612240a221220cf"
      "92fdef"
      "cdc34cac009c8b05eb662be0618db9de55ecd42785e9ec6712f8df65",
      "0a000a00",                                          // Data twice
      "1a00",                                              // an unknown field
      "0801",                                              // Data as a number
      "0a05000102",                                        // cut off
      "0a8100",                                            // a padded length
      "12180a090155000500010203040a09015500050001020304",  // Hash twice
      "120d12000a09015500050001020304",                    // Name before Hash
      "120f0a0901550005000102030418001200",                // Name after Tsize
      "120d0a090155000500010203042200",                    // an unknown field in a link
      "120e0a090155000500010203041201ff",                  // a name that is no UTF-8
      "120d0a0a01550005000102030400",                      // bytes after the CID
      "03",                                                // a group
  };
  for (const std::string_view hex : blocks) {
    const Result<PbNode> node = decode_dag_pb(hex_decode(hex).value());
    ASSERT_FALSE(node.ok()) << hex;
    EXPECT_TRUE(node.error().is(errors::kBadDagPb)) << hex;
  }
}

}  // namespace
}  // namespace icn::codec
