#include "governance/founding.h"

#include <gtest/gtest.h>

#include "governance/governance_testing.h"

// domain.md 5 "Founding": an organisation has 3 founders at least, a community 5; a stake of 1,000 mana is
// returned after 6 months (of 30 days).
namespace icn::governance {
namespace {

using codec::Json;
using testing::did_named;
using testing::kDay;
using testing::TestLedger;

class FoundingTest : public ::testing::Test {
 protected:
  void SetUp() override { ledger_.set_parameter("economics.founding_stake", 1'000'000); }
  void TearDown() override { EXPECT_EQ(ledger_.failures, std::vector<std::string>()); }
  Millimana locked(const std::string& name) { return ledger_.account(did_named(name)).locked; }
  TestLedger ledger_;
};

TEST_F(FoundingTest, ThreeFoundersLockTheStakeTogetherForHalfAYear) {
  EXPECT_EQ(ledger_.found({"ada", "ben"}), "too_few_founders");
  EXPECT_FALSE(ledger_.member("ada"));
  ASSERT_EQ(ledger_.found({"ada", "ben", "cyd"}), "ok") << ledger_.detail;
  EXPECT_EQ(locked("ada"), Millimana{333'334});
  EXPECT_EQ(locked("ben"), Millimana{333'333});
  EXPECT_EQ(locked("cyd"), Millimana{333'333});
  ledger_.pass(180 * kDay - 1);
  EXPECT_EQ(locked("cyd"), Millimana{333'333});
  ledger_.pass(1);
  for (const std::string name : {"ada", "ben", "cyd"}) EXPECT_EQ(locked(name), Millimana{});
}

TEST_F(FoundingTest, WhoIsGoneGetsThePartBackAllTheSame) {
  ASSERT_EQ(ledger_.found({"ada", "ben", "cyd"}), "ok");
  EXPECT_EQ(ledger_.submit("cyd", "governance.leave", Json::object({{"scope", "local"}})), "ok");
  EXPECT_EQ(locked("cyd"), Millimana{333'333});
  ledger_.pass(180 * kDay);
  EXPECT_EQ(locked("cyd"), Millimana{});
}

TEST_F(FoundingTest, AWorkingGroupIsNoOrganisation) {
  const Json one =
      Json::object({{"scope", "group:garden"},
                    {"members", Json::array({Json::object({{"did", did_named("ada").text()}})})}});
  EXPECT_EQ(ledger_.submit("operator", "governance.enroll", one), "ok");
  EXPECT_EQ(locked("ada"), Millimana{});
}

TEST_F(FoundingTest, BeginningAnewIsNoFounding) {
  ASSERT_EQ(ledger_.found({"ada", "ben", "cyd"}), "ok");
  for (const std::string name : {"ada", "ben", "cyd"})
    EXPECT_EQ(ledger_.submit(name, "governance.leave", Json::object({{"scope", "local"}})), "ok");
  EXPECT_EQ(ledger_.found({"dee"}), "ok");
  EXPECT_EQ(locked("dee"), Millimana{});
}

TEST_F(FoundingTest, ACommunityNeedsFive) {
  ledger::BlockContext block;
  const ledger::Parameters parameters = ledger::genesis_parameters(false);
  block.parameters = &parameters;
  const std::string id =
      pool_of("some-network", "some scope").text().substr(std::string("did:icn:community:").size());
  const std::string community = "local:did:icn:community:" + id;
  const std::string coop = "local:did:icn:coop:" + id;
  EXPECT_EQ(check_founders(block, community, 4).error().code(), "too_few_founders");
  EXPECT_TRUE(check_founders(block, community, 5).ok());
  EXPECT_EQ(check_founders(block, coop, 2).error().code(), "too_few_founders");
  EXPECT_TRUE(check_founders(block, coop, 3).ok());
}

}  // namespace
}  // namespace icn::governance
