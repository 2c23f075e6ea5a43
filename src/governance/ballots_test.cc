#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "governance/audit.h"
#include "governance/ballot_trees.h"
#include "governance/errors.h"
#include "governance/governance_testing.h"
#include "governance/merkle_peaks.h"
#include "governance/tally/receipt.h"
#include "governance/tally/recount.h"

// Rules and numbers below are those of domain.md 4.
namespace icn::governance {
namespace {

using codec::Json;
using testing::did_named;
using testing::kDay;
using testing::TestLedger;

const std::vector<std::string> kFounders{"ada", "ben", "cyd", "dee"};

class BallotsTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(ledger_.found(kFounders), "ok"); }
  void TearDown() override { EXPECT_EQ(ledger_.failures, std::vector<std::string>()); }

  // A proposal whose voting, of five days, has begun.
  void open(Json::Object more = {}) {
    ASSERT_EQ(ledger_.propose("ada", {testing::text()}, std::move(more)), "ok") << ledger_.detail;
    ledger_.pass(3 * kDay);
    ASSERT_EQ(ledger_.state(), "voting");
  }
  BallotBox box() { return kBoxes.get(ledger_.store(), vote_key(ledger_.proposal())).value().value(); }
  ProposalResult result() { return ledger_.proposal().result.value(); }
  static Json::Object ranking(std::initializer_list<Json> options) {
    return {{"ranking", Json::array(options)}};
  }
  TestLedger ledger_;
};

TEST_F(BallotsTest, TheLastBallotOfAMemberCounts) {
  open();
  EXPECT_EQ(ledger_.vote("ada", "no"), "ok");
  EXPECT_EQ(ledger_.vote("ben", "yes"), "ok");
  EXPECT_EQ(ledger_.vote("ada", "yes"), "ok");
  EXPECT_EQ(ledger_.output.find("sequence")->number()->text, "3");
  EXPECT_TRUE(*ledger_.output.find("replaced")->boolean());
  EXPECT_EQ(box().ballots, 3u);
  EXPECT_EQ(box().participants, 2u);
  ledger_.pass(5 * kDay);
  EXPECT_EQ(result().yes, 2u);
  EXPECT_EQ(result().no, 0u);
  EXPECT_EQ(result().participated, 2u);
  EXPECT_EQ(result().eligible, 4u);
}

TEST_F(BallotsTest, VotingCostsNothing) {
  open();
  const auto before = ledger_.account(did_named("ben"));
  EXPECT_EQ(ledger_.vote("ben", "yes"), "ok");
  const auto after = ledger_.account(did_named("ben"));
  EXPECT_EQ(before.balance, after.balance);
  EXPECT_EQ(before.locked, after.locked);
}

TEST_F(BallotsTest, EveryCodeOfABallot) {
  EXPECT_EQ(ledger_.submit("ada", "governance.vote",
                           Json::object({{"proposal_id", "pr_0"}, {"revision", 1}, {"choice", "yes"}})),
            "proposal_not_found");
  ASSERT_EQ(ledger_.propose("ada", {testing::text()}), "ok");
  EXPECT_EQ(ledger_.vote("ada", "yes"), "G003");  // still discussed
  ledger_.pass(3 * kDay);
  EXPECT_EQ(ledger_.vote("eve", "yes"), "G001");
  EXPECT_EQ(ledger_.vote("ada", "perhaps"), "bad_ballot");
  EXPECT_EQ(ledger_.ballot("ada", ranking({"a"})), "bad_ballot");
  EXPECT_EQ(ledger_.ballot("ada", {{"choice", "yes"}, {"reason", "because"}}), "bad_ballot");
  EXPECT_EQ(ledger_.ballot("ada", {{"choice", "yes"}, {"revision", 2}}), "stale_revision");
  EXPECT_EQ(ledger_.ballot("ada", {{"commitment", std::string(64, 'a')}}, "governance.commit"), "not_sealed");
  EXPECT_EQ(ledger_.ballot("ada", {{"choice", "yes"}, {"salt", std::string(64, 'a')}}, "governance.reveal"),
            "G003");
  EXPECT_EQ(box().ballots, 0u);
  ledger_.pass(5 * kDay);
  EXPECT_EQ(ledger_.vote("ada", "yes"), "G003");
}

