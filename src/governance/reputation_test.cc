#include <gtest/gtest.h>

#include "governance/governance_testing.h"
#include "reputation/appeals.h"
#include "reputation/note.h"

// What members' acts say of them. Expected points: domain.md 6.
namespace icn::governance {
namespace {

using namespace testing;

class GovernanceReputationTest : public ::testing::Test {
 protected:
  GovernanceReputationTest() : ledger_("development") {
    EXPECT_EQ(ledger_.found({"ada", "bob", "cyn"}), "ok");
  }
  reputation::Standing standing(const std::string& name) {
    return reputation::load_standing(ledger_.store(), did_named(name)).value();
  }
  std::int64_t score(const std::string& name) { return standing(name).score.thousandths; }
  codec::Json action(const std::string& type, codec::Json data) {
    return codec::Json::object({{"type", type}, {"data", std::move(data)}});
  }
  std::string propose(codec::Json::Array actions) {
    return ledger_.propose("ada", std::move(actions), {{"duration_secs", std::uint64_t{60}}});
  }
  TestLedger ledger_;
};

TEST_F(GovernanceReputationTest, ABallotGivesAFifthOnceAndAnAcceptedProposalTwo) {
  ASSERT_EQ(propose({action("GenericText", codec::Json::object({}))}), "ok") << ledger_.detail;
  EXPECT_EQ(ledger_.vote("ada", "yes"), "ok");
  EXPECT_EQ(ledger_.vote("bob", "no"), "ok");
  EXPECT_EQ(score("bob"), 50'200);
  EXPECT_EQ(ledger_.vote("bob", "yes"), "ok");  // replaces
  EXPECT_EQ(score("bob"), 50'200);
  EXPECT_EQ(score("cyn"), 50'000);
  ledger_.pass(61);
  EXPECT_EQ(ledger_.state(), "executed");
  EXPECT_EQ(score("ada"), 52'200);
  EXPECT_EQ(standing("bob").engagement.at(0).voted, std::vector<std::uint64_t>{1});
  EXPECT_TRUE(standing("cyn").engagement.at(0).voted.empty());
}

TEST_F(GovernanceReputationTest, ARejectedProposalCostsHalfAPoint) {
  ASSERT_EQ(propose({action("GenericText", codec::Json::object({}))}), "ok");
  EXPECT_EQ(ledger_.vote("bob", "no"), "ok");
  ledger_.pass(61);
  EXPECT_EQ(ledger_.state(), "rejected");
  EXPECT_EQ(score("ada"), 49'500);
}

TEST_F(GovernanceReputationTest, MembersDecideAboutConductAndAppeals) {
  ASSERT_EQ(propose({action("RecordConduct", codec::Json::object({{"did", did_named("cyn").text()},
                                                                  {"kind", "spam_reported"}}))}),
            "ok")
      << ledger_.detail;
  EXPECT_EQ(ledger_.vote("ada", "yes"), "ok");
  EXPECT_EQ(ledger_.vote("bob", "yes"), "ok");
  ledger_.pass(61);
  ASSERT_EQ(ledger_.state(), "executed");
  EXPECT_EQ(score("cyn"), 40'000);
  ledger_.change([&](ledger::View& view) {
    const ledger::Parameters parameters = ledger::load_parameters(ledger_.store()).value();
    const ledger::BlockContext block{kNetwork, 1, ledger_.now(), 0, &parameters};
    return reputation::open_appeal(block, view, ledger_.events, did_named("cyn"), 1, some_text());
  });
  EXPECT_EQ(score("cyn"), 50'000);
  const codec::Json decision = codec::Json::object(
      {{"did", did_named("cyn").text()}, {"event_id", std::uint64_t{1}}, {"upheld", true}});
  ASSERT_EQ(propose({action("DecideAppeal", decision)}), "ok") << ledger_.detail;
  EXPECT_EQ(ledger_.vote("ada", "yes"), "ok");
  EXPECT_EQ(ledger_.vote("cyn", "yes"), "ok");
  ledger_.pass(61);
  EXPECT_EQ(ledger_.state(), "executed");
  const auto appeal = reputation::kAppeals.get(ledger_.store(), {did_named("cyn"), 1}).value();
  ASSERT_TRUE(appeal);
  EXPECT_EQ(appeal->state, reputation::AppealState::kUpheld);
  EXPECT_EQ(appeal->decided_by, ledger_.last);
  EXPECT_EQ(score("cyn"), 50'200);  // her ballot
  EXPECT_EQ(propose({action("DecideAppeal", decision)}), "no_open_appeal");
}

TEST_F(GovernanceReputationTest, AVoteDecidesNothingThatJobsOrBallotsTell) {
  EXPECT_EQ(propose({action("RecordConduct", codec::Json::object({{"did", did_named("cyn").text()},
                                                                  {"kind", "successful_job"}}))}),
            "bad_action");
  EXPECT_EQ(propose({action("RecordConduct", codec::Json::object({{"did", did_named("dov").text()},
                                                                  {"kind", "mentorship"}}))}),
            "member_not_found");
}

TEST_F(GovernanceReputationTest, AMembershipIsKnownToTheAccount) {
  const auto memberships = economics::kMemberships.get(ledger_.store(), did_named("bob")).value();
  ASSERT_TRUE(memberships);
  EXPECT_EQ(memberships->items,
            (std::vector<economics::Membership>{{"local", economics::Organisation::kCooperative}}));
  EXPECT_EQ(ledger_.account(did_named("bob")).organisation, economics::Organisation::kCooperative);
  EXPECT_EQ(ledger_.submit("bob", "governance.leave", codec::Json::object({})), "ok");
  EXPECT_FALSE(economics::kMemberships.get(ledger_.store(), did_named("bob")).value());
  EXPECT_TRUE(standing("bob").engagement.empty());
}

}  // namespace
}  // namespace icn::governance
