#include "dag/block.h"

#include <gtest/gtest.h>

namespace icn::dag {
namespace {

TEST(Block, OfAStrangerIsHeldAgainstItsCid) {
  const Bytes bytes = to_bytes(as_bytes("hello"));
  // sha2-256 of "hello", as `ipfs block put` names it.
  const auto cid = Cid::parse("bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq");
  ASSERT_TRUE(cid.ok());
  const auto good = verify_block(*cid, bytes);
  ASSERT_TRUE(good.ok()) << good.error().detail();
  EXPECT_EQ(good->cid, *cid);
  EXPECT_EQ(good->bytes, bytes);
  EXPECT_FALSE(verify_block(*cid, to_bytes(as_bytes("hellp"))).ok());
  EXPECT_FALSE(verify_block(*cid, {}).ok());
}

TEST(Block, WhatIsTrustedIsNotHashedAgain) {
  const Cid cid = Cid::of(codec::kRaw, as_bytes("hello"));
  EXPECT_TRUE(trusted_block(cid, to_bytes(as_bytes("hellp"))).ok());
}

}  // namespace
}  // namespace icn::dag