TEST_F(BallotsTest, ABallotIsTakenUntilTheDeadlineAndNotInItsSecond) {
  open();
  const std::uint64_t ends = ledger_.proposal().voting_ends_secs;
  ledger_.pass(kDay);
  EXPECT_EQ(ledger_.vote("ada", "yes"), "ok");  // the quorum: not late, so that nothing extends the voting
  ledger_.pass(4 * kDay - 1);
  ASSERT_EQ(ledger_.now(), ends - 1);
  EXPECT_EQ(ledger_.vote("cyd", "yes"), "ok");
  // Nobody has made a block since: that of the ballot is the closing one, and closes first.
  ledger_.wait(1);
  EXPECT_EQ(ledger_.vote("ben", "no"), "G003");
  EXPECT_EQ(result().yes, 2u);
  EXPECT_EQ(result().no, 0u);
}

TEST_F(BallotsTest, WhoBecameAMemberLaterDoesNotVote) {
  open();
  ledger_.admit_now("eve");
  EXPECT_EQ(ledger_.vote("eve", "yes"), "G007");
  EXPECT_EQ(ledger_.proposal().eligible_count, 4u);
  // Whoever leaves keeps the vote they had when it opened.
  ASSERT_EQ(ledger_.submit("dee", "governance.leave", Json::object({{"scope", "local"}})), "ok")
      << ledger_.detail;
  EXPECT_EQ(ledger_.vote("dee", "yes"), "ok");
}

TEST_F(BallotsTest, TheEligibleRootIsThatOfTheMembersInOrderHoweverManyBlocksItTakes) {
  std::vector<Did> dids;
  for (const std::string& name : kFounders) dids.push_back(did_named(name));
  std::sort(dids.begin(), dids.end());
  std::vector<crypto::Hash> leaves;
  for (const Did& did : dids) leaves.push_back(tally::eligible_leaf(did));
  const Bytes root = to_bytes(crypto::merkle_root(leaves));
  open();
  EXPECT_EQ(ledger_.proposal().eligible_root.bytes, root);
  ledger_.set_parameter("governance.count_step", 1);
  ledger_.pass(5 * kDay);
  open();
  EXPECT_EQ(ledger_.proposal().eligible_root.bytes, Bytes());
  ledger_.pass(600);
  EXPECT_EQ(ledger_.proposal().eligible_root.bytes, root);
}

TEST_F(BallotsTest, RankedChoiceIsCountedInStepsWhileTheProposalIsCounting) {
  ledger_.set_parameter("governance.count_step", 3);
  const Json params = Json::object({{"options", Json::array({"a", "b", "c"})}});
  open({{"voting_method", "ranked_choice"}, {"method_params", params}});
  EXPECT_EQ(ledger_.ballot("ada", ranking({"a", "b"})), "ok");
  EXPECT_EQ(ledger_.ballot("ben", ranking({"b"})), "ok");
  EXPECT_EQ(ledger_.ballot("cyd", ranking({"c", "b"})), "ok");
  EXPECT_EQ(ledger_.ballot("dee", ranking({"b", "c"})), "ok");
  EXPECT_EQ(ledger_.ballot("dee", ranking({"d"})), "bad_ballot");
  ledger_.pass(5 * kDay);
  EXPECT_EQ(ledger_.state(), "counting");
  ledger_.pass(600);
  ASSERT_TRUE(ledger_.proposal().result) << ledger_.state();
  // a 1, b 2, c 1: nobody has 3; one of a and c goes, and both name b next.
  EXPECT_EQ(result().winners, std::vector<std::string>{"b"});
  EXPECT_TRUE(result().passed);
}

