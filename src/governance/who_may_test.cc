#include <gtest/gtest.h>

#include "governance/governance_testing.h"

// Who may what in votes, disputes and by roles: a row an act, a column a person. Proposals and memberships
// have such a table in tx/governance_tx_test.cc. Rules of domain.md 4: full members decide, those on
// probation discuss and cast no ballot; the operator of the node has no power over ballots.
namespace icn::governance {
namespace {

using codec::Json;
using testing::did_named;
using testing::kDay;
using testing::TestLedger;

// ada and ben are full members; `other` is a member of another scope.
const std::vector<std::string> kPeople{"ada",       "ben",   "stranger", "suspended",
                                       "probation", "other", "operator"};
// Whoever is no full member of the scope.
constexpr std::string_view kOthersRefused = "G001 G007 G007 G001 G001";

class WhoMayTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(ledger_.found({"ada", "ben", "cyd", "dee"}), "ok");
    const Json there =
        Json::object({{"scope", "group:garden"},
                      {"members", Json::array({Json::object({{"did", did_named("other").text()}})})}});
    ASSERT_EQ(ledger_.submit("operator", "governance.enroll", there), "ok");
    admit_as("suspended", {}, false);
    admit_as("probation", {}, true);
    ledger_.suspend_now("suspended");
  }
  void TearDown() override { EXPECT_EQ(ledger_.failures, std::vector<std::string>()); }

  void admit_as(const std::string& name, const std::vector<std::string>& roles, bool on_probation) {
    ledger_.change([&](ledger::View& view) -> Result<void> {
      const ledger::Parameters parameters = ledger::load_parameters(view).value();
      const ledger::BlockContext block{testing::kNetwork, 1, ledger_.now(), 0, &parameters};
      std::vector<ledger::Event> events;
      return admit(block, view, {kLocalScope, did_named(name), did_named("ada"), roles, "", on_probation},
                   events);
    });
  }

  template <typename Act>
  std::string row(const Act& act) {
    std::string outcomes;
    for (const std::string& who : kPeople) outcomes += (outcomes.empty() ? "" : " ") + act(who);
    return outcomes;
  }
  std::string full_members_only(std::string_view ada, std::string_view ben) {
    return std::string(ada) + " " + std::string(ben) + " " + std::string(kOthersRefused);
  }

  // A proposal of ada's whose voting has begun.
  void open(Json::Object more = {}, std::uint64_t discussion_secs = 3 * kDay) {
    ASSERT_EQ(ledger_.propose("ada", {testing::text()}, std::move(more)), "ok");
    ledger_.pass(discussion_secs);
    ASSERT_EQ(ledger_.state(), "voting");
  }

  std::string dispute(const std::string& who, const std::string& against, const std::string& level) {
    return ledger_.submit(who, "governance.open_dispute",
                          Json::object({{"type", "governance"},
                                        {"level", level},
                                        {"against", did_named(against).text()},
                                        {"statement_cid", testing::some_text().to_string()}}));
  }

  TestLedger ledger_;
};

TEST_F(WhoMayTest, VoteAndDelegate) {
  open();
  EXPECT_EQ(row([&](const std::string& who) { return ledger_.vote(who, "yes"); }),
            full_members_only("ok", "ok"));
  // What somebody on probation delegates is not followed before they may vote themselves.
  EXPECT_EQ(
      row([&](const std::string& who) {
        return ledger_.submit(who, "governance.delegate", Json::object({{"to", did_named("cyd").text()}}));
      }),
      "ok ok G001 G007 ok G001 G001");
  const std::string of_ada = [&] {
    EXPECT_EQ(ledger_.submit("ada", "governance.delegate",
                             Json::object({{"to", did_named("dee").text()}, {"scope", "local"}})),
              "ok");
    return *ledger_.output.find("delegation_id")->string();
  }();
  std::string revoked;
  for (auto who = kPeople.rbegin(); who != kPeople.rend(); ++who)
    revoked += (revoked.empty() ? "" : " ") + ledger_.submit(*who, "governance.revoke_delegation",
                                                             Json::object({{"delegation_id", of_ada}}));
  EXPECT_EQ(revoked, "G007 G007 G007 G007 G007 G007 ok");
  ledger_.pass(5 * kDay);
  EXPECT_EQ(ledger_.proposal().result->eligible, 4u);
  EXPECT_EQ(ledger_.proposal().result->participated, 2u);
  EXPECT_EQ(row([&](const std::string& who) { return ledger_.vote(who, "no"); }),
            "G003 G003 G003 G003 G003 G003 G003");
}

