#include <gtest/gtest.h>

#include "governance/errors.h"
#include "governance/governance_testing.h"

// Every transaction of members and proposals with every code it can be refused with, and who may do what.
namespace icn::governance {
namespace {

using codec::Json;
using testing::did_named;
using testing::kDay;
using testing::of_member;
using testing::TestLedger;

Json::Array person(const std::string& name) { return {Json::object({{"did", did_named(name).text()}})}; }
Json enroll(const std::string& name, const std::string& scope = "local") {
  return Json::object({{"scope", scope}, {"members", person(name)}});
}

class GovernanceTxTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(ledger_.found({"ada", "ben", "cyd", "dee"}), "ok"); }
  void TearDown() override { EXPECT_EQ(ledger_.failures, std::vector<std::string>()); }
  std::string propose(Json::Array actions, Json::Object more = {}) {
    return ledger_.propose("ada", std::move(actions), std::move(more));
  }
  std::string amend(const std::string& who, Json body) {
    body.set("proposal_id", ledger_.last);
    return ledger_.submit(who, "governance.amend", std::move(body));
  }
  TestLedger ledger_;
};

TEST(Enrolment, TheOperatorNamesTheFirstMembersOnly) {
  TestLedger ledger;
  EXPECT_EQ(ledger.submit("ada", "governance.enroll", enroll("ada")), "not_operator");
  EXPECT_EQ(ledger.submit("operator", "governance.enroll", enroll("ada", "everybody")), "bad_scope");
  EXPECT_EQ(ledger.submit("operator", "governance.enroll", enroll("ada", "group:Garden")), "bad_scope");
  Json twice = enroll("ada");
  twice.set("members", Json::Array{person("ada")[0], person("ada")[0]});
  EXPECT_EQ(ledger.submit("operator", "governance.enroll", twice), "malformed");
  Json bad = enroll("ada");
  bad.set("members", Json::array({Json::object({{"did", "did:key:zz"}})}));
  EXPECT_EQ(ledger.submit("operator", "governance.enroll", bad), "I001");
  bad.set("members", Json::array({Json::object({{"did", "did:web:example.org"}})}));
  EXPECT_EQ(ledger.submit("operator", "governance.enroll", bad), "unsupported_did_method");
  EXPECT_EQ(ledger.submit("operator", "governance.enroll", enroll("ada")), "too_few_founders");
  EXPECT_EQ(ledger.found({"ada", "cyd", "dee"}), "ok");
  EXPECT_EQ(ledger.member("ada")->voting, VotingStatus::kActive);
  EXPECT_EQ(ledger.member("ada")->sponsor, did_named("operator"));
  EXPECT_GT(ledger.account(did_named("ada")).balance, Millimana{});
  EXPECT_EQ(ledger.submit("operator", "governance.enroll", enroll("ben")), "scope_not_empty");
  // A scope of its own begins anew, and gives no mana.
  EXPECT_EQ(ledger.submit("operator", "governance.enroll", enroll("eve", "group:garden")), "ok");
  EXPECT_EQ(ledger.account(did_named("eve")).balance, Millimana{});
  // The organisation of another DID is not the operator's.
  EXPECT_EQ(ledger.submit("operator", "governance.enroll", enroll("eve", "local:" + did_named("x").text())),
            "not_operator");
}

TEST(Enrolment, WhereMembershipIsOpenMoreMayComeAndOnce) {
  TestLedger ledger("development");
  EXPECT_EQ(ledger.submit("operator", "governance.enroll", enroll("ada")), "ok");
  EXPECT_EQ(ledger.submit("operator", "governance.enroll", enroll("ben")), "ok");
  EXPECT_EQ(ledger.submit("operator", "governance.enroll", enroll("ben")), "member_exists");
  EXPECT_EQ(ledger.submit("ada", "governance.enroll", enroll("cyd")), "not_operator");
  EXPECT_EQ(ledger.scope().members, 2u);
}

TEST_F(GovernanceTxTest, EverybodyMayLeaveAndTheOperatorBeginsAnewWhenNobodyIsLeft) {
  const Json local = Json::object({{"scope", "local"}});
  EXPECT_EQ(ledger_.submit("eve", "governance.leave", local), "member_not_found");
  EXPECT_EQ(ledger_.submit("ada", "governance.leave", Json::object({{"scope", "x"}})), "bad_scope");
  ASSERT_EQ(propose({of_member("AdmitMember", "eve")}), "ok");
  EXPECT_EQ(ledger_.submit("eve", "governance.leave", local), "member_state");
  for (const char* name : {"ada", "ben", "cyd", "dee"})
    EXPECT_EQ(ledger_.submit(name, "governance.leave", local), "ok");
  EXPECT_EQ(ledger_.submit("ada", "governance.leave", local), "member_not_found");
  EXPECT_EQ(ledger_.scope().members, 0u);
  EXPECT_EQ(ledger_.found({"ada"}), "ok");
}

