#include <gtest/gtest.h>

#include "federation/federation_testing.h"
#include "federation/tx/trust.h"

namespace icn::federation {
namespace {

using testing::did_named;
using testing::TestLedger;

codec::Json trust(const std::string& to, std::string_view level, std::string_view context = "general") {
  return codec::Json::object({{"to", did_named(to).text()}, {"level", level}, {"context", context}});
}

// Where saying it costs nothing and is not counted by the hour.
struct FreeLedger : TestLedger {
  FreeLedger() : TestLedger(std::vector<std::string>()) {
    set_parameter("cooperative.trust_fee", 0);
    set_parameter("identity.operations_per_hour", 1'000'000);
  }
};

std::uint64_t count_of(TestLedger& ledger, const std::string& name) {
  const auto count = kTrustCounts.get(ledger.store(), did_named(name)).value();
  return count ? count->edges : 0;
}

TEST(TrustTest, EachContextIsAnEdgeOfItsOwn) {
  struct Step {
    const char *who, *to, *level, *context, *expected;
    std::uint64_t edges;  // of `who` afterwards
  };
  const Step steps[] = {
      {"a", "b", "none", "general", "trust_not_found", 0},
      {"a", "b", "basic", "general", "ok", 1},
      {"a", "b", "full", "general", "ok", 1},
      {"a", "b", "partial", "identity", "ok", 2},
      {"b", "a", "basic", "general", "ok", 1},
      {"a", "a", "full", "general", "trust_in_self", 2},
      {"a", "b", "none", "identity", "ok", 1},
      {"a", "b", "none", "identity", "trust_not_found", 1},
      {"a", "b", "none", "general", "ok", 0},
  };
  FreeLedger ledger;
  for (const Step& each : steps) {
    EXPECT_EQ(ledger.submit(each.who, "cooperative.trust", trust(each.to, each.level, each.context)),
              each.expected)
        << each.who << " " << each.to << " " << each.level << " " << each.context;
    EXPECT_EQ(count_of(ledger, each.who), each.edges);
  }
}

TEST(TrustTest, ANewerWordKeepsWhenItBegan) {
  FreeLedger ledger;
  ASSERT_EQ(ledger.submit("a", "cooperative.trust", trust("b", "basic")), "ok");
  ledger.advance(100);
  ASSERT_EQ(ledger.submit("a", "cooperative.trust", trust("b", "full")), "ok");
  const auto edge =
      kTrustEdges.get(ledger.store(), {did_named("a"), TrustContext::kGeneral, did_named("b")}).value();
  ASSERT_TRUE(edge);
  EXPECT_EQ(edge->level, TrustLevel::kFull);
  EXPECT_EQ(edge->created_at, testing::kStart);
  EXPECT_EQ(edge->updated_at, testing::kStart + 100);
}

TEST(TrustTest, OneDidTrustsInAThousandWays) {
  FreeLedger ledger;
  for (std::uint64_t i = 0; i < kTrustEdgesMax; ++i)
    ASSERT_EQ(ledger.submit("a", "cooperative.trust", trust("other " + std::to_string(i), "basic")), "ok");
  EXPECT_EQ(ledger.submit("a", "cooperative.trust", trust("one more", "basic")), "trust_edges_max");
  EXPECT_EQ(ledger.submit("a", "cooperative.trust", trust("other 7", "full")), "ok") << "none is added";
  EXPECT_EQ(ledger.submit("a", "cooperative.trust", trust("other 7", "none")), "ok");
  EXPECT_EQ(ledger.submit("a", "cooperative.trust", trust("one more", "basic")), "ok");
}

TEST(TrustTest, WhatIsNoDidOrNotHereIsRefused) {
  FreeLedger ledger;
  codec::Json body = trust("b", "basic");
  body.set("to", "b");
  EXPECT_EQ(ledger.submit("a", "cooperative.trust", body), "I001");
  body.set("to", "did:icn:coop:1111111111111111");
  EXPECT_EQ(ledger.submit("a", "cooperative.trust", body), "did_not_found");
  body.set("to", "did:web:example.org");
  EXPECT_EQ(ledger.submit("a", "cooperative.trust", body), "unsupported_did_method");
}

TEST(TrustTest, CostsAFeeAndIsCountedByTheHour) {
  TestLedger ledger(std::vector<std::string>{});
  EXPECT_EQ(ledger.submit("a", "cooperative.trust", trust("b", "basic")), "exceeds_balance");
  ledger.set_parameter("cooperative.trust_fee", 0);
  EXPECT_EQ(ledger.submit("a", "cooperative.trust", trust("b", "basic")), "ok");
  ledger.set_parameter("cooperative.trust_fee", 100);
  EXPECT_EQ(ledger.submit("a", "cooperative.trust", trust("b", "full")), "exceeds_balance");
  EXPECT_EQ(ledger.submit("a", "cooperative.trust", trust("b", "none")), "ok") << "taking it back is free";
  ledger.set_parameter("cooperative.trust_fee", 0);
  ledger.set_parameter("identity.operations_per_hour", 3);
  EXPECT_EQ(ledger.submit("a", "cooperative.trust", trust("b", "basic")), "ok");
  EXPECT_EQ(ledger.submit("a", "cooperative.trust", trust("c", "basic")), "too_many_identity_operations");
}

}  // namespace
}  // namespace icn::federation
