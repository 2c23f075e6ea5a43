#include "codec/link_walk.h"

#include <gtest/gtest.h>

#include "codec/dag_json.h"
#include "codec/dag_pb.h"
#include "codec/errors.h"

namespace icn::codec {
namespace {

const Cid kOne = Cid::of(kRaw, as_bytes("one"));
const Cid kTwo = Cid::of(kDagCbor, as_bytes("two"));

Value sample() {
  return Value(Value::Map{
      {"a", kOne}, {"bb", Value(Value::List{1, kTwo, Value(Value::Map{{"x", kOne}})})}, {"c", "text"}});
}

void expect_links(const Result<std::vector<BlockLink>>& found, const std::vector<Cid>& wanted) {
  ASSERT_TRUE(found.ok()) << found.error().detail();
  std::vector<Cid> cids;
  for (const BlockLink& link : *found) cids.push_back(link.cid);
  EXPECT_EQ(cids, wanted);
}

TEST(LinkWalk, FindsEveryLinkInTheOrderOfTheBlock) {
  expect_links(links_of(kDagCbor, encode_dag_cbor(sample()).value()), {kOne, kTwo, kOne});
  expect_links(links_of(kDagJson, as_bytes(encode_dag_json(sample()).value())), {kOne, kTwo, kOne});
  expect_links(links_of(kDagCbor, encode_dag_cbor(Value(kOne)).value()), {kOne});
}

TEST(LinkWalk, DagPbNamesItsLinks) {
  PbNode node;
  node.links = {{kOne, "bread.txt", 12}, {kTwo, std::nullopt, std::nullopt}};
  const std::vector<BlockLink> links = links_of(kDagPb, encode_dag_pb(node)).value();
  EXPECT_EQ(links, (std::vector<BlockLink>{{"", kTwo, 0}, {"bread.txt", kOne, 12}}));
}

TEST(LinkWalk, RawHasNoneWhateverItHolds) {
  expect_links(links_of(kRaw, encode_dag_cbor(Value(kOne)).value()), {});
}

TEST(LinkWalk, RefusesBadBlocksAndUnknownCodecs) {
  EXPECT_TRUE(links_of(kDagCbor, hex_decode("1817").value()).error().is(errors::kBadDagCbor));
  EXPECT_TRUE(links_of(kDagCbor, hex_decode("8000").value()).error().is(errors::kBadDagCbor));
  EXPECT_TRUE(links_of(kDagPb, hex_decode("1200").value()).error().is(errors::kBadDagPb));
  EXPECT_TRUE(links_of(kDagJson, as_bytes("{")).error().is(errors::kBadDagJson));
  EXPECT_TRUE(links_of(0x78, {}).error().is(errors::kUnsupportedCodec));
}

}  // namespace
}  // namespace icn::codec
