#include "network/ledger_comparison.h"

#include <map>

#include "codec/dag_cbor.h"
#include "network/errors.h"
#include "network/network_testing.h"

namespace icn::network {
namespace {

// A ledger whose block at each height has a hash of one repeated byte.
struct FakeLedger {
  std::string network = "test";
  std::map<std::uint64_t, std::uint8_t> blocks;

  static crypto::Hash hash(std::uint8_t byte) {
    crypto::Hash out;
    out.fill(byte);
    return out;
  }
  ComparedLedger compared() {
    return {[this] {
              return ComparedLedger::Newest{network, blocks.rbegin()->first, hash(blocks.rbegin()->second)};
            },
            [this](std::uint64_t height) {
              const auto found = blocks.find(height);
              return found == blocks.end() ? std::nullopt : std::optional(hash(found->second));
            }};
  }
};

struct LedgerComparisonTest : testing::Test {
  LedgerComparisonTest() {
    nodes[1]->transport->connect(nodes[0]->transport->addresses()[0], [](const Result<PeerId>&) {});
    world.run_for(500);
    for (FakeLedger& each : ledgers) each.blocks = {{1, 11}, {2, 12}, {3, 13}, {4, 14}};
  }
  // How the ledger of node 0 stands to that of node 1.
  Result<LedgerComparisonResult> compare() {
    std::optional<Result<LedgerComparisonResult>> out;
    comparisons[0].ask(nodes[1]->id(),
                       [&](Result<LedgerComparisonResult> result) { out = std::move(result); });
    world.run_for(15'000);
    return out.value();
  }
  void expect(LedgerRelation relation, std::uint64_t height) {
    const auto result = compare();
    ASSERT_TRUE(result.ok()) << result.error().detail();
    EXPECT_EQ(codec::enum_name(result->relation), codec::enum_name(relation));
    EXPECT_EQ(result->peer_height, height);
  }

  ManualClock clock;
  SimWorld world{5, clock};
  FakeLedger ledgers[2];
  std::unique_ptr<SimNode> nodes[2] = {std::make_unique<SimNode>(world, clock, 1),
                                       std::make_unique<SimNode>(world, clock, 2)};
  LedgerComparison comparisons[2] = {{nodes[0]->transport.get(), ledgers[0].compared(), clock, strike(0)},
                                     {nodes[1]->transport.get(), ledgers[1].compared(), clock, strike(1)}};
  LedgerComparison::Strike strike(std::size_t i) {
    return [this, i](const PeerId& peer) { nodes[i]->standing.strike(peer); };
  }
};

TEST_F(LedgerComparisonTest, TheSameBlocksAreIdentical) { expect(LedgerRelation::kIdentical, 4); }

TEST_F(LedgerComparisonTest, WhoHasMoreOfTheSameIsAhead) {
  ledgers[1].blocks.erase(4);
  expect(LedgerRelation::kAhead, 3);
}

TEST_F(LedgerComparisonTest, WhoHasLessOfTheSameIsBehind) {
  ledgers[1].blocks[5] = 15;
  ledgers[1].blocks[6] = 16;
  expect(LedgerRelation::kBehind, 6);
}

TEST_F(LedgerComparisonTest, OtherBlocksAtOneHeightHaveDiverged) {
  ledgers[1].blocks[4] = 99;
  expect(LedgerRelation::kDiverged, 4);
  ledgers[1].blocks[5] = 15;
  expect(LedgerRelation::kDiverged, 5);
  ledgers[0].blocks[5] = 15;
  ledgers[0].blocks[6] = 16;
  ledgers[1].blocks[5] = 98;
  expect(LedgerRelation::kDiverged, 5);
}

// A node that has fetched the state begins at a checkpoint.
TEST_F(LedgerComparisonTest, WithoutACommonHeaderNobodyKnows) {
  ledgers[1].blocks = {{6, 16}, {7, 17}};
  expect(LedgerRelation::kUnknown, 7);
  ledgers[0].blocks = {{8, 18}};
  expect(LedgerRelation::kUnknown, 7);
}

TEST_F(LedgerComparisonTest, AnotherNetworkIsToldNothing) {
  ledgers[0].network = "another";
  const auto result = compare();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code(), kUnreachable.code);
  EXPECT_EQ(nodes[1]->standing.score(nodes[0]->id()), 0);
}

// 20 at once and 5 a second: docs/formats/network.md.
TEST_F(LedgerComparisonTest, AnswersSoManyAndNoMore) {
  std::size_t answered = 0;
  for (int i = 0; i < 40; ++i) {
    comparisons[0].ask(nodes[1]->id(), [&](const Result<LedgerComparisonResult>& result) {
      answered += result.ok() ? 1 : 0;
    });
  }
  world.run_for(15'000);
  EXPECT_GE(answered, 20u);
  EXPECT_LE(answered, 25u);
  EXPECT_EQ(nodes[1]->standing.score(nodes[0]->id()), 0);
  expect(LedgerRelation::kIdentical, 4);
}

TEST_F(LedgerComparisonTest, WhatIsNoQuestionIsRefusedAndHeldAgainstThePeer) {
  EXPECT_EQ(nodes[1]->standing.score(nodes[0]->id()), 0);
  for (const Bytes& bytes : {Bytes{0xff}, Bytes{0xa0}, Bytes(2'000, 0)}) {
    std::optional<Result<Bytes>> out;
    nodes[0]->transport->request(Protocol::kSync, nodes[1]->id(), bytes,
                                 [&](Result<Bytes> got) { out = std::move(got); });
    world.run_for(15'000);
    ASSERT_TRUE(out.has_value());
    EXPECT_FALSE(out->ok());
  }
  EXPECT_LT(nodes[1]->standing.score(nodes[0]->id()), 0);
}

TEST_F(LedgerComparisonTest, WhatIsNoAnswerIsSaidToBeNone) {
  nodes[1]->transport->serve(
      Protocol::kSync, [](const PeerId&, const Bytes&, const Respond& respond) { respond(Bytes{0x00}); });
  const auto result = compare();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code(), kBadAnswer.code);
}

TEST(LedgerComparison, WithoutATransportItIsOff) {
  ManualClock clock;
  FakeLedger ledger;
  ledger.blocks = {{1, 1}};
  const LedgerComparison comparison(nullptr, ledger.compared(), clock, [](const PeerId&) {});
  std::string code;
  comparison.ask(PeerId("x"),
                 [&](const Result<LedgerComparisonResult>& result) { code = result.error().code(); });
  EXPECT_EQ(code, kOff.code);
}

}  // namespace
}  // namespace icn::network