TEST_F(GovernanceTxTest, WhatCannotBeProposedIsRefusedByName) {
  EXPECT_EQ(propose({testing::action("MintTokens", Json(Json::Object{}))}), "unsupported");
  EXPECT_NE(ledger_.detail.find("MintTokens"), std::string::npos);
  EXPECT_EQ(propose({testing::action("Abolish", Json(Json::Object{}))}), "unsupported");
  EXPECT_EQ(propose({testing::set("no.such", 1)}), "malformed");
  EXPECT_EQ(propose({testing::set("mesh.judges_max", 16)}), "rule_broken");
  EXPECT_EQ(propose({testing::role("GrantRole", "ben", "The Boss")}), "bad_action");
  EXPECT_EQ(propose({testing::action("SoftwareUpgrade", Json::object({{"version", "next!"}}))}),
            "bad_action");
  EXPECT_EQ(propose({testing::text()}, {{"scope", "nowhere"}}), "bad_scope");
  EXPECT_EQ(propose({testing::text()}, {{"privacy", "pseudonymous"}}), "unsupported");
  EXPECT_EQ(
      propose({testing::text()}, {{"method_params", Json::object({{"numerator", 1}, {"denominator", 3}})}}),
      "bad_method");
  EXPECT_EQ(
      propose({testing::text()}, {{"method_params", Json::object({{"options", Json::array({"a", "b"})}})}}),
      "bad_method");
}

TEST_F(GovernanceTxTest, ACategoryHoldsItsActions) {
  EXPECT_EQ(propose({of_member("SuspendMember", "ben")}, {{"category", "operational"}}), "wrong_category");
  EXPECT_EQ(propose({testing::set("governance.rounds_max", 4)}, {{"category", "technical"}}),
            "wrong_category");
  EXPECT_EQ(propose({testing::set("mesh.judges_max", 4)}, {{"category", "technical"}}), "ok");
}

