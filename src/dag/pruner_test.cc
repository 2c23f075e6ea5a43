#include "dag/pruner.h"

#include <gtest/gtest.h>

#include "dag/dag_testing.h"
#include "dag/errors.h"

namespace icn::dag {
namespace {

using testing::by;
using testing::node_of;
using testing::TestBlocks;
using testing::text;

constexpr auto kDay = std::chrono::hours(24);

class PrunerTest : public ::testing::Test {
 protected:
  PruneReport prune(bool is_dry = false) {
    auto report = Pruner(*blocks_.blocks, blocks_.clock, options_).run(is_dry);
    EXPECT_TRUE(report.ok());
    return *report;
  }
  bool has(const Cid& cid) { return *blocks_.blocks->has(cid); }

  TestBlocks blocks_;
  PruneOptions options_{.blocks_min = 0, .node_did = Did("did:key:node")};
};

TEST_F(PrunerTest, OnlyOldBlocksGo) {
  const Cid cid = blocks_.put(text("x"), by("did:key:a"));
  blocks_.clock.advance(kDay - std::chrono::seconds(1));
  EXPECT_EQ(prune().removed, 0u);
  blocks_.clock.advance(std::chrono::seconds(1));
  EXPECT_EQ(prune().bytes, 1u);
  EXPECT_FALSE(has(cid));
}

TEST_F(PrunerTest, ReceiptsStayThirtyDays) {
  PutOptions receipt = by("did:key:a");
  receipt.type = BlockType::kExecution;
  const Cid cid = blocks_.put(text("receipt"), receipt);
  blocks_.clock.advance(29 * kDay);
  EXPECT_EQ(prune().removed, 0u);
  blocks_.clock.advance(kDay);
  EXPECT_EQ(prune().removed, 1u);
  EXPECT_FALSE(has(cid));
}

TEST_F(PrunerTest, TheNodesOwnBlocksAndWhatRulesKeepStay) {
  struct KeepOne final : KeepRules {
    Cid one;
    Result<bool> must_keep(const Cid& cid, const BlockMeta&) const override { return cid == one; }
  } keep;
  const Cid own = blocks_.put(text("own"), by("did:key:node"));
  keep.one = blocks_.put(text("credential"), by("did:key:a"));
  const Cid other = blocks_.put(text("other"), by("did:key:a"));
  options_.keep = &keep;
  blocks_.clock.advance(kDay);
  EXPECT_EQ(prune().removed, 1u);
  EXPECT_TRUE(has(own) && has(keep.one) && !has(other));
}

TEST_F(PrunerTest, SoManyBlocksStayInAnyCase) {
  for (int i = 0; i < 20; ++i) blocks_.put(text(std::to_string(i)), by("did:key:a"));
  options_.blocks_min = 15;
  blocks_.clock.advance(kDay);
  EXPECT_EQ(prune().removed, 5u);
  EXPECT_EQ(blocks_.blocks->totals().blocks, 15u);
}

TEST_F(PrunerTest, APinKeepsWhatLiesBelowUntilItExpires) {
  const Cid leaf = blocks_.put(text("leaf"), by("did:key:a"));
  const Cid middle = blocks_.put(node_of({leaf}), by("did:key:a"), codec::kDagCbor);
  const Cid root = blocks_.put(node_of({middle}), by("did:key:a"), codec::kDagCbor);
  ASSERT_TRUE(blocks_.pin(root, true, blocks_.clock.now_secs() + 2 * 86'400).ok());
  blocks_.clock.advance(kDay);
  EXPECT_EQ(prune().removed, 0u);
  blocks_.clock.advance(kDay);
  const PruneReport dry = prune(true);
  EXPECT_EQ(dry.removed, 3u);
  EXPECT_TRUE(has(root));
  const PruneReport report = prune();
  EXPECT_EQ(report.removed, 3u);  // children go with the root, in one run
  EXPECT_EQ(report.pins_expired, 1u);
  EXPECT_EQ(report.bytes, dry.bytes);
  EXPECT_EQ(blocks_.blocks->totals(), (Totals{0, 0, 0, blocks_.blocks->totals().next_log}));
  EXPECT_EQ(blocks_.stored_rows(kReferences.schema()), 0u);
  EXPECT_EQ(blocks_.stored_rows(kBlocks), 0u);
}

TEST_F(PrunerTest, ADirectPinKeepsOneBlock) {
  const Cid leaf = blocks_.put(text("leaf"), by("did:key:a"));
  const Cid root = blocks_.put(node_of({leaf}), by("did:key:a"), codec::kDagCbor);
  ASSERT_TRUE(blocks_.pin(root, false).ok());
  blocks_.clock.advance(kDay);
  EXPECT_EQ(prune().removed, 1u);
  EXPECT_TRUE(has(root) && !has(leaf));
}

TEST_F(PrunerTest, WhatTwoLinkToStaysUntilBothAreGone) {
  const Cid shared = blocks_.put(text("shared"), by("did:key:a"));
  const Cid one = blocks_.put(node_of({shared}, 1), by("did:key:a"), codec::kDagCbor);
  const Cid two = blocks_.put(node_of({shared}, 2), by("did:key:a"), codec::kDagCbor);
  ASSERT_TRUE(blocks_.pin(two, true).ok());
  blocks_.clock.advance(kDay);
  EXPECT_EQ(prune().removed, 1u);
  EXPECT_TRUE(!has(one) && has(two) && has(shared));
}

TEST_F(PrunerTest, PinsAreCountedAndListedPerOwner) {
  const Cid cid = blocks_.put(text("x"), by("did:key:a"));
  EXPECT_EQ(blocks_.pin(Cid::of(codec::kRaw, text("absent")), true).error().code(), "E001");
  ASSERT_TRUE(blocks_.pin(cid, true, {}, "did:key:a").ok());
  ASSERT_TRUE(blocks_.pin(cid, false, {}, "did:key:a").ok());
  ASSERT_TRUE(blocks_.pin(cid, true, {}, "did:key:b").ok());
  EXPECT_EQ(blocks_.blocks->totals().pins, 2u);
  EXPECT_EQ(*count_pins(*blocks_.store, Did("did:key:a")), 1u);
  for (int i = 0; i < 5; ++i) {
    blocks_.clock.advance(std::chrono::seconds(1));
    ASSERT_TRUE(blocks_.pin(blocks_.put(text(std::to_string(i)), by("did:key:a")), true).ok());
  }
  std::vector<std::string> seen;
  Bytes after;
  do {
    auto page = list_pins(*blocks_.store, Did("did:key:a"), after, 4);
    ASSERT_TRUE(page.ok());
    for (const Pin& pin : page->pins) seen.push_back((*blocks_.blocks->get(pin.cid))->bytes);
    after = page->next;
  } while (!after.empty());
  EXPECT_EQ(seen, (std::vector<std::string>{"4", "3", "2", "1", "0", "x"}));
  const auto unpin = [&] {
    return blocks_.blocks->writer().run(
        1, [&](Batch& batch) { return erase_pin(batch, cid, Did("did:key:b")); });
  };
  EXPECT_TRUE(unpin().ok());
  EXPECT_EQ(unpin().error().code(), "pin_not_found");
}

}  // namespace
}  // namespace icn::dag