TEST_F(BallotsTest, SealedBallotsSayNothingUntilTheyAreRevealed) {
  open({{"privacy", "private_until_end"}});
  const Bytes salt(32, 7);
  tally::BallotContent yes;
  yes.choice = "yes";
  const auto commitment = [&](const std::string& name) {
    return hex_encode(tally::ballot_commitment(ledger_.last, 1, did_named(name), yes, salt));
  };
  EXPECT_EQ(ledger_.vote("ada", "yes"), "sealed_vote");
  for (const std::string name : {"ada", "ben"})
    EXPECT_EQ(ledger_.ballot(name, {{"commitment", commitment(name)}}, "governance.commit"), "ok");
  const auto reveal = [&](const std::string& name, const std::string& choice) {
    return ledger_.ballot(name, {{"choice", choice}, {"salt", hex_encode(salt)}}, "governance.reveal");
  };
  EXPECT_EQ(reveal("ada", "yes"), "G003");  // not yet
  ledger_.pass(5 * kDay);
  EXPECT_EQ(ledger_.state(), "counting");
  EXPECT_EQ(reveal("cyd", "yes"), "not_committed");
  EXPECT_EQ(reveal("ada", "no"), "commitment_differs");
  EXPECT_EQ(reveal("ada", "yes"), "ok");
  EXPECT_EQ(reveal("ada", "yes"), "G002");
  EXPECT_EQ(ledger_.state(), "counting");  // ben's is still sealed
  ledger_.pass(kDay);
  EXPECT_EQ(reveal("ben", "yes"), "G003");
  // What was not revealed was not cast.
  EXPECT_EQ(result().yes, 1u);
  EXPECT_EQ(result().participated, 1u);
}

TEST_F(BallotsTest, WhenAllThatWasCastIsRevealedTheCountBegins) {
  open({{"privacy", "private_until_end"}});
  const Bytes salt(32, 7);
  tally::BallotContent yes;
  yes.choice = "yes";
  const auto commit = [&](const std::string& name) {
    const auto commitment = tally::ballot_commitment(ledger_.last, 1, did_named(name), yes, salt);
    return ledger_.ballot(name, {{"commitment", hex_encode(commitment)}}, "governance.commit");
  };
  EXPECT_EQ(commit("ada"), "ok");
  EXPECT_EQ(commit("ben"), "ok");
  EXPECT_EQ(commit("ada"), "ok");  // replaced: two voters, three ballots
  const auto begun = [&] {
    return std::count_if(ledger_.events.begin(), ledger_.events.end(),
                         [](const ledger::Event& event) { return event.type == "RevealsBegin"; });
  };
  EXPECT_EQ(begun(), 0);
  ledger_.pass(5 * kDay);
  EXPECT_EQ(begun(), 1);
  const std::uint64_t ends = kVotes.get(ledger_.store(), ledger_.last).value()->reveal_ends_secs;
  EXPECT_EQ(ends, ledger_.proposal().voting_ends_secs + kDay);
  const auto reveal = [&](const std::string& name) {
    return ledger_.ballot(name, {{"choice", "yes"}, {"salt", hex_encode(salt)}}, "governance.reveal");
  };
  EXPECT_EQ(reveal("ada"), "ok");
  ledger_.pass(60);
  EXPECT_EQ(ledger_.state(), "counting");
  EXPECT_EQ(reveal("ben"), "ok");
  EXPECT_EQ(reveal("ben"), "G003");  // the next block has counted
  EXPECT_NE(ledger_.state(), "counting");
  EXPECT_EQ(result().yes, 2u);
  // Nothing is due a second time.
  ledger_.pass(2 * kDay);
  EXPECT_TRUE(ledger_.failures.empty());
}

TEST_F(BallotsTest, ASealedVoteWithoutBallotsWaitsForNobody) {
  open({{"privacy", "private_until_end"}});
  ledger_.pass(5 * kDay + 60);
  EXPECT_NE(ledger_.state(), "counting");
  EXPECT_EQ(result().participated, 0u);
}

