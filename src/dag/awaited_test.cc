#include "dag/awaited.h"

#include <gtest/gtest.h>

#include "dag/dag_testing.h"

namespace icn::dag {
namespace {

using testing::by;
using testing::node_of;
using testing::TestBlocks;
using testing::text;

const Bytes kFirst(32, 1);
const Bytes kSecond(32, 2);

class AwaitedTest : public ::testing::Test {
 protected:
  Cid put(Bytes bytes, const Bytes& transaction = kFirst) {
    std::vector<NewBlock> made;
    made.push_back(*make_block(codec::kRaw, std::move(bytes)));
    const Cid cid = made.front().cid;
    std::optional<bool> stored;
    put_awaited(*blocks_.blocks, blocks_.executor, std::move(made), by("did:key:a", Visibility::kPublic),
                {transaction, 1'700'000'300}, [&](const Result<void>& done) { stored = done.ok(); });
    blocks_.executor.run_until([&] { return stored.has_value(); });
    EXPECT_TRUE(*stored);
    return cid;
  }
  void settle(const Cid& cid, bool is_named, const Bytes& transaction = kFirst) {
    ASSERT_TRUE(
        settle_awaited(*blocks_.blocks, {cid}, transaction, is_named, blocks_.clock.now_secs()).ok());
  }
  bool has(const Cid& cid) { return *blocks_.blocks->has(cid); }
  std::size_t waiting() { return list_awaited(*blocks_.store)->size(); }

  TestBlocks blocks_;
};

TEST_F(AwaitedTest, ARefusedTransactionTakesItsBlocksWithIt) {
  const Cid named = put(text("accepted"));
  const Cid refused = put(text("refused"), kSecond);
  EXPECT_EQ(waiting(), 2u);
  settle(named, true);
  settle(refused, false, kSecond);
  EXPECT_TRUE(has(named));
  EXPECT_FALSE(has(refused));
  EXPECT_EQ(waiting(), 0u);
  EXPECT_EQ(blocks_.blocks->totals().blocks, 1u);
  settle(named, false);  // it waits for nothing any more
  EXPECT_TRUE(has(named));
}

TEST_F(AwaitedTest, AnotherTransactionDecidesNothing) {
  const Cid cid = put(text("x"));
  settle(cid, false, kSecond);
  EXPECT_TRUE(has(cid));
  EXPECT_EQ(waiting(), 1u);
}

TEST_F(AwaitedTest, WhatWasHereBeforeStays) {
  const Cid before = blocks_.put(text("before"), by("did:key:b"));
  EXPECT_EQ(put(text("before")), before);
  EXPECT_EQ(waiting(), 0u);
  settle(before, false);
  EXPECT_TRUE(has(before));
}

TEST_F(AwaitedTest, WhatOthersPinnedLinkedToOrPutStays) {
  const Cid pinned = put(text("pinned"));
  const Cid linked = put(text("linked"));
  const Cid again = put(text("again"));
  ASSERT_TRUE(blocks_.pin(pinned, false, {}, "did:key:b").ok());
  blocks_.put(node_of({linked}), by("did:key:b"), codec::kDagCbor);
  blocks_.put(text("again"), by("did:key:b"));
  EXPECT_EQ(waiting(), 2u);
  for (const Cid& cid : {pinned, linked, again}) {
    settle(cid, false);
    EXPECT_TRUE(has(cid));
  }
  EXPECT_EQ(waiting(), 0u);
}

TEST_F(AwaitedTest, APinThatHasEndedKeepsNothing) {
  const Cid cid = put(text("x"));
  ASSERT_TRUE(blocks_.pin(cid, false, blocks_.clock.now_secs() + 1).ok());
  blocks_.clock.advance(std::chrono::seconds(2));
  settle(cid, false);
  EXPECT_FALSE(has(cid));
}

TEST_F(AwaitedTest, RowsOutliveTheProcess) {
  const Cid cid = put(text("x"));
  blocks_.open();
  const auto waiting = list_awaited(*blocks_.store).value();
  ASSERT_EQ(waiting.size(), 1u);
  EXPECT_EQ(waiting.front().cid, cid);
  EXPECT_EQ(waiting.front().awaited.transaction, kFirst);
  EXPECT_EQ(waiting.front().awaited.expires, 1'700'000'300u);
  settle(cid, false);
  EXPECT_FALSE(has(cid));
}

}  // namespace
}  // namespace icn::dag
