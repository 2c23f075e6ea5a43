#include <gtest/gtest.h>

#include "governance/emergencies.h"
#include "governance/governance_testing.h"
#include "governance/tx/declare_emergency.h"

// Rules and numbers below are those of domain.md 4.
namespace icn::governance {
namespace {

using codec::Json;
using testing::did_named;
using testing::kDay;
using testing::TestLedger;

class EmergencyTest : public ::testing::Test {
 protected:
  // ada, ben, cyd and dee are the committee; eve is none of it.
  void SetUp() override {
    Json::Array members;
    for (const std::string name : {"ada", "ben", "cyd", "dee", "eve"}) {
      Json member = Json::object({{"did", did_named(name).text()}});
      if (name != "eve") member.set("roles", Json::array({"committee"}));
      members.push_back(std::move(member));
    }
    ASSERT_EQ(ledger_.submit("operator", "governance.enroll", Json::object({{"members", members}})), "ok");
  }
  void TearDown() override { EXPECT_EQ(ledger_.failures, std::vector<std::string>()); }

  std::string declare(const std::string& name, const std::string& kind) {
    const std::string outcome =
        ledger_.submit(name, "governance.declare_emergency",
                       Json::object({{"kind", kind}, {"evidence_cid", testing::some_text().to_string()}}));
    if (outcome == "ok") id_ = *ledger_.output.find("emergency_id")->string();
    return outcome;
  }
  void start(const std::string& kind) {
    for (const std::string name : {"ada", "ben", "cyd"})
      ASSERT_EQ(declare(name, kind), "ok") << ledger_.detail;
    ASSERT_EQ(emergency().state, EmergencyState::kActive);
  }
  Emergency emergency() { return load_emergency(ledger_.store(), id_).value(); }
  std::int64_t create_fee() { return ledger_.parameter(&ledger::Parameters::identity_create_fee); }
  std::int64_t factor() { return ledger_.parameter(&ledger::Parameters::economics_emergency_ppm); }
  Millimana locked(const std::string& name) { return ledger_.account(did_named(name)).locked; }
  Json review(bool is_justified) {
    return testing::action("ReviewEmergency",
                           Json::object({{"emergency_id", id_}, {"is_justified", is_justified}}));
  }
  void decide(Json action) {
    ASSERT_EQ(ledger_.propose("eve", {std::move(action)}), "ok") << ledger_.detail;
    ledger_.pass(3 * kDay);
    for (const std::string name : {"ada", "ben", "eve"}) EXPECT_EQ(ledger_.vote(name, "yes"), "ok");
    ledger_.pass(6 * kDay);
    ASSERT_EQ(ledger_.state(), "executed") << ledger_.proposal().failure;
  }

