#include <gtest/gtest.h>

#include "governance/governance_testing.h"

// Rules and numbers below are those of domain.md 4.
namespace icn::governance {
namespace {

using codec::Json;
using testing::did_named;
using testing::kDay;
using testing::TestLedger;

const std::vector<std::string> kEverybody{"ada", "ben", "cyd", "dee", "eve"};

class VetoTest : public ::testing::Test {
 protected:
  // ben, cyd and dee are the constitutional guardians.
  void SetUp() override {
    Json::Array members;
    for (const std::string& name : kEverybody) {
      Json member = Json::object({{"did", did_named(name).text()}});
      if (name != "ada" && name != "eve") member.set("roles", Json::array({"constitutional-guardian"}));
      members.push_back(std::move(member));
    }
    ASSERT_EQ(ledger_.submit("operator", "governance.enroll", Json::object({{"members", members}})), "ok");
    EXPECT_EQ(decide(testing::set("governance.rounds_max", 4), {}, 5), "queued");
  }
  void TearDown() override { EXPECT_EQ(ledger_.failures, std::vector<std::string>()); }

  // Proposes, sponsors and votes; all but `yes` of them vote no. Answers the state after the voting.
  std::string decide(Json action, Json::Object more, std::size_t yes) {
    EXPECT_EQ(ledger_.propose("ada", {std::move(action)}, std::move(more)), "ok") << ledger_.detail;
    for (const std::string name : {"ben", "cyd", "dee"})
      EXPECT_EQ(ledger_.act(name, "sponsor", ledger_.last), "ok");
    ledger_.pass(3 * kDay);
    for (std::size_t i = 0; i < kEverybody.size(); ++i)
      EXPECT_EQ(ledger_.vote(kEverybody[i], i < yes ? "yes" : "no"), "ok") << ledger_.detail;
    ledger_.pass(5 * kDay);
    return ledger_.state();
  }
  std::string veto(const std::string& name) {
    return ledger_.submit(
        name, "governance.veto",
        Json::object({{"proposal_id", ledger_.last}, {"reason_cid", testing::some_text().to_string()}}));
  }
  std::int64_t rounds_max() { return ledger_.parameter(&ledger::Parameters::governance_rounds_max); }

  TestLedger ledger_;
};

TEST_F(VetoTest, MoreThanHalfOfTheBodyVetoes) {
  EXPECT_EQ(veto("ben"), "ok");
  EXPECT_EQ(ledger_.state(), "queued");
  EXPECT_EQ(veto("ben"), "already_vetoed");
  EXPECT_EQ(veto("cyd"), "ok");
  EXPECT_EQ(ledger_.state(), "vetoed");
  EXPECT_EQ(veto("dee"), "wrong_state");
  ledger_.pass(15 * kDay);
  EXPECT_EQ(rounds_max(), 3);
}

TEST_F(VetoTest, WhoDoesNotActAnyMoreIsNotCounted) {
  EXPECT_EQ(veto("ben"), "ok");
  ledger_.suspend_now("ben");
  EXPECT_EQ(veto("cyd"), "ok");  // one of two
  EXPECT_EQ(ledger_.state(), "queued");
  EXPECT_EQ(veto("dee"), "ok");
  EXPECT_EQ(ledger_.state(), "vetoed");
}

TEST_F(VetoTest, EveryCodeOfAVeto) {
  EXPECT_EQ(veto("ada"), "G007");
  EXPECT_EQ(veto("stranger"), "G001");
  EXPECT_EQ(ledger_.submit("ben", "governance.veto", Json::object({{"proposal_id", ledger_.last}})),
            "malformed");
  ledger_.pass(7 * kDay);
  EXPECT_EQ(ledger_.state(), "executed");
  EXPECT_EQ(veto("ben"), "wrong_state");
  ASSERT_EQ(ledger_.propose("ada", {testing::text()}), "ok");
  EXPECT_EQ(veto("ben"), "G007");  // no body may
  ledger_.last = "pr_0";
  EXPECT_EQ(veto("ben"), "proposal_not_found");
}

// 75 % and 15 % more.
TEST_F(VetoTest, ARepeatVoteWithFifteenPercentMoreOverridesIt) {
  const std::string vetoed = ledger_.last;
  const Json::Object repeats{{"repeats", vetoed}};
  EXPECT_EQ(ledger_.propose("ada", {testing::set("governance.rounds_max", 4)}, repeats), "wrong_state");
  EXPECT_EQ(veto("ben"), "ok");
  EXPECT_EQ(veto("cyd"), "ok");
  EXPECT_EQ(ledger_.propose("ada", {testing::set("governance.rounds_max", 5)}, repeats), "bad_action");
  EXPECT_EQ(ledger_.propose("ada", {testing::set("governance.rounds_max", 4)}, {{"repeats", "pr_0"}}),
            "proposal_not_found");
  EXPECT_EQ(decide(testing::set("governance.rounds_max", 4), repeats, 4), "rejected");  // 80 %
  EXPECT_EQ(decide(testing::set("governance.rounds_max", 4), repeats, 5), "queued");
  EXPECT_EQ(veto("ben"), "wrong_state");
  ledger_.pass(7 * kDay);
  EXPECT_EQ(ledger_.state(), "executed");
  EXPECT_EQ(rounds_max(), 4);
}

}  // namespace
}  // namespace icn::governance