TEST_F(GovernanceTxTest, NothingMayBeLaxerThanItsCategory) {
  EXPECT_EQ(propose({testing::text()}, {{"duration_secs", 86'399}}), "too_lax");
  EXPECT_NE(ledger_.detail.find("86400"), std::string::npos) << ledger_.detail;
  EXPECT_EQ(propose({testing::text()}, {{"timelock_secs", 86'399}}), "too_lax");
  EXPECT_EQ(propose({testing::text()}, {{"quorum", Json::object({{"kind", "percent"}, {"value", 249'999}})}}),
            "too_lax");
  EXPECT_EQ(propose({testing::text()}, {{"quorum", Json::object({{"kind", "none"}})}}), "too_lax");
  EXPECT_EQ(propose({testing::text()}, {{"quorum", Json::object({{"kind", "fixed"}, {"value", 0}})}}),
            "too_lax");
  EXPECT_EQ(propose({of_member("RemoveMember", "ben")}, {{"threshold_ppm", 669'999}}), "too_lax");
  EXPECT_EQ(propose({of_member("AdmitMember", "eve")}, {{"discussion_secs", 604'799}}), "too_lax");
  EXPECT_EQ(propose({testing::set("federation.attack_ppm", 1)}, {{"threshold_ppm", 799'999}}), "too_lax");
  EXPECT_EQ(propose({testing::set("governance.emergency_quorum_ppm", 1)}, {{"threshold_ppm", 899'999}}),
            "too_lax");
  EXPECT_EQ(propose({testing::text()}, {{"duration_secs", 31'536'001}}), "too_long");
  // Shorter where that is allowed, longer and stricter always.
  EXPECT_EQ(propose({testing::text()}, {{"duration_secs", 86'400}, {"discussion_secs", 0}}), "ok");
  EXPECT_EQ(ledger_.state(), "voting");
  EXPECT_EQ(propose({testing::text()}, {{"duration_secs", 1'000'000}, {"threshold_ppm", 900'000}}), "ok");
}

TEST_F(GovernanceTxTest, RegenerationChangesByAFifthAnEpoch) {
  EXPECT_EQ(propose({testing::set("economics.base_rate", 120'001)}), "rule_broken");
  EXPECT_EQ(propose({testing::set("economics.base_rate", 79'999)}), "rule_broken");
  EXPECT_EQ(propose({testing::set("economics.base_rate", 120'000)}), "ok");
}

TEST_F(GovernanceTxTest, ThreeOfAMemberAndTenOfAScopeMayBeOpen) {
  for (int i = 0; i < 3; ++i) ASSERT_EQ(propose({testing::text()}), "ok");
  EXPECT_EQ(propose({testing::text()}), "too_many_open");
  for (const char* name : {"ben", "cyd"})
    for (int i = 0; i < 3; ++i) ASSERT_EQ(ledger_.propose(name, {testing::text()}), "ok");
  ASSERT_EQ(ledger_.propose("dee", {testing::text()}), "ok");
  EXPECT_EQ(ledger_.propose("dee", {testing::text()}), "too_many_open");
  EXPECT_EQ(ledger_.act("dee", "cancel", ledger_.last), "ok");
  EXPECT_EQ(ledger_.propose("dee", {testing::text()}), "ok");
}

TEST_F(GovernanceTxTest, AProposalCostsItsFee) {
  ledger_.set_parameter("governance.proposal_fee", 1'000'000);
  ledger_.set_parameter("governance.open_per_proposer_max", 1'000);
  std::string outcome = "ok";
  for (int i = 0; i < 10 && outcome == "ok"; ++i) outcome = propose({testing::text()});
  EXPECT_EQ(outcome, "exceeds_balance");
}

TEST_F(GovernanceTxTest, MembersAreValidatedWhenTheyAreProposed) {
  EXPECT_EQ(propose({of_member("AdmitMember", "ben")}), "member_exists");
  EXPECT_EQ(propose({of_member("SuspendMember", "eve")}), "member_not_found");
  EXPECT_EQ(propose({of_member("RemoveMember", "eve")}), "member_not_found");
  EXPECT_EQ(propose({testing::role("RevokeRole", "ben", "treasurer")}), "member_state");
  for (const char* name : {"ben", "cyd", "dee"})
    ASSERT_EQ(ledger_.submit(name, "governance.leave", Json::object({{"scope", "local"}})), "ok");
  EXPECT_EQ(propose({of_member("SuspendMember", "ada")}), "last_voter");
  EXPECT_EQ(propose({of_member("RemoveMember", "ada")}), "last_voter");
}

TEST_F(GovernanceTxTest, SponsorsStandUpOnceAndNotForThemselves) {
  EXPECT_EQ(ledger_.act("ben", "sponsor", "pr_0"), "proposal_not_found");
  ASSERT_EQ(propose({testing::text()}, {{"category", "constitutional"}}), "ok");
  EXPECT_EQ(ledger_.act("ada", "sponsor", ledger_.last), "G007");
  EXPECT_EQ(ledger_.act("eve", "sponsor", ledger_.last), "G001");
  EXPECT_EQ(ledger_.act("ben", "sponsor", ledger_.last), "ok");
  EXPECT_EQ(ledger_.act("ben", "sponsor", ledger_.last), "already_sponsored");
  ASSERT_EQ(ledger_.act("ada", "cancel", ledger_.last), "ok");
  EXPECT_EQ(ledger_.act("cyd", "sponsor", ledger_.last), "wrong_state");
}

TEST_F(GovernanceTxTest, AmendmentsAreOfTheProposerAndKeepTheTerms) {
  const Json words = Json::object({{"content", testing::some_text().to_string()}});
  ledger_.last = "pr_0";
  EXPECT_EQ(amend("ada", words), "proposal_not_found");
  ASSERT_EQ(propose({testing::set("mesh.judges_max", 4)}), "ok");
  EXPECT_EQ(amend("ada", Json(Json::Object{})), "malformed");
  EXPECT_EQ(amend("ben", words), "not_proposer");
  const auto actions = [](Json action) {
    return Json::object({{"actions", Json::array({std::move(action)})}});
  };
  EXPECT_EQ(amend("ada", actions(testing::action("BurnTokens", Json(Json::Object{})))), "unsupported");
  EXPECT_EQ(amend("ada", actions(of_member("RemoveMember", "ben"))), "wrong_category");
  EXPECT_EQ(amend("ada", actions(testing::set("federation.attack_ppm", 1))), "too_lax");
  EXPECT_EQ(amend("ada", actions(testing::role("RevokeRole", "ben", "treasurer"))), "member_state");
  EXPECT_EQ(amend("ada", actions(testing::set("mesh.judges_max", 3))), "ok");
}

// What chooses among options counts no share of yes: nobody is expelled by it, whatever it began with.
TEST_F(GovernanceTxTest, WhatNeedsAShareOfYesIsNotDecidedAmongOptions) {
  const Json params = Json::object({{"options", Json::array({"a", "b"})}});
  const auto with = [&](Json::Object more) {
    more.emplace_back("voting_method", "approval");
    more.emplace_back("method_params", params);
    return more;
  };
  EXPECT_EQ(propose({of_member("RemoveMember", "ben")}, with({})), "bad_method");
  EXPECT_EQ(propose({of_member("SuspendMember", "ben")}, with({{"threshold_ppm", 670'000}})), "bad_method");
  ASSERT_EQ(propose({of_member("SuspendMember", "ben")}, with({})), "ok");
  Json option = of_member("SuspendMember", "ben");
  option.set("option", "c");
  EXPECT_EQ(amend("ada", Json::object({{"actions", Json::array({option})}})), "bad_method");
  EXPECT_EQ(amend("ada", Json::object({{"actions", Json::array({of_member("RemoveMember", "ben")})}})),
            "bad_method");
}

TEST_F(GovernanceTxTest, NothingIsHastenedThatIsNotDue) {
  EXPECT_EQ(ledger_.step("ben", "open", "pr_0"), "proposal_not_found");
  ASSERT_EQ(propose({testing::text()}), "ok");
  EXPECT_EQ(ledger_.step("eve", "open", ledger_.last), "G001");
  EXPECT_EQ(ledger_.step("ben", "open", ledger_.last), "not_due");
  EXPECT_NE(ledger_.detail.find(std::to_string(testing::kStart + 3 * kDay)), std::string::npos)
      << ledger_.detail;
  ledger_.pass(3 * kDay);
  EXPECT_EQ(ledger_.step("ben", "open", ledger_.last), "ok");
  EXPECT_EQ(ledger_.step("ben", "close", ledger_.last), "not_due");
  EXPECT_EQ(ledger_.step("ben", "execute", ledger_.last), "not_due");
  ledger_.pass(5 * kDay);
  EXPECT_EQ(ledger_.step("ben", "close", ledger_.last), "ok");
  EXPECT_EQ(ledger_.step("ben", "execute", ledger_.last), "G004") << "nobody took part";
}

// Who may what: a row an act, a column a person.
TEST_F(GovernanceTxTest, TheTableOfWhoMayWhat) {
  const std::vector<std::string> people{"ada",       "ben",   "stranger", "suspended",
                                        "probation", "other", "operator"};
  ASSERT_EQ(ledger_.submit("operator", "governance.enroll", enroll("other", "group:garden")), "ok");
  ledger_.change([&](ledger::View& view) -> Result<void> {
    const ledger::Parameters parameters = ledger::load_parameters(view).value();
    const ledger::BlockContext block{testing::kNetwork, 1, testing::kStart, 0, &parameters};
    std::vector<ledger::Event> events;
    for (const char* name : {"suspended", "probation"}) {
      ICN_TRY(admit(block, view, {kLocalScope, did_named(name), did_named("ada"), {}, "", name[0] == 'p'},
                    events));
    }
    return suspend(block, view, kLocalScope, did_named("suspended"), events);
  });
  ASSERT_EQ(propose({testing::text()}), "ok");
  const std::string of_ada = ledger_.last;
  const auto row = [&](const auto& act) {
    std::string outcomes;
    for (const std::string& who : people) outcomes += (outcomes.empty() ? "" : " ") + act(who);
    return outcomes;
  };
  //                 proposer ben stranger suspended probation other operator
  EXPECT_EQ(row([&](const std::string& who) { return ledger_.propose(who, {testing::text()}); }),
            "ok ok G001 G007 G007 G001 G001");
  EXPECT_EQ(row([&](const std::string& who) { return ledger_.act(who, "sponsor", of_ada); }),
            "G007 ok G001 G007 G007 G001 G001");
  EXPECT_EQ(row([&](const std::string& who) {
              return ledger_.submit(
                  who, "governance.amend",
                  Json::object({{"proposal_id", of_ada}, {"content", testing::some_text().to_string()}}));
            }),
            "ok not_proposer not_proposer not_proposer not_proposer not_proposer not_proposer");
  EXPECT_EQ(row([&](const std::string& who) { return ledger_.step(who, "open", of_ada); }),
            "not_due not_due G001 G001 not_due G001 G001");
  EXPECT_EQ(
      row([&](const std::string& who) { return ledger_.submit(who, "governance.enroll", enroll("eve")); }),
      "not_operator not_operator not_operator not_operator not_operator not_operator scope_not_empty");
  // The proposer last: then it is cancelled.
  std::string cancels;
  for (auto who = people.rbegin(); who != people.rend(); ++who)
    cancels += (cancels.empty() ? "" : " ") + ledger_.act(*who, "cancel", of_ada);
  EXPECT_EQ(cancels, "G001 G001 G007 G007 G001 not_proposer ok");
}

}  // namespace
}  // namespace icn::governance