  TestLedger ledger_;
  std::string id_;
};

TEST_F(EmergencyTest, ThreeOfTheCommitteeBeginItAndAWeekEndsIt) {
  EXPECT_EQ(declare("eve", "sybil_storm"), "G007");
  EXPECT_EQ(declare("stranger", "sybil_storm"), "G001");
  EXPECT_EQ(declare("ada", "sybil_storm"), "ok");
  EXPECT_EQ(locked("ada"), Millimana{1'000'000});
  EXPECT_EQ(declare("ada", "sybil_storm"), "already_declared");
  EXPECT_EQ(declare("ben", "sybil_storm"), "ok");
  EXPECT_EQ(emergency().state, EmergencyState::kDeclared);
  EXPECT_EQ(create_fee(), 10'000);
  EXPECT_EQ(declare("cyd", "sybil_storm"), "ok");
  EXPECT_EQ(create_fee(), 100'000);
  ledger_.pass(7 * kDay - 60);
  EXPECT_EQ(create_fee(), 100'000);
  ledger_.pass(60);
  EXPECT_EQ(create_fee(), 10'000);
  EXPECT_EQ(emergency().state, EmergencyState::kEnded);
  // Nobody reviews it: the stake goes back after another week.
  EXPECT_EQ(locked("ada"), Millimana{1'000'000});
  ledger_.pass(7 * kDay);
  EXPECT_EQ(locked("ada"), Millimana{});
  EXPECT_EQ(emergency().review, EmergencyReview::kNone);
}

TEST_F(EmergencyTest, ASybilStormKeepsNewAccountsFromSending) {
  // Each time to somebody new, whose account is not full.
  int guests = 0;
  const auto pay = [&](const std::string& from) {
    const std::string guest = "guest" + std::to_string(++guests);
    ledger_.admit_now(guest);
    return ledger_.submit(from, "economics.transfer",
                          Json::object({{"to", did_named(guest).text()}, {"amount", 1}}));
  };
  ledger_.set_parameter("economics.transfer_policy", 3);
  ledger_.pass(3 * kDay);  // the founders' accounts are that old
  start("sybil_storm");
  ledger_.admit_now("newcomer");
  EXPECT_EQ(pay("ada"), "ok");
  EXPECT_EQ(pay("newcomer"), "I009");
  ledger_.pass(3 * kDay - 60);
  EXPECT_EQ(pay("newcomer"), "I009");
  ledger_.pass(60);
  EXPECT_EQ(pay("newcomer"), "ok");
  ledger_.pass(4 * kDay);
  ASSERT_EQ(emergency().state, EmergencyState::kEnded);
  ledger_.admit_now("later");
  EXPECT_EQ(pay("later"), "ok");
}

TEST_F(EmergencyTest, ADrainBoundsTransfers) {
  const auto pay = [&](int amount) {
    return ledger_.submit("eve", "economics.transfer",
                          Json::object({{"to", did_named("ben").text()}, {"amount", amount}}));
  };
  ledger_.set_parameter("economics.transfer_policy", 3);
  ledger_.set_parameter("economics.transfer_daily_ppm", 1'000'000'000);
  start("economic_drain");
  EXPECT_EQ(pay(1'001), "transfer_too_large");
  EXPECT_EQ(pay(1'000), "ok");
  ledger_.pass(7 * kDay);
  EXPECT_EQ(pay(1'001), "ok");
}

TEST_F(EmergencyTest, ADayLiesBetweenTwoUses) {
  start("economic_drain");
  EXPECT_EQ(factor(), 100'000);
  ledger_.pass(7 * kDay);
  EXPECT_EQ(factor(), 1'000'000);
  EXPECT_EQ(declare("dee", "anomaly"), "emergency_paused");
  ledger_.pass(kDay);
  EXPECT_EQ(declare("dee", "anomaly"), "ok");
}

TEST_F(EmergencyTest, TwoThatChangeTheSameAreNotOnTogether) {
  start("economic_drain");
  EXPECT_EQ(declare("ben", "anomaly"), "ok");
  EXPECT_EQ(declare("cyd", "anomaly"), "ok");
  EXPECT_EQ(declare("dee", "anomaly"), "emergency_active");
  EXPECT_EQ(factor(), 100'000);
}

TEST_F(EmergencyTest, WhatNobodyJoinsLapses) {
  EXPECT_EQ(declare("ada", "sybil_storm"), "ok");
  ledger_.pass(kDay);
  EXPECT_EQ(emergency().state, EmergencyState::kLapsed);
  EXPECT_EQ(locked("ada"), Millimana{});
}

TEST_F(EmergencyTest, FoundUnjustifiedItEndsAtOnceAndTheStakeIsBurned) {
  ledger_.set_parameter("governance.emergency_power_secs", std::int64_t{30 * kDay});
  start("sybil_storm");
  const Millimana stake = locked("ada");
  const Millimana burned = ledger_.burned();
  EXPECT_GT(stake, Millimana{});
  decide(review(false));
  EXPECT_EQ(create_fee(), 10'000);
  EXPECT_EQ(emergency().state, EmergencyState::kEnded);
  EXPECT_EQ(emergency().review, EmergencyReview::kUnjustified);
  EXPECT_EQ(locked("ada"), Millimana{});
  EXPECT_GE(ledger_.burned().value - burned.value, stake.value);
  EXPECT_EQ(ledger_.propose("eve", {review(true)}), "wrong_state");
}

TEST_F(EmergencyTest, FoundJustifiedTheStakeGoesBack) {
  start("sybil_storm");
  decide(review(true));
  EXPECT_EQ(emergency().review, EmergencyReview::kJustified);
  EXPECT_EQ(locked("ada"), Millimana{});
}

TEST_F(EmergencyTest, WhatAVoteChangesMeanwhileStays) {
  start("regional_outage");  // fees are waived for 72 hours
  EXPECT_EQ(create_fee(), 0);
  ledger_.set_parameter("identity.create_fee", 7'000);
  ledger_.pass(3 * kDay);
  EXPECT_EQ(create_fee(), 7'000);
  EXPECT_EQ(ledger_.parameter(&ledger::Parameters::governance_proposal_fee), 50'000);
  EXPECT_EQ(emergency().state, EmergencyState::kEnded);
}

TEST_F(EmergencyTest, ACaptureOfGovernanceMakesVotesLonger) {
  start("governance_capture");
  ASSERT_EQ(ledger_.propose("eve", {testing::text()}), "ok");
  EXPECT_EQ(ledger_.proposal().voting_secs, 10 * kDay);
  EXPECT_EQ(ledger_.proposal().timelock_secs, 2 * kDay);
  EXPECT_EQ(ledger_.proposal().quorum.floor_ppm, 670'000u);
}

TEST_F(EmergencyTest, PowersOfTheNetworkAreOfItsOwnScope) {
  EXPECT_EQ(ledger_.submit("ada", "governance.declare_emergency",
                           Json::object({{"scope", "group:night"},
                                         {"kind", "anomaly"},
                                         {"evidence_cid", testing::some_text().to_string()}})),
            "wrong_scope");
  // The operator names the first members of a group, and they decide nothing about the network.
  const Json member = Json::object({{"did", did_named("eve").text()}});
  ASSERT_EQ(ledger_.submit("operator", "governance.enroll",
                           Json::object({{"scope", "group:night"}, {"members", Json::array({member})}})),
            "ok");
  EXPECT_EQ(ledger_.propose("eve", {testing::set("mesh.judges_max", 1)}, {{"scope", "group:night"}}),
            "wrong_scope");
}

TEST(EmergencySignatures, AreThreeOrOfAFederationFiveOfSeven) {
  EXPECT_EQ(emergency_signatures(false, 5), 3u);
  EXPECT_EQ(emergency_signatures(true, 7), 5u);
  EXPECT_EQ(emergency_signatures(true, 3), 3u);
}

}  // namespace
}  // namespace icn::governance