TEST_F(WhoMayTest, SealAndReveal) {
  open({{"privacy", "private_until_end"}});
  EXPECT_EQ(row([&](const std::string& who) {
              return ledger_.ballot(who, {{"commitment", std::string(64, 'a')}}, "governance.commit");
            }),
            full_members_only("ok", "ok"));
  ledger_.pass(5 * kDay);
  // It is not what they committed to; and who committed to nothing has nothing to reveal.
  const std::string revealed = row([&](const std::string& who) {
    return ledger_.ballot(who, {{"choice", "yes"}, {"salt", std::string(64, 'b')}}, "governance.reveal");
  });
  EXPECT_EQ(revealed.find("ok"), std::string::npos) << revealed;
}

TEST_F(WhoMayTest, ObjectAndJudgeObjections) {
  open({{"voting_method", "consent"}}, 14 * kDay);
  const Json::Object objection{{"position", "objection"}, {"reason", "It takes the only oven we have."}};
  EXPECT_EQ(ledger_.ballot("dee", objection), "ok");
  const std::string id = *ledger_.output.find("vote_id")->string();
  EXPECT_EQ(row([&](const std::string& who) { return ledger_.ballot(who, objection); }),
            full_members_only("ok", "ok"));
  EXPECT_EQ(row([&](const std::string& who) {
              return ledger_.ballot(who, {{"objection_id", id}, {"is_paramount", false}},
                                    "governance.judge_objection");
            }),
            full_members_only("ok", "ok"));
}

TEST_F(WhoMayTest, HaveDisputesAndJudgeThem) {
  EXPECT_EQ(row([&](const std::string& who) { return dispute(who, "ben", "arbitration"); }),
            "ok malformed G001 G001 ok G001 G001");
  EXPECT_EQ(dispute("ada", "ben", "arbitration"), "ok");
  const std::string id = *ledger_.output.find("dispute_id")->string();
  EXPECT_EQ(row([&](const std::string& who) {
              return ledger_.submit(
                  who, "governance.add_evidence",
                  Json::object({{"dispute_id", id}, {"evidence_cid", testing::some_text().to_string()}}));
            }),
            "ok ok G001 G001 ok G001 G001");
  const auto judged = [&](const std::string& who) {
    return ledger_.submit(who, "governance.resolve_dispute",
                          Json::object({{"dispute_id", id}, {"outcome", "rejected"}}));
  };
  EXPECT_EQ(row(judged), "G007 G007 G007 G007 G007 G007 G007");  // nobody before the vote
  ledger_.pass(2 * kDay);
  EXPECT_EQ(row(judged), "G007 G007 G001 G001 G001 G001 G001");  // neither party
  EXPECT_EQ(judged("cyd"), "ok");
}

TEST_F(WhoMayTest, ActByARoleOnly) {
  admit_as("safe", {"safety-committee"}, false);
  admit_as("med", {"mediator"}, false);
  admit_as("com", {"committee"}, false);
  const auto declare = [&](const std::string& who) {
    return ledger_.submit(
        who, "governance.declare_emergency",
        Json::object({{"kind", "anomaly"}, {"evidence_cid", testing::some_text().to_string()}}));
  };
  EXPECT_EQ(row(declare), full_members_only("G007", "G007"));
  EXPECT_EQ(declare("com"), "ok");
  ASSERT_EQ(ledger_.propose("ada", {testing::text()}, {{"category", "technical"}}), "ok");
  const auto veto = [&](const std::string& who) {
    return ledger_.submit(
        who, "governance.veto",
        Json::object({{"proposal_id", ledger_.last}, {"reason_cid", testing::some_text().to_string()}}));
  };
  EXPECT_EQ(row(veto), full_members_only("G007", "G007"));
  EXPECT_EQ(veto("safe"), "wrong_state");  // it may, once the proposal is queued
  EXPECT_EQ(dispute("ada", "ben", "mediation"), "ok");
  const std::string id = *ledger_.output.find("dispute_id")->string();
  const auto settle = [&](const std::string& who) {
    return ledger_.submit(who, "governance.resolve_dispute",
                          Json::object({{"dispute_id", id}, {"outcome", "settled"}}));
  };
  EXPECT_EQ(row(settle), "G007 G007 G007 G007 G007 G007 G007");
  EXPECT_EQ(settle("med"), "ok");
}

// The clock moves proposals; members may ask for it. Nobody else, and nobody before it is time.
TEST_F(WhoMayTest, AskForAStepAndLeave) {
  open();
  const auto advance = [&](const std::string& who) { return ledger_.step(who, "close", ledger_.last); };
  const std::string early = advance("ada");
  EXPECT_NE(early, "ok");
  EXPECT_NE(early, "G001");
  EXPECT_EQ(row(advance), early + " " + early + " G001 G001 " + early + " G001 G001");
  const auto leave = [&](const std::string& who) {
    return ledger_.submit(who, "governance.leave", Json::object({{"scope", "local"}}));
  };
  EXPECT_EQ(row(leave), "ok ok member_not_found ok ok member_not_found member_not_found");
  EXPECT_EQ(ledger_.vote("ada", "yes"), "ok");  // who could vote when it opened still can
}

}  // namespace
}  // namespace icn::governance
