#include "federation/directory/trust_graph.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "federation/federation_testing.h"

// Expected values: domain.md 6 "Trust", by hand or by a slow calculation in fractions here.
namespace icn::federation {
namespace {

using testing::did_named;
using testing::TestLedger;

TEST(TrustPaths, TheWeakestEdgeLessAFifthForEachHopAndNoLessThanBasic) {
  EXPECT_EQ(path_trust(TrustLevel::kBasic, 1), 1'000u);
  EXPECT_EQ(path_trust(TrustLevel::kFull, 1), 3'000u);
  EXPECT_EQ(path_trust(TrustLevel::kFull, 2), 2'400u);
  EXPECT_EQ(path_trust(TrustLevel::kFull, 3), 1'920u);
  EXPECT_EQ(path_trust(TrustLevel::kPartial, 3), 1'280u);
  EXPECT_EQ(path_trust(TrustLevel::kBasic, 2), 0u);
  EXPECT_EQ(path_trust(TrustLevel::kFull, 4), 0u);
}

class GraphTest : public ::testing::Test {
 protected:
  GraphTest() { ledger_.set_parameter("cooperative.trust_fee", 0); }
  void trust(const std::string& from, const std::string& to, TrustLevel level,
             TrustContext context = TrustContext::kGeneral) {
    ASSERT_EQ(ledger_.submit(from, "cooperative.trust",
                             codec::Json::object({{"to", did_named(to).text()},
                                                  {"level", codec::enum_name(level)},
                                                  {"context", codec::enum_name(context)}})),
              "ok");
  }
  // "a>x>b 2400" each, the best first.
  std::vector<std::string> paths(const std::string& from, const std::string& to,
                                 TrustContext context = TrustContext::kGeneral) {
    std::vector<std::string> out;
    const TrustPaths found =
        find_trust_paths(ledger_.store(), did_named(from), did_named(to), context).value();
    for (const TrustPath& path : found.paths) {
      std::string text;
      for (const Did& did : path.dids) text += (text.empty() ? "" : ">") + name_of(did);
      out.push_back(text + " " + std::to_string(path.trust_thousandths));
    }
    return out;
  }
  static std::string name_of(const Did& did) {
    for (const char* name : {"a", "b", "c", "d", "e"}) {
      if (did_named(name) == did) return name;
    }
    return "?";
  }
  TestLedger ledger_{{}};
};

TEST_F(GraphTest, PathsOfUpToThreeHopsInOneContext) {
  trust("a", "c", TrustLevel::kFull);
  trust("c", "b", TrustLevel::kPartial);
  trust("c", "d", TrustLevel::kFull);
  trust("d", "b", TrustLevel::kFull);
  trust("d", "e", TrustLevel::kFull);
  trust("e", "b", TrustLevel::kFull);
  trust("a", "b", TrustLevel::kBasic);
  trust("a", "e", TrustLevel::kBasic);  // too little to be handed on
  EXPECT_EQ(paths("a", "b"), (std::vector<std::string>{"a>c>d>b 1920", "a>c>b 1600", "a>b 1000"}));
  EXPECT_EQ(paths("b", "a"), std::vector<std::string>{});
  EXPECT_EQ(paths("a", "b", TrustContext::kIdentity), std::vector<std::string>{});
  trust("c", "d", TrustLevel::kNone);
  EXPECT_EQ(paths("a", "b"), (std::vector<std::string>{"a>c>b 1600", "a>b 1000"}));
}

TEST_F(GraphTest, RanksOfAllAndOfEachContext) {
  trust("a", "b", TrustLevel::kFull);
  trust("c", "b", TrustLevel::kFull);
  trust("b", "c", TrustLevel::kBasic, TrustContext::kIdentity);
  const TrustRanks ranks = rank_all(ledger_.store(), testing::kStart).value();
  EXPECT_EQ(ranks.edges, 3u);
  EXPECT_EQ(ranks.by_level.at(TrustLevel::kFull), 2u);
  EXPECT_EQ(ranks.by_context.at(TrustContext::kIdentity), 1u);
  const auto rank = [&](const char* name) { return ranks.ranks[ranks.numbers.at(did_named(name))]; };
  EXPECT_GT(rank("b"), rank("c"));
  EXPECT_GT(rank("c"), rank("a"));
  EXPECT_EQ(rank("a"), 150'000'000u);  // nobody trusts it
  const auto& identity = ranks.ranks_in[static_cast<std::size_t>(TrustContext::kIdentity)];
  EXPECT_EQ(identity[ranks.numbers.at(did_named("a"))], 0u);  // no edge there
  EXPECT_GT(identity[ranks.numbers.at(did_named("c"))], identity[ranks.numbers.at(did_named("b"))]);
}

TEST(TrustRank, AnEdgeHalvesInNinetyDays) {
  constexpr std::uint64_t kDay = 86'400;
  EXPECT_EQ(edge_weight(TrustLevel::kFull, 0), 3u << 20);
  EXPECT_EQ(edge_weight(TrustLevel::kFull, 90 * kDay), 3u << 19);
  EXPECT_EQ(edge_weight(TrustLevel::kFull, 180 * kDay), 3u << 18);
  EXPECT_EQ(edge_weight(TrustLevel::kBasic, 45 * kDay), 3u << 18);  // three quarters
  EXPECT_EQ(edge_weight(TrustLevel::kFull, 20 * 90 * kDay), 0u);
}

// Random graphs against the same sum in floating point, which may differ by what 50 rounds truncate.
TEST(TrustRank, FiftyRoundsOfPageRank) {
  SeededRandom random(9);
  for (int graph = 0; graph < 50; ++graph) {
    const std::size_t nodes = 2 + random.below(20);
    std::vector<RankedEdge> edges;
    for (std::uint64_t i = random.below(60); i > 0; --i)
      edges.push_back({static_cast<std::uint32_t>(random.below(nodes)),
                       static_cast<std::uint32_t>(random.below(nodes)), random.below(3u << 20)});
    std::vector<double> ranks(nodes, 1.0);
    for (int round = 0; round < 50; ++round) {
      std::vector<double> given(nodes, 0.0);
      double idle = 0;
      for (std::size_t i = 0; i < nodes; ++i) {
        double all = 0;
        for (const RankedEdge& edge : edges) all += edge.from == i ? static_cast<double>(edge.weight) : 0.0;
        if (all == 0) idle += ranks[i];
        for (const RankedEdge& edge : edges) {
          if (edge.from == i && edge.weight > 0)
            given[edge.to] += ranks[i] * static_cast<double>(edge.weight) / all;
        }
      }
      for (std::size_t i = 0; i < nodes; ++i)
        ranks[i] = 0.15 + 0.85 * (given[i] + idle / static_cast<double>(nodes));
    }
    const std::vector<std::uint64_t> found = page_rank(nodes, edges);
    for (std::size_t i = 0; i < nodes; ++i) EXPECT_NEAR(static_cast<double>(found[i]) / 1e9, ranks[i], 1e-6);
  }
}

}  // namespace
}  // namespace icn::federation
