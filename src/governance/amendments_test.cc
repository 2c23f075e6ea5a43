#include "governance/amendments.h"

#include <gtest/gtest.h>

#include "governance/governance_testing.h"

// The row "Protocol amendment" of domain.md 4: 67 % of the validators take part, at least 67 % say yes, 14
// days of discussion, 7 of voting, 30 until it is carried out; for 7 days 80 % take it back.
namespace icn::governance {
namespace {

using codec::Json;
using testing::did_named;
using testing::kDay;
using testing::TestLedger;

const std::string kScope = "validators:coop-test";
constexpr std::string_view kLifetime = "ledger.lifetime_max_secs";

class AmendmentTest : public ::testing::Test {
 protected:
  // As federation/validators.h seats organisations: "v" validates not.
  void SetUp() override {
    ASSERT_EQ(ledger_.found({"ada", "ben", "cyd", "dee"}), "ok");
    for (const std::string name : {"o1", "o2", "o3", "o4", "o5", "v"})
      seat(federation_scope(testing::kNetwork), name);
    for (const std::string name : {"o1", "o2", "o3", "o4", "o5"}) seat(kScope, name);
    ledger_.set_parameter("governance.proposal_fee", 0);
  }
  void TearDown() override { EXPECT_EQ(ledger_.failures, std::vector<std::string>()); }

  void seat(const std::string& scope, const std::string& name) {
    ledger_.change([&](ledger::View& view) {
      ledger::BlockContext block;
      const ledger::Parameters parameters = ledger::load_parameters(view).value();
      block.network = testing::kNetwork;
      block.time = ledger_.now();
      block.parameters = &parameters;
      return admit(block, view, {scope, did_named(name), did_named(name), {}, "", false}, ledger_.events);
    });
  }
  std::string propose(Json::Array actions, Json::Object more = {}) {
    more.emplace_back("scope", kScope);
    return ledger_.propose("o1", std::move(actions), std::move(more));
  }
  Json rollback(const std::string& of) {
    return testing::action("RollbackAmendment", Json::object({{"proposal_id", of}}));
  }
  void vote(const std::vector<std::string>& names, const std::string& choice) {
    for (const std::string& name : names) ASSERT_EQ(ledger_.vote(name, choice), "ok") << ledger_.detail;
  }
  // An amendment that was carried out.
  std::string amended(std::int64_t secs) {
    EXPECT_EQ(propose({testing::set(kLifetime, secs)}), "ok") << ledger_.detail;
    ledger_.pass(14 * kDay);
    vote({"o1", "o2", "o3", "o4"}, "yes");
    ledger_.pass(37 * kDay);
    EXPECT_EQ(ledger_.state(), "executed") << ledger_.proposal().failure;
    return ledger_.last;
  }
  std::int64_t lifetime() { return ledger_.parameter(&ledger::Parameters::ledger_lifetime_max_secs); }

