#include <gtest/gtest.h>

#include "economics/formula.h"
#include "economics/penalties.h"
#include "governance/governance_testing.h"
#include "reputation/note.h"

// Penalties, frozen reputations and deposits of who vouches, as members decide them. Expected amounts:
// domain.md 5.
namespace icn::governance {
namespace {

using namespace testing;

class PenaltiesTest : public ::testing::Test {
 protected:
  PenaltiesTest() : ledger_("development") {
    EXPECT_EQ(ledger_.found({"ada", "bob", "cyn"}), "ok");
    ledger_.set_parameter("economics.penalty_secs", 600);
    ledger_.set_parameter("reputation.arbitration_secs", 1'200);
  }
  // By ada and bob, and carried out.
  std::string decide(const std::string& type, codec::Json::Object data, codec::Json::Object more = {}) {
    if (data.front().first != "did") data.emplace_back("did", did_named("cyn").text());
    more.emplace_back("duration_secs", std::uint64_t{60});
    const codec::Json action = codec::Json::object({{"type", type}, {"data", codec::Json(std::move(data))}});
    if (const std::string refused = ledger_.propose("ada", {action}, std::move(more)); refused != "ok")
      return refused;
    EXPECT_EQ(ledger_.vote("ada", "yes"), "ok");
    EXPECT_EQ(ledger_.vote("bob", "yes"), "ok");
    ledger_.pass(61);
    return ledger_.state();
  }
  std::string penalize(const std::string& offence) {
    const std::string done =
        decide("Penalize", {{"offence", offence}, {"evidence_cid", some_text().to_string()}});
    penalty_ = ledger_.last;
    return done;
  }
  std::string contest() {
    return ledger_.submit(
        "cyn", "economics.contest_penalty",
        codec::Json::object({{"proposal_id", penalty_}, {"reason_cid", some_text().to_string()}}));
  }
  economics::Penalty penalty() {
    return economics::load_penalty(ledger_.store(), did_named("cyn"), penalty_).value();
  }
  economics::Account cyn() { return ledger_.account(did_named("cyn")); }

  TestLedger ledger_;
  std::string penalty_;
};

TEST_F(PenaltiesTest, ManipulationCostsHalfOfWhatIsAvailableAfterTheTimeToContest) {
  ASSERT_EQ(penalize("governance_manipulation"), "executed") << ledger_.detail;
  EXPECT_EQ(penalty().evidence, some_text());
  EXPECT_EQ(penalty().amount, economics::share_of(cyn().balance, 500'000));
  EXPECT_EQ(cyn().locked, penalty().amount);
  EXPECT_EQ(ledger_.burned(), Millimana{});
  ledger_.pass(660);
  EXPECT_EQ(penalty().state, economics::PenaltyState::kBurned);
  EXPECT_EQ(ledger_.burned(), penalty().amount);
  EXPECT_EQ(cyn().locked, Millimana{});
  EXPECT_EQ(contest(), "penalty_state");
}

TEST_F(PenaltiesTest, AnAttackCostsAllThatIsAvailable) {
  ASSERT_EQ(penalize("network_attack"), "executed") << ledger_.detail;
  EXPECT_EQ(penalty().amount, cyn().balance);
  EXPECT_EQ(cyn().locked, cyn().balance);
}

TEST_F(PenaltiesTest, WhatIsContestedAndNotDecidedAgainIsFree) {
  ASSERT_EQ(penalize("governance_manipulation"), "executed");
  ASSERT_EQ(contest(), "ok") << ledger_.detail;
  EXPECT_EQ(contest(), "penalty_state");
  ledger_.pass(660);
  EXPECT_EQ(penalty().state, economics::PenaltyState::kContested);
  ledger_.pass(600);
  EXPECT_EQ(penalty().state, economics::PenaltyState::kLapsed);
  EXPECT_EQ(cyn().locked, Millimana{});
  EXPECT_EQ(ledger_.burned(), Millimana{});
}

TEST_F(PenaltiesTest, TheScopeDecidesAgain) {
  for (const bool is_upheld : {true, false}) {
    ASSERT_EQ(penalize("governance_manipulation"), "executed");
    ASSERT_EQ(contest(), "ok");
    const Millimana before = ledger_.burned();
    const Millimana amount = penalty().amount;
    ASSERT_EQ(decide("DecidePenalty", {{"penalty", penalty_}, {"upheld", is_upheld}}), "executed")
        << ledger_.detail;
    EXPECT_EQ(penalty().state,
              is_upheld ? economics::PenaltyState::kBurned : economics::PenaltyState::kLifted);
    EXPECT_EQ(penalty().ended_by, ledger_.last);
    EXPECT_EQ(ledger_.burned() - before, is_upheld ? amount : Millimana{});
    EXPECT_EQ(cyn().locked, Millimana{});
    EXPECT_EQ(decide("DecidePenalty", {{"penalty", penalty_}, {"upheld", true}}), "penalty_state");
  }
  EXPECT_EQ(decide("DecidePenalty", {{"penalty", "pr_none"}, {"upheld", true}}), "penalty_not_found");
}

TEST_F(PenaltiesTest, OnlyMembersArePunishedAndOnlyTheirOwnPenaltiesContested) {
  EXPECT_EQ(decide("Penalize", {{"did", did_named("dov").text()},
                                {"offence", "network_attack"},
                                {"evidence_cid", some_text().to_string()}}),
            "member_not_found");
  ASSERT_EQ(penalize("governance_manipulation"), "executed");
  EXPECT_EQ(ledger_.submit(
                "bob", "economics.contest_penalty",
                codec::Json::object({{"proposal_id", penalty_}, {"reason_cid", some_text().to_string()}})),
            "penalty_not_found");
}

TEST_F(PenaltiesTest, AFrozenReputationGainsNothingAndLosesAsEver) {
  ledger_.change(
      [&](ledger::View& view) { return reputation::freeze(view, did_named("cyn"), ledger_.now() + 3'600); });
  const auto score = [&] {
    return reputation::load_standing(ledger_.store(), did_named("cyn")).value().score.thousandths;
  };
  const codec::Json text = codec::Json::object({{"type", "GenericText"}, {"data", codec::Json::object({})}});
  ASSERT_EQ(ledger_.propose("ada", {text}, {{"duration_secs", std::uint64_t{60}}}), "ok");
  EXPECT_EQ(ledger_.vote("cyn", "yes"), "ok");
  EXPECT_EQ(score(), 50'000);
  ledger_.pass(61);
  ASSERT_EQ(ledger_.propose("cyn", {text}, {{"duration_secs", std::uint64_t{60}}}), "ok");
  EXPECT_EQ(ledger_.vote("ada", "no"), "ok");
  ledger_.pass(61);
  EXPECT_EQ(score(), 49'500);
  ledger_.pass(3'600);
  ASSERT_EQ(ledger_.propose("ada", {text}, {{"duration_secs", std::uint64_t{60}}}), "ok");
  EXPECT_EQ(ledger_.vote("cyn", "yes"), "ok");
  EXPECT_EQ(score(), 49'700);
}

TEST_F(PenaltiesTest, FindingASybilBurnsTheDepositOfWhoVouched) {
  ASSERT_EQ(ledger_.submit("bob", "economics.vouch", codec::Json::object({{"to", did_named("dov").text()}})),
            "ok");
  ledger_.admit_now("dov");
  ASSERT_EQ(decide("RecordConduct", {{"did", did_named("dov").text()}, {"kind", "sybil_detected"}}),
            "executed")
      << ledger_.detail;
  ledger_.pass(660);
  EXPECT_EQ(ledger_.burned(), Millimana::from_mana(10));
  EXPECT_EQ(ledger_.account(did_named("bob")).locked, Millimana{});
}

}  // namespace
}  // namespace icn::governance