TEST_F(BallotsTest, WhereItMayCloseEarlyABallotIsFinalAndItClosesWhenNothingCanChange) {
  EXPECT_EQ(ledger_.propose("ada", {testing::text()},
                            {{"method_params", Json::object({{"closes_early", true}})}}),
            "bad_method");  // it is the scope's to say
  ledger_.change([&](ledger::View& view) -> Result<void> {
    ICN_TRY_ASSIGN(scope, load_scope(view, kLocalScope));
    scope.closes_early = true;
    return kScopes.put(view, kLocalScope, scope);
  });
  open({{"privacy", "private_until_end"}});
  EXPECT_FALSE(ledger_.proposal().method_params.closes_early);
  open();
  EXPECT_EQ(ledger_.vote("ada", "yes"), "ok");
  EXPECT_EQ(ledger_.vote("ada", "no"), "G002");
  EXPECT_EQ(ledger_.vote("ben", "yes"), "ok");
  EXPECT_EQ(ledger_.state(), "voting");  // two no could still make it a tie
  EXPECT_EQ(ledger_.vote("cyd", "yes"), "ok");
  EXPECT_EQ(ledger_.state(), "queued");
  EXPECT_EQ(result().yes, 3u);
  EXPECT_EQ(ledger_.vote("dee", "no"), "G003");
}

