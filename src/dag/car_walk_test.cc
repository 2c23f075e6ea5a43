#include "dag/car_walk.h"

#include <gtest/gtest.h>

#include <map>

#include "codec/cbor_stream.h"
#include "codec/errors.h"

namespace icn::dag {
namespace {

constexpr std::size_t kLinks = 30'000;

class CarWalkTest : public ::testing::Test {
 protected:
  Cid put(const std::vector<Cid>& links) {
    codec::CborWriter writer;
    writer.array(links.size());
    for (const Cid& link : links) writer.link(link);
    const Bytes bytes = writer.take();
    const Cid cid = Cid::of(codec::kDagCbor, bytes);
    blocks_[cid] = std::make_shared<const Block>(Block{cid, {}, to_text(bytes)});
    return cid;
  }

  Result<std::size_t> pieces_of(const Cid& root) {
    CarWalk walk(
        [this](const Cid& cid) -> Result<BlockPtr> {
          const auto found = blocks_.find(cid);
          if (found == blocks_.end()) return Error(icn::errors::kNotFound, cid.to_string());
          return found->second;
        },
        {}, root, {});
    for (std::size_t count = 0;; ++count) {
      ICN_TRY_ASSIGN(piece, walk.next());
      if (!piece) return count;
    }
  }

  std::map<Cid, BlockPtr> blocks_;
};

// Each block links to the next one first, and to many that are never reached.
TEST_F(CarWalkTest, ADagWhoseLinksWouldFillTheMemoryBreaksOff) {
  std::vector<Cid> links(1);
  for (std::size_t i = 1; i < kLinks; ++i)
    links.push_back(Cid::of(codec::kRaw, Bytes(1 + i % 7, static_cast<std::uint8_t>(i))));
  links[0] = put({});
  for (int depth = 0; depth < 40; ++depth) links[0] = put(links);
  const auto walked = pieces_of(links[0]);
  ASSERT_FALSE(walked.ok());
  EXPECT_TRUE(walked.error().is(icn::errors::kTooLarge)) << walked.error().detail();
}

TEST_F(CarWalkTest, AWideBlockAndADeepChainAreWhole) {
  Cid cid = put({});
  for (int depth = 0; depth < 2'000; ++depth) cid = put({cid});
  EXPECT_EQ(pieces_of(cid).value(), 2'002u);  // and the header
  const Cid leaf = put({});
  EXPECT_EQ(pieces_of(put(std::vector<Cid>(kLinks, leaf))).value(), 3u);
}

}  // namespace
}  // namespace icn::dag