  TestLedger ledger_;
};

TEST_F(AmendmentTest, ValidatorsChangeTheProtocolAfterItsPeriods) {
  ASSERT_EQ(propose({testing::set(kLifetime, 900)}), "ok") << ledger_.detail;
  EXPECT_EQ(ledger_.proposal().category, ProposalCategory::kProtocol);
  EXPECT_EQ(ledger_.proposal().threshold_ppm, 670'000u);
  EXPECT_EQ(ledger_.proposal().quorum.value, 670'000u);
  ledger_.pass(14 * kDay - 1);
  EXPECT_EQ(ledger_.state(), "discussion");
  ledger_.pass(1);
  EXPECT_EQ(ledger_.state(), "voting");
  EXPECT_EQ(ledger_.proposal().eligible_count, 5u);
  EXPECT_EQ(ledger_.vote("v", "yes"), "G001");  // an organisation without a validator
  vote({"o1", "o2", "o3"}, "yes");
  vote({"o4"}, "no");
  ledger_.pass(7 * kDay);
  EXPECT_EQ(ledger_.state(), "queued");  // 3 of 4 are 75 %
  ledger_.pass(30 * kDay - 1);
  EXPECT_EQ(lifetime(), 600);
  ledger_.pass(1);
  EXPECT_EQ(ledger_.state(), "executed");
  EXPECT_EQ(lifetime(), 900);
}

TEST_F(AmendmentTest, ThreeOfFiveAreNoQuorum) {
  ASSERT_EQ(propose({testing::set(kLifetime, 900)}), "ok");
  ledger_.pass(14 * kDay);
  vote({"o1", "o2", "o3"}, "yes");  // 60 %
  ledger_.pass(7 * kDay);
  EXPECT_EQ(ledger_.state(), "rejected");
  EXPECT_FALSE(ledger_.proposal().result->quorum_met);
}

TEST_F(AmendmentTest, NobodyElseDecidesTheProtocolAndNothingElseIsDecidedThere) {
  const Json protocol = testing::set(kLifetime, 900);
  EXPECT_EQ(ledger_.propose("v", {protocol}, {{"scope", kScope}}), "G001");
  EXPECT_EQ(ledger_.propose("o1", {protocol}, {{"scope", "federation:coop-test"}}), "wrong_scope");
  EXPECT_EQ(ledger_.propose("ada", {protocol}), "wrong_scope");
  EXPECT_EQ(ledger_.propose("ada", {protocol}, {{"category", "protocol"}}), "wrong_category");
  EXPECT_EQ(ledger_.propose("ada", {protocol}, {{"category", "constitutional"}}), "wrong_scope");
  EXPECT_EQ(propose({testing::set("mesh.price_max", 2'000'000'000)}), "wrong_category");
  EXPECT_EQ(propose({testing::text()}, {{"category", "generic"}}), "wrong_category");
  EXPECT_EQ(propose({protocol}, {{"discussion_secs", 60}}), "too_lax");
  EXPECT_EQ(ledger_.submit(
                "operator", "governance.enroll",
                Json::object({{"scope", kScope},
                              {"members", Json::array({Json::object({{"did", did_named("ada").text()}})})}})),
            "wrong_scope");
  EXPECT_EQ(ledger_.submit("o1", "governance.leave", Json::object({{"scope", kScope}})), "wrong_scope");
}

TEST_F(AmendmentTest, FourOfFiveTakeItBackWithinAWeek) {
  const std::string amendment = amended(900);
  ASSERT_EQ(propose({rollback(amendment)}), "ok") << ledger_.detail;
  EXPECT_EQ(ledger_.proposal().threshold_ppm, 800'000u);
  EXPECT_EQ(ledger_.proposal().timelock_secs, 0u);
  ledger_.pass(3'600);
  vote({"o1", "o2", "o3", "o4"}, "yes");
  vote({"o5"}, "no");
  ledger_.pass(3'600);
  EXPECT_EQ(ledger_.state(), "executed") << ledger_.proposal().failure;
  EXPECT_EQ(lifetime(), 600);
  EXPECT_EQ(propose({rollback(amendment)}), "bad_action");  // once
}

TEST_F(AmendmentTest, ThreeOfFourDoNotTakeItBack) {
  const std::string amendment = amended(900);
  ASSERT_EQ(propose({rollback(amendment)}), "ok");
  ledger_.pass(3'600);
  vote({"o1", "o2", "o3"}, "yes");
  vote({"o5"}, "no");
  ledger_.pass(3'600);
  EXPECT_EQ(ledger_.state(), "rejected");
  EXPECT_EQ(lifetime(), 900);
}

TEST_F(AmendmentTest, AfterAWeekItStands) {
  const std::string amendment = amended(900);
  ledger_.pass(7 * kDay - 1'000);
  ASSERT_EQ(propose({rollback(amendment)}), "ok");  // in time, decided too late
  ledger_.pass(3'600);
  vote({"o1", "o2", "o3", "o4", "o5"}, "yes");
  ledger_.pass(3'600);
  EXPECT_EQ(ledger_.state(), "execution_failed");
  EXPECT_EQ(lifetime(), 900);
  EXPECT_EQ(propose({rollback(amendment)}), "bad_action");
}

TEST_F(AmendmentTest, ARollbackBringsNothingAlong) {
  const std::string amendment = amended(900);
  EXPECT_EQ(propose({rollback(amendment), testing::set(kLifetime, 3'000)}), "wrong_category");
  EXPECT_EQ(propose({rollback("pr_0")}), "bad_action");
  EXPECT_EQ(ledger_.propose("ada", {rollback(amendment)}), "wrong_category");
}

}  // namespace
}  // namespace icn::governance
