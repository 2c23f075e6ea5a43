#include <gtest/gtest.h>

#include <set>

#include "governance/errors.h"
#include "governance/governance_testing.h"
#include "governance/parameters.h"

// Periods, quorums and thresholds below are those of domain.md 4.
namespace icn::governance {
namespace {

using testing::budget;
using testing::did_named;
using testing::kDay;
using testing::of_member;
using testing::TestLedger;

const std::vector<std::string> kFounders{"ada", "ben", "cyd", "dee"};
constexpr std::string_view kPrice = "mesh.price_max";

class LifecycleTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(ledger_.found(kFounders), "ok"); }
  void TearDown() override { EXPECT_EQ(ledger_.failures, std::vector<std::string>()); }
  Millimana locked(const std::string& name) { return ledger_.account(did_named(name)).locked; }
  void all_vote(const std::string& choice) {
    for (const std::string& name : kFounders) ledger_.vote(name, choice);
  }
  TestLedger ledger_;
};

TEST_F(LifecycleTest, AParameterIsChangedByAVoteAfterItsPeriods) {
  ASSERT_EQ(ledger_.propose("ada", {testing::set(kPrice, 2'000'000'000)}), "ok") << ledger_.detail;
  EXPECT_EQ(ledger_.state(), "discussion");
  EXPECT_EQ(locked("ada"), Millimana{50'000});
  EXPECT_EQ(ledger_.proposal().category, ProposalCategory::kOperational);
  ledger_.pass(3 * kDay - 1);
  EXPECT_EQ(ledger_.state(), "discussion");
  ledger_.pass(1);
  EXPECT_EQ(ledger_.state(), "voting");
  EXPECT_EQ(ledger_.proposal().eligible_count, 4u);
  ledger_.vote("ada", "yes");
  ledger_.pass(5 * kDay - 1);
  EXPECT_EQ(ledger_.state(), "voting");
  ledger_.pass(1);
  // One of four is the quorum of 25 % exactly; one yes of one is more than half.
  EXPECT_EQ(ledger_.state(), "queued");
  EXPECT_EQ(locked("ada"), Millimana{});
  ledger_.pass(kDay - 1);
  EXPECT_EQ(ledger_.step("ben", "execute", ledger_.last), "G009");
  EXPECT_EQ(ledger_.parameter(&ledger::Parameters::mesh_price_max), 1'000'000'000);
  ledger_.pass(1);
  EXPECT_EQ(ledger_.state(), "executed");
  EXPECT_EQ(ledger_.parameter(&ledger::Parameters::mesh_price_max), 2'000'000'000);
  const auto change = last_change(ledger_.store(), std::string(kPrice)).value();
  ASSERT_TRUE(change);
  EXPECT_EQ(change->before, 1'000'000'000);
  EXPECT_EQ(change->proposal_id, ledger_.last);
}

TEST_F(LifecycleTest, ATieFailsAndKeepsTheFeeOfAQuorum) {
  ASSERT_EQ(ledger_.propose("ada", {testing::text()}), "ok");
  ledger_.pass(3 * kDay);
  ledger_.vote("ada", "yes");
  ledger_.vote("ben", "no");
  ledger_.pass(5 * kDay);
  EXPECT_EQ(ledger_.state(), "rejected");
  EXPECT_TRUE(ledger_.proposal().result->quorum_met);
  EXPECT_EQ(ledger_.step("ben", "execute", ledger_.last), "wrong_state");
  EXPECT_EQ(locked("ada"), Millimana{});
}

TEST_F(LifecycleTest, WithoutAQuorumTheFeeIsBurned) {
  const Millimana burned = economics::kSupply.get(ledger_.store(), economics::kSupplyKey).value()->burned;
  ASSERT_EQ(ledger_.propose("ada", {testing::text()}), "ok");
  ledger_.pass(8 * kDay);
  EXPECT_EQ(ledger_.state(), "rejected");
  EXPECT_EQ(locked("ada"), Millimana{});
  EXPECT_EQ(economics::kSupply.get(ledger_.store(), economics::kSupplyKey).value()->burned - burned,
            Millimana{50'000});
  EXPECT_EQ(ledger_.step("ben", "execute", ledger_.last), "G004");
}

TEST_F(LifecycleTest, AThirdOfVetoesIsNotEnoughMoreIs) {
  ASSERT_EQ(ledger_.propose("ada", {testing::text()}), "ok");
  ledger_.pass(3 * kDay);
  ledger_.vote("ada", "yes");
  ledger_.vote("ben", "yes");
  ledger_.vote("cyd", "no_with_veto");
  ledger_.pass(5 * kDay);
  EXPECT_EQ(ledger_.state(), "queued");  // 3 * 1 > 3 is false
  ASSERT_EQ(ledger_.propose("ada", {testing::text()}), "ok");
  ledger_.pass(3 * kDay);
  ledger_.vote("ada", "yes");
  ledger_.vote("cyd", "no_with_veto");
  ledger_.pass(5 * kDay);
  EXPECT_EQ(ledger_.state(), "vetoed");
  EXPECT_EQ(ledger_.step("ben", "execute", ledger_.last), "G008");
}

TEST_F(LifecycleTest, AConstitutionalChangeNeedsSponsorsAndThreeQuarters) {
  ASSERT_EQ(ledger_.propose("ada", {testing::set("governance.proposal_fee", 60'000)}), "ok");
  EXPECT_EQ(ledger_.proposal().category, ProposalCategory::kConstitutional);
  EXPECT_EQ(ledger_.state(), "pending_sponsorship");
  EXPECT_EQ(ledger_.act("ben", "sponsor", ledger_.last), "ok");
  EXPECT_EQ(ledger_.act("cyd", "sponsor", ledger_.last), "ok");
  EXPECT_EQ(ledger_.state(), "pending_sponsorship");
  EXPECT_EQ(ledger_.act("dee", "sponsor", ledger_.last), "ok");
  EXPECT_EQ(ledger_.state(), "discussion");
  ledger_.pass(3 * kDay);
  for (const char* name : {"ada", "ben", "cyd"}) ledger_.vote(name, "yes");
  ledger_.vote("dee", "no");
  ledger_.pass(5 * kDay);
  EXPECT_EQ(ledger_.state(), "queued");  // exactly 75 %
  ledger_.pass(7 * kDay);
  EXPECT_EQ(ledger_.state(), "executed");
  EXPECT_EQ(ledger_.parameter(&ledger::Parameters::governance_proposal_fee), 60'000);
}

TEST_F(LifecycleTest, WhatFindsNoSponsorsExpires) {
  ASSERT_EQ(ledger_.propose("ada", {testing::set("governance.proposal_fee", 60'000)}), "ok");
  ledger_.pass(14 * kDay - 1);
  EXPECT_EQ(ledger_.state(), "pending_sponsorship");
  ledger_.pass(1);
  EXPECT_EQ(ledger_.state(), "expired");
  EXPECT_EQ(ledger_.step("ben", "execute", ledger_.last), "G005");
}

TEST_F(LifecycleTest, AStandstillMovesDeadlines) {
  ASSERT_EQ(ledger_.propose("ada", {testing::text()}), "ok");
  ledger_.pass(3 * kDay - 60);
  ledger_.stand_still(10 * kDay);
  EXPECT_EQ(ledger_.state(), "discussion");
  ledger_.pass(60);
  EXPECT_EQ(ledger_.state(), "voting");
  ledger_.vote("ada", "yes");
  ledger_.stand_still(10 * kDay);
  ledger_.pass(5 * kDay - 1);
  EXPECT_EQ(ledger_.state(), "voting");
  ledger_.pass(1);
  EXPECT_EQ(ledger_.state(), "queued");
}

TEST_F(LifecycleTest, AMemberComesByReviewVoteAndProbation) {
  ASSERT_EQ(ledger_.propose("ada", {of_member("AdmitMember", "eve")}), "ok");
  EXPECT_EQ(ledger_.member("eve")->status, MemberStatus::kPending);
  EXPECT_EQ(ledger_.propose("ben", {of_member("AdmitMember", "eve")}), "member_state");
  ledger_.pass(7 * kDay);
  ledger_.vote("ada", "yes");
  EXPECT_EQ(ledger_.account(did_named("eve")).balance, Millimana{});
  ledger_.pass(5 * kDay);
  EXPECT_EQ(ledger_.state(), "executed");
  EXPECT_EQ(ledger_.member("eve")->voting, VotingStatus::kProbationary);
  EXPECT_EQ(ledger_.member("eve")->sponsor, did_named("ada"));
  EXPECT_GT(ledger_.account(did_named("eve")).balance, Millimana{});
  EXPECT_EQ(ledger_.propose("eve", {testing::text()}), "G007");
  EXPECT_EQ(ledger_.scope().voters, 4u);
  ledger_.pass(30 * kDay - 1);
  EXPECT_EQ(ledger_.member("eve")->voting, VotingStatus::kProbationary);
  ledger_.pass(1);
  EXPECT_EQ(ledger_.member("eve")->voting, VotingStatus::kActive);
  EXPECT_EQ(ledger_.scope().voters, 5u);
}

TEST_F(LifecycleTest, WhoIsNotAdmittedIsNoApplicantAnyMore) {
  ASSERT_EQ(ledger_.propose("ada", {of_member("AdmitMember", "eve")}), "ok");
  ledger_.pass(12 * kDay);
  EXPECT_EQ(ledger_.state(), "rejected");
  EXPECT_FALSE(ledger_.member("eve"));
}

TEST_F(LifecycleTest, WhoIsAdmittedHasTheRolesTheVoteNamed) {
  const auto admit_eve = [](codec::Json::Array roles) {
    return testing::action(
        "AdmitMember", codec::Json::object({{"did", did_named("eve").text()}, {"roles", std::move(roles)}}));
  };
  EXPECT_EQ(ledger_.propose("ada", {admit_eve({"Treasurer"})}), "bad_action");
  EXPECT_EQ(ledger_.propose("ada", {admit_eve({"treasurer", "treasurer"})}), "bad_action");
  ASSERT_EQ(ledger_.propose("ada", {admit_eve({"treasurer", "baker"})}), "ok") << ledger_.detail;
  EXPECT_TRUE(ledger_.member("eve")->roles.empty());  // an applicant has none
  ledger_.pass(7 * kDay);
  ledger_.vote("ada", "yes");
  ledger_.pass(5 * kDay);
  EXPECT_EQ(ledger_.member("eve")->roles, (std::vector<std::string>{"baker", "treasurer"}));
  // Suspended and admitted again: what she had stays, what is new comes.
  ledger_.suspend_now("eve");
  ASSERT_EQ(ledger_.propose("ada", {admit_eve({"baker", "steward"})}), "ok") << ledger_.detail;
  ledger_.pass(7 * kDay);
  ledger_.vote("ada", "yes");
  ledger_.pass(5 * kDay);
  EXPECT_EQ(ledger_.state(), "executed") << ledger_.proposal().failure;
  EXPECT_EQ(ledger_.member("eve")->roles, (std::vector<std::string>{"baker", "steward", "treasurer"}));
}

TEST_F(LifecycleTest, ExpulsionNeedsTwoThirdsSuspensionMoreThanHalf) {
  ASSERT_EQ(ledger_.propose("ada", {of_member("RemoveMember", "dee")}), "ok");
  EXPECT_EQ(ledger_.proposal().threshold_ppm, 670'000u);
  ASSERT_EQ(ledger_.propose("ada", {of_member("SuspendMember", "cyd")}), "ok");
  EXPECT_EQ(ledger_.proposal().threshold_ppm, 500'000u);
  ledger_.pass(3 * kDay);
  all_vote("yes");
  ledger_.pass(5 * kDay);
  EXPECT_EQ(ledger_.state(), "executed");
  EXPECT_EQ(ledger_.member("cyd")->status, MemberStatus::kSuspended);
  EXPECT_EQ(ledger_.member("dee")->status, MemberStatus::kActive);
  EXPECT_EQ(ledger_.propose("cyd", {testing::text()}), "G007");
  // Taken back by admitting again, with no probation.
  ASSERT_EQ(ledger_.propose("ada", {of_member("AdmitMember", "cyd")}), "ok") << ledger_.detail;
  ledger_.pass(7 * kDay);
  ledger_.vote("ada", "yes");
  ledger_.pass(5 * kDay);
  EXPECT_EQ(ledger_.member("cyd")->voting, VotingStatus::kActive);
}

class BudgetTest : public LifecycleTest {
 protected:
  void SetUp() override {
    LifecycleTest::SetUp();
    pool_ = ledger_.scope().pool;
    ledger_.set_parameter("economics.transfer_policy", 3);
    pay_pool(100);
  }
  void pay_pool(std::int64_t mana) {
    ASSERT_EQ(ledger_.submit("ada", "economics.transfer",
                             codec::Json::object({{"to", pool_.text()}, {"amount", mana}})),
              "ok")
        << ledger_.detail;
  }
  void decide(codec::Json::Array actions) {
    ASSERT_EQ(ledger_.propose("ben", std::move(actions), {{"category", "constitutional"}}), "ok")
        << ledger_.detail;
    for (const char* name : {"ada", "cyd", "dee"})
      ASSERT_EQ(ledger_.act(name, "sponsor", ledger_.last), "ok");
    ledger_.pass(3 * kDay);
    all_vote("yes");
    ledger_.pass(5 * kDay);
    ASSERT_EQ(ledger_.state(), "queued");
  }
  Did pool_;
};

// domain.md 4: "elsewhere if the scope enables it".
TEST_F(LifecycleTest, AScopeDecidesWhetherItsVotesCloseEarly) {
  const auto allowed = [&](bool is_on) {
    return testing::action("SetEarlyClosing", codec::Json::object({{"closes_early", is_on}}));
  };
  EXPECT_EQ(ledger_.propose("ada", {allowed(true)}, {{"category", "operational"}}), "wrong_category");
  for (const bool is_on : {true, false}) {
    ASSERT_EQ(ledger_.propose("ben", {allowed(is_on)}), "ok") << ledger_.detail;
    EXPECT_EQ(ledger_.proposal().category, ProposalCategory::kConstitutional);
    for (const char* name : {"ada", "cyd", "dee"})
      ASSERT_EQ(ledger_.act(name, "sponsor", ledger_.last), "ok");
    ledger_.pass(3 * kDay);
    all_vote("yes");
    ledger_.pass(5 * kDay);
    ledger_.pass(7 * kDay);
    ASSERT_EQ(ledger_.state(), "executed");
    ASSERT_EQ(ledger_.propose("ada", {testing::text()}), "ok");
    EXPECT_EQ(ledger_.proposal().method_params.closes_early, is_on);
  }
}

// domain.md 4: a voting state and a tier of their own.
TEST_F(LifecycleTest, AnEmeritusHasAWordAndNoBallot) {
  const auto decide = [&](codec::Json action) {
    ASSERT_EQ(ledger_.propose("ada", {std::move(action)}), "ok") << ledger_.detail;
    EXPECT_EQ(ledger_.proposal().category, ProposalCategory::kMembership);
    ledger_.pass(3 * kDay);
    for (const char* name : {"ada", "ben", "cyd"}) ASSERT_EQ(ledger_.vote(name, "yes"), "ok");
    ledger_.pass(5 * kDay);
    ASSERT_EQ(ledger_.state(), "executed");
  };
  EXPECT_EQ(ledger_.propose("ada", {testing::role("GrantRole", "dee", "emeritus")},
                            {{"category", "operational"}}),
            "wrong_category");
  decide(testing::role("GrantRole", "dee", "emeritus"));
  EXPECT_EQ(ledger_.proposal().threshold_ppm, 670'000u);  // of an expulsion
  EXPECT_EQ(ledger_.member("dee")->status, MemberStatus::kActive);
  EXPECT_EQ(ledger_.member("dee")->voting, VotingStatus::kEmeritus);
  EXPECT_EQ(ledger_.member("dee")->tier, Tier::kEmeritus);
  EXPECT_EQ(ledger_.propose("dee", {testing::text()}), "G007");
  ASSERT_EQ(ledger_.propose("ada", {testing::text()}), "ok");
  ledger_.pass(3 * kDay);
  EXPECT_EQ(ledger_.proposal().eligible_count, 3u);
  EXPECT_EQ(ledger_.vote("dee", "yes"), "G007");
  ledger_.pass(5 * kDay);
  // Suspended and taken back it is what it was.
  decide(testing::action("SuspendMember", codec::Json::object({{"did", did_named("dee").text()}})));
  EXPECT_EQ(ledger_.member("dee")->voting, VotingStatus::kSuspended);
  ASSERT_EQ(ledger_.propose("ada", {testing::action("AdmitMember", codec::Json::object(
                                                                       {{"did", did_named("dee").text()}}))}),
            "ok");
  ledger_.pass(7 * kDay);
  for (const char* name : {"ada", "ben", "cyd"}) ASSERT_EQ(ledger_.vote(name, "yes"), "ok");
  ledger_.pass(5 * kDay);
  EXPECT_EQ(ledger_.member("dee")->voting, VotingStatus::kEmeritus);
  decide(testing::role("RevokeRole", "dee", "emeritus"));
  EXPECT_EQ(ledger_.member("dee")->voting, VotingStatus::kActive);
  EXPECT_EQ(ledger_.member("dee")->tier, Tier::kFull);
  EXPECT_EQ(ledger_.member("dee")->roles, std::vector<std::string>());
}

TEST_F(BudgetTest, APoolPaysWhatWasDecidedAndNeverMore) {
  EXPECT_EQ(ledger_.propose("ben", {budget(did_named("eve"), 101)}), "pool_too_small");
  ASSERT_EQ(ledger_.propose("ben", {budget(did_named("eve"), 60)}), "ok") << ledger_.detail;
  EXPECT_EQ(ledger_.proposal().category, ProposalCategory::kEconomic);
  ledger_.pass(3 * kDay);
  all_vote("yes");
  ledger_.pass(6 * kDay);
  EXPECT_EQ(ledger_.state(), "executed");
  EXPECT_EQ(ledger_.account(pool_).balance, Millimana{40'000});
  EXPECT_EQ(ledger_.account(did_named("eve")).balance, Millimana{60'000});
}

TEST_F(BudgetTest, AFailingActionUndoesAllAndMayBeTriedAgain) {
  decide({testing::role("GrantRole", "ada", "treasurer"), budget(did_named("eve"), 60),
          budget(did_named("fay"), 60)});
  ledger_.pass(7 * kDay);
  EXPECT_EQ(ledger_.state(), "execution_failed");
  EXPECT_NE(ledger_.proposal().failure.find("actions[2] BudgetAllocation"), std::string::npos)
      << ledger_.proposal().failure;
  EXPECT_EQ(ledger_.member("ada")->roles, std::vector<std::string>());
  EXPECT_EQ(ledger_.account(pool_).balance, Millimana{100'000});
  EXPECT_EQ(ledger_.account(did_named("eve")).balance, Millimana{});
  EXPECT_EQ(ledger_.step("dee", "execute", ledger_.last), "ok");
  EXPECT_EQ(ledger_.state(), "execution_failed");
  pay_pool(20);
  EXPECT_EQ(ledger_.step("dee", "execute", ledger_.last), "ok");
  EXPECT_EQ(ledger_.state(), "executed");
  EXPECT_EQ(ledger_.proposal().failure, "");
  EXPECT_EQ(ledger_.member("ada")->roles, std::vector<std::string>{"treasurer"});
  EXPECT_EQ(ledger_.account(pool_).balance, Millimana{});
}

TEST_F(BudgetTest, AFailedExecutionExpiresAWeekAfterItsTimelock) {
  decide({budget(did_named("eve"), 60), budget(did_named("fay"), 60)});
  ledger_.pass(7 * kDay);
  EXPECT_EQ(ledger_.state(), "execution_failed");
  ledger_.pass(7 * kDay - 1);
  EXPECT_EQ(ledger_.state(), "execution_failed");
  ledger_.pass(1);
  EXPECT_EQ(ledger_.state(), "expired");
}

TEST_F(LifecycleTest, OtherActionsBeginTheDiscussionAnewOtherWordsDoNot) {
  ASSERT_EQ(ledger_.propose("ada", {testing::set(kPrice, 2'000'000'000)}), "ok");
  ledger_.pass(2 * kDay);
  const std::uint64_t ends = ledger_.proposal().discussion_ends_secs;
  ASSERT_EQ(ledger_.submit("ada", "governance.amend",
                           codec::Json::object({{"proposal_id", ledger_.last},
                                                {"content", testing::some_text().to_string()}})),
            "ok");
  EXPECT_EQ(ledger_.proposal().revision, 2u);
  EXPECT_EQ(ledger_.proposal().discussion_ends_secs, ends);
  const auto actions = codec::Json::array({testing::set(kPrice, 3'000'000'000)});
  ASSERT_EQ(ledger_.submit("ada", "governance.amend",
                           codec::Json::object({{"proposal_id", ledger_.last}, {"actions", actions}})),
            "ok");
  EXPECT_EQ(ledger_.proposal().revision, 3u);
  EXPECT_EQ(ledger_.proposal().discussion_ends_secs, ends + 2 * kDay);
  ledger_.pass(3 * kDay);
  EXPECT_EQ(ledger_.state(), "voting");
  EXPECT_EQ(ledger_.submit("ada", "governance.amend",
                           codec::Json::object({{"proposal_id", ledger_.last}, {"actions", actions}})),
            "wrong_state");
}

TEST_F(LifecycleTest, TwoThirdsOfTheStewardsCancel) {
  ledger_.change([&](ledger::View& view) -> Result<void> {
    const ledger::Parameters parameters = ledger::load_parameters(view).value();
    const ledger::BlockContext block{testing::kNetwork, 1, testing::kStart, 0, &parameters};
    for (const char* name : {"ben", "cyd", "dee"})
      ICN_TRY(grant_role(block, view, kLocalScope, did_named(name), std::string(kSteward), ""));
    return {};
  });
  ASSERT_EQ(ledger_.propose("ada", {testing::text()}), "ok");
  ledger_.pass(3 * kDay);
  EXPECT_EQ(ledger_.act("ada", "cancel", ledger_.last), "wrong_state");
  EXPECT_EQ(ledger_.act("ben", "cancel", ledger_.last), "ok");
  EXPECT_EQ(ledger_.state(), "voting");
  EXPECT_EQ(ledger_.act("ben", "cancel", ledger_.last), "ok");
  EXPECT_EQ(ledger_.state(), "voting");  // one steward is one, however often
  EXPECT_EQ(ledger_.act("cyd", "cancel", ledger_.last), "ok");
  EXPECT_EQ(ledger_.state(), "cancelled");
  EXPECT_EQ(locked("ada"), Millimana{});
}

const std::set<std::pair<std::string, std::string>> kMoves{{"draft", "pending_sponsorship"},
                                                           {"draft", "discussion"},
                                                           {"pending_sponsorship", "discussion"},
                                                           {"discussion", "discussion"},
                                                           {"discussion", "voting"},
                                                           {"voting", "passed"},
                                                           {"voting", "rejected"},
                                                           {"voting", "vetoed"},
                                                           {"voting", "counting"},
                                                           {"counting", "passed"},
                                                           {"counting", "rejected"},
                                                           {"counting", "vetoed"},
                                                           {"passed", "queued"},
                                                           {"passed", "executed"},
                                                           {"passed", "execution_failed"},
                                                           {"queued", "executed"},
                                                           {"queued", "execution_failed"},
                                                           {"execution_failed", "executed"},
                                                           {"execution_failed", "execution_failed"},
                                                           {"execution_failed", "expired"},
                                                           {"pending_sponsorship", "expired"},
                                                           {"pending_sponsorship", "cancelled"},
                                                           {"discussion", "cancelled"}};

// Whatever members do in whatever order: a state follows only from those that may come before it, what has
// ended stays so, and every hold of mana is that of an open proposal.
TEST(LifecycleProperty, RandomActsMoveProposalsAlongTheGraph) {
  using enum ProposalState;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SeededRandom random(seed);
    const auto draw = [&](std::uint64_t count) { return read_u64(random.bytes(8)) % count; };
    TestLedger ledger;
    ASSERT_EQ(ledger.found(kFounders), "ok");
    std::vector<std::string> ids;
    for (int i = 0; i < 120; ++i) {
      const std::string who = kFounders[draw(kFounders.size())];
      switch (draw(7)) {
        case 0:
          if (ledger.propose(who, {draw(2) == 0 ? testing::set(kPrice, 1'000'000'000)
                                                : budget(did_named("eve"), 1)}) == "ok")
            ids.push_back(ledger.last);
          break;
        case 1:
          if (ledger.propose(who, {testing::set("governance.rounds_max", 3)}) == "ok")
            ids.push_back(ledger.last);
          break;
        case 2:
          if (!ids.empty()) ledger.act(who, "sponsor", ids[draw(ids.size())]);
          break;
        case 3:
          if (!ids.empty()) ledger.act(who, "cancel", ids[draw(ids.size())]);
          break;
        case 4:
          if (!ids.empty()) ledger.step(who, "execute", ids[draw(ids.size())]);
          break;
        case 5:
          if (!ids.empty()) {
            ledger.last = ids[draw(ids.size())];
            if (ledger.state() == "voting") ledger.vote(who, draw(3) == 0 ? "no" : "yes");
          }
          break;
        default:
          ledger.pass(draw(2 * kDay));
      }
    }
    EXPECT_EQ(ledger.failures, std::vector<std::string>()) << "seed " << seed;
    for (const ledger::Event& event : ledger.events) {
      if (event.type != kStatusEvent) continue;
      const codec::Json data = codec::parse_json(event.data).value();
      EXPECT_TRUE(kMoves.contains({*data.find("from")->string(), *data.find("state")->string()}))
          << event.data << " seed " << seed;
    }
    std::uint64_t open = 0;
    Millimana held;
    for (const std::string& id : ids) {
      const Proposal proposal = load_proposal(ledger.store(), id).value();
      open += is_open(proposal.state) ? 1 : 0;
      held += proposal.fee_escrow;
    }
    EXPECT_EQ(ledger.scope().open_proposals, open) << "seed " << seed;
    Millimana locked;
    for (const std::string& name : kFounders) locked += ledger.account(did_named(name)).locked;
    EXPECT_EQ(locked, held) << "seed " << seed;
  }
}

}  // namespace
}  // namespace icn::governance