TEST_F(BallotsTest, ALateQuorumExtendsTheVotingOnce) {
  open();
  const std::uint64_t ends = ledger_.proposal().voting_ends_secs;
  ledger_.pass(5 * kDay - 3'600);  // in the last tenth
  EXPECT_EQ(ledger_.vote("ada", "yes"), "ok");
  EXPECT_EQ(ledger_.proposal().voting_ends_secs, ends + kDay);
  EXPECT_EQ(ledger_.vote("ben", "no"), "ok");  // turns the outcome, but once is once
  EXPECT_EQ(ledger_.proposal().voting_ends_secs, ends + kDay);
  ledger_.pass(3'600);
  EXPECT_EQ(ledger_.vote("cyd", "yes"), "ok");
  ledger_.pass(kDay);
  EXPECT_EQ(result().yes, 2u);
}

TEST_F(BallotsTest, RemindsADayThreeHoursAndAnHourBeforeTheEnd) {
  open();
  const auto reminders = [&] {
    return std::count_if(ledger_.events.begin(), ledger_.events.end(),
                         [](const ledger::Event& event) { return event.type == "VotingEndsSoon"; });
  };
  ledger_.pass(4 * kDay - 60);
  EXPECT_EQ(reminders(), 0);
  ledger_.pass(60);
  EXPECT_EQ(reminders(), 1);
  ledger_.pass(21 * 3'600);
  EXPECT_EQ(reminders(), 2);
  ledger_.pass(2 * 3'600);
  EXPECT_EQ(reminders(), 3);
  ledger_.pass(3'600);
  EXPECT_EQ(reminders(), 3);
}

TEST_F(BallotsTest, AnEarlyQuorumExtendsNothing) {
  open();
  const std::uint64_t ends = ledger_.proposal().voting_ends_secs;
  ledger_.pass(kDay);
  EXPECT_EQ(ledger_.vote("ada", "yes"), "ok");
  EXPECT_EQ(ledger_.proposal().voting_ends_secs, ends);
}

TEST_F(BallotsTest, ABlockedConsensusIsAskedForAgain) {
  open({{"voting_method", "consensus"}});
  for (const std::string& name : kFounders)
    EXPECT_EQ(ledger_.vote(name, name == "dee" ? "block" : "yes"), "ok");
  ledger_.pass(7 * kDay);
  EXPECT_EQ(ledger_.state(), "voting");
  EXPECT_EQ(ledger_.proposal().round, 2u);
  EXPECT_EQ(box().ballots, 0u);
  for (const std::string& name : kFounders) EXPECT_EQ(ledger_.vote(name, "yes"), "ok");
  ledger_.pass(7 * kDay);
  EXPECT_TRUE(result().passed);
  EXPECT_EQ(result().rounds, 2u);
}

TEST_F(BallotsTest, ConsensusMayEndWithThreeQuartersAndABlockIsStillTaken) {
  open({{"voting_method", "consensus"}, {"method_params", Json::object({{"falls_to_supermajority", true}})}});
  for (std::uint32_t round = 1; round <= 3; ++round) {
    EXPECT_EQ(ledger_.proposal().round, round);
    for (const std::string& name : kFounders)
      EXPECT_EQ(ledger_.vote(name, name == "dee" ? "block" : "yes"), "ok") << ledger_.detail;
    ledger_.pass(7 * kDay);
  }
  // Three of four are three quarters.
  EXPECT_TRUE(result().passed);
  EXPECT_EQ(result().yes, 3u);
  EXPECT_EQ(result().no, 1u);
}

TEST_F(BallotsTest, AVetoEndsAConsensusWithoutAnotherRound) {
  open({{"voting_method", "consensus"}});
  EXPECT_EQ(ledger_.vote("ada", "yes"), "ok");
  EXPECT_EQ(ledger_.vote("ben", "no_with_veto"), "ok");
  ledger_.pass(7 * kDay);
  EXPECT_EQ(ledger_.state(), "vetoed");
}

// c = 0.9 c + supporters each day; 10 x 0.3 x 4 = 12 is needed. Of 3 supporters it is 30 (1 - 0.9^n): 10.317
// after 4 days, 12.285 after 5. Of 1 it never exceeds 10.
TEST_F(BallotsTest, ConvictionPassesOnTheDayItSuffices) {
  open({{"voting_method", "conviction"}, {"duration_secs", 20 * kDay}});
  for (const std::string name : {"ada", "ben", "cyd"}) EXPECT_EQ(ledger_.vote(name, "yes"), "ok");
  ledger_.pass(5 * kDay - 60);
  EXPECT_EQ(ledger_.state(), "voting");
  EXPECT_EQ(box().supporters, std::vector<std::uint64_t>(4, 3));
  ledger_.pass(60);
  EXPECT_EQ(ledger_.state(), "queued");
  EXPECT_TRUE(result().passed);
}

TEST_F(BallotsTest, ConvictionThatNeverSufficesIsRejected) {
  open({{"voting_method", "conviction"}, {"duration_secs", 20 * kDay}});
  EXPECT_EQ(ledger_.vote("ada", "yes"), "ok");
  EXPECT_EQ(ledger_.vote("ben", "yes"), "ok");
  ledger_.pass(2 * kDay);
  EXPECT_EQ(ledger_.vote("ben", "no"), "ok");
  ledger_.pass(17 * kDay);
  EXPECT_EQ(ledger_.state(), "voting");
  ledger_.pass(kDay);
  EXPECT_EQ(ledger_.state(), "rejected");
  EXPECT_EQ(box().supporters.size(), 20u);
  EXPECT_EQ(box().supporters.front(), 2u);
  EXPECT_EQ(box().supporters.back(), 1u);
}

class ConsentTest : public BallotsTest {
 protected:
  void SetUp() override {
    BallotsTest::SetUp();
    ASSERT_EQ(ledger_.propose("ada", {testing::text()}, {{"voting_method", "consent"}}), "ok");
    ledger_.pass(14 * kDay);
    ASSERT_EQ(ledger_.state(), "voting");
    EXPECT_EQ(position("ada", "support"), "ok");
  }
  std::string position(const std::string& name, const std::string& position) {
    Json::Object ballot{{"position", position}};
    if (position == "objection") ballot.emplace_back("reason", "It takes the only oven we have.");
    return ledger_.ballot(name, ballot);
  }
  std::string object(const std::string& name) {
    const std::string outcome = position(name, "objection");
    if (outcome == "ok") id_ = *ledger_.output.find("vote_id")->string();
    return outcome;
  }
  std::string judge(const std::string& name, bool is_paramount) {
    return ledger_.ballot(name, {{"objection_id", id_}, {"is_paramount", is_paramount}},
                          "governance.judge_objection");
  }
  bool is_set_aside() { return *ledger_.output.find("is_set_aside")->boolean(); }
  std::string id_;
};

TEST_F(ConsentTest, AnObjectionAsksForAnotherRound) {
  EXPECT_EQ(object("dee"), "ok");
  ledger_.pass(7 * kDay);
  EXPECT_EQ(ledger_.state(), "voting");
  EXPECT_EQ(ledger_.proposal().round, 2u);
}

TEST_F(ConsentTest, AWithdrawnObjectionStandsNoMore) {
  EXPECT_EQ(object("dee"), "ok");
  EXPECT_EQ(position("dee", "neutral"), "ok");
  EXPECT_EQ(judge("ada", false), "objection_withdrawn");
  ledger_.pass(7 * kDay);
  EXPECT_TRUE(result().passed);
  EXPECT_EQ(result().participated, 2u);
}

TEST_F(ConsentTest, TwoThirdsOfThoseWhoMayVoteSetAnObjectionAside) {
  EXPECT_EQ(object("dee"), "ok");
  EXPECT_EQ(judge("dee", false), "G007");
  EXPECT_EQ(judge("eve", false), "G001");
  EXPECT_EQ(judge("ada", false), "ok");
  EXPECT_EQ(judge("ada", false), "ok");  // once is once
  EXPECT_EQ(judge("ben", false), "ok");
  EXPECT_FALSE(is_set_aside());  // two of four
  EXPECT_EQ(judge("cyd", false), "ok");
  EXPECT_TRUE(is_set_aside());
  EXPECT_EQ(judge("ben", true), "ok");
  EXPECT_FALSE(is_set_aside());
  EXPECT_EQ(judge("ben", false), "ok");
  EXPECT_EQ(position("dee", "objection"), "ok");  // said again it is no new one
  ledger_.pass(7 * kDay);
  EXPECT_TRUE(result().passed);
  EXPECT_EQ(result().no, 0u);
  EXPECT_EQ(result().participated, 2u);
  EXPECT_EQ(judge("ben", false), "G003");
  // The audit shows the newest word of each, and comes to the same; nothing here is really signed.
  ledger::Published published;
  published.network.network = testing::kNetwork;
  const auto bundle = bundle_of(ledger_.store(), published, ledger_.proposal());
  ASSERT_TRUE(bundle.ok()) << bundle.error().detail();
  EXPECT_EQ(bundle->judgements.size(), 3u);
  EXPECT_EQ(bundle->statement.objections_set_aside, std::vector<std::uint64_t>{3});
  for (const tally::Finding& each : tally::recount(*bundle).findings)
    EXPECT_TRUE(each.what.ends_with("_signature")) << each.what << " " << each.detail;
}

TEST_F(ConsentTest, EveryCodeOfAJudgement) {
  EXPECT_EQ(object("dee"), "ok");
  id_ = "vo_0";
  EXPECT_EQ(judge("ada", false), "objection_not_found");
  ledger_.last = "pr_0";
  EXPECT_EQ(
      ledger_.submit(
          "ada", "governance.judge_objection",
          Json::object(
              {{"proposal_id", "pr_0"}, {"objection_id", id_}, {"revision", 1}, {"is_paramount", false}})),
      "proposal_not_found");
}

TEST(BallotTree, HasTheRootAndThePathsOfTheTree) {
  std::vector<crypto::Hash> leaves;
  for (std::uint64_t count = 0; count < 40; ++count) {
    const BallotTree tree(leaves);
    EXPECT_EQ(tree.root(), crypto::merkle_root(leaves)) << count;
    for (std::uint64_t i = 0; i < count; ++i)
      EXPECT_EQ(tree.path(i), crypto::merkle_path(leaves, i)) << count;
    leaves.push_back(crypto::sha256(as_bytes(std::to_string(count))));
  }
}

TEST(MerklePeaks, HaveTheRootOfTheTree) {
  codec::HexBytes peaks;
  std::vector<crypto::Hash> leaves;
  EXPECT_EQ(root_of_peaks(peaks), crypto::merkle_root(leaves));
  for (std::uint64_t i = 0; i < 70; ++i) {
    leaves.push_back(crypto::sha256(as_bytes(std::to_string(i))));
    add_to_peaks(peaks, i, leaves.back());
    EXPECT_EQ(root_of_peaks(peaks), crypto::merkle_root(leaves)) << i;
  }
}

}  // namespace
}  // namespace icn::governance
