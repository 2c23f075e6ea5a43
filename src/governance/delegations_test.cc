#include <gtest/gtest.h>

#include "governance/api/delegations.h"
#include "governance/governance_testing.h"
#include "governance/tally/recount.h"

namespace icn::governance {
namespace {

using codec::Json;
using testing::did_named;
using testing::kDay;
using testing::TestLedger;

class DelegationsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < 12; ++i) names_.push_back("m" + std::to_string(i));
    ASSERT_EQ(ledger_.found(names_), "ok");
  }
  void TearDown() override { EXPECT_EQ(ledger_.failures, std::vector<std::string>()); }

  std::string delegate(const std::string& from, const std::string& to, Json::Object more = {}) {
    Json body = Json::object({{"to", did_named(to).text()}});
    for (auto& [name, value] : more) body.set(name, value);
    const std::string outcome = ledger_.submit(from, "governance.delegate", std::move(body));
    if (outcome == "ok") id_ = *ledger_.output.find("delegation_id")->string();
    return outcome;
  }
  std::string revoke(const std::string& who) {
    return ledger_.submit(who, "governance.revoke_delegation", Json::object({{"delegation_id", id_}}));
  }
  void open(Json::Object more = {}, const std::string& proposer = "m0") {
    ASSERT_EQ(ledger_.propose(proposer, {testing::text()}, std::move(more)), "ok") << ledger_.detail;
    ledger_.pass(3 * kDay);
    ASSERT_EQ(ledger_.state(), "voting");
  }
  ProposalResult result() { return ledger_.proposal().result.value(); }

  using Numbers = std::vector<std::uint64_t>;
  // The votes that a member is noted to have taken part in.
  Numbers voted(const std::string& name) {
    return reputation::load_standing(ledger_.store(), did_named(name)).value().engagement.at(0).voted;
  }
  // What a count has left in the store.
  std::size_t chunks_of(std::uint32_t round) {
    const Bytes head = ledger::key_of(vote_key(ledger_.last, round));
    auto rows = kCountChunks.scan(ledger_.store(), ledger::prefix_range(head)).value();
    std::size_t out = 0;
    while (rows.next().value()) ++out;
    return out;
  }
  // What members are told of the proposal's vote, each by a request that may read so many rows.
  std::string told(const std::vector<std::string>& names, std::size_t rows_max = kAskedRowsMax) {
    const ledger::Parameters parameters = ledger::load_parameters(ledger_.store()).value();
    const Proposal proposal = ledger_.proposal();
    const Vote vote = kVotes.get(ledger_.store(), vote_key(proposal)).value().value();
    std::string out;
    for (const std::string& name : names) {
      std::size_t rows_left = rows_max;
      const auto walk = api::walk_in(ledger_.store(), proposal, vote, parameters, ledger_.now(), rows_left);
      const auto chain = api::follow_chain(walk, did_named(name)).value();
      out += (out.empty() ? "" : " ") + chain.reason;
      const bool names_one = chain.reason == "delegate_voted" || chain.reason == "own_ballot";
      EXPECT_EQ(chain.ballot.has_value(), names_one && proposal.privacy == Privacy::kPublic);
    }
    return out;
  }

  TestLedger ledger_;
  std::vector<std::string> names_;
  std::string id_;
};

TEST_F(DelegationsTest, ADelegatesBallotCountsForWhoCastsNone) {
  EXPECT_EQ(delegate("m1", "m2"), "ok");
  EXPECT_EQ(delegate("m2", "m3"), "ok");
  EXPECT_EQ(delegate("m4", "m3"), "ok");
  open();
  EXPECT_EQ(ledger_.vote("m3", "yes"), "ok");
  EXPECT_EQ(ledger_.vote("m4", "no"), "ok");  // an own ballot stands before the delegation
  ledger_.pass(5 * kDay);
  EXPECT_EQ(result().yes, 3u);  // m1, m2 and m3
  EXPECT_EQ(result().no, 1u);
  EXPECT_EQ(result().participated, 4u);
}

TEST_F(DelegationsTest, TheCountIsTheSameInStepsOfOneRow) {
  EXPECT_EQ(delegate("m1", "m2"), "ok");
  EXPECT_EQ(delegate("m2", "m3"), "ok");
  EXPECT_EQ(delegate("m5", "m3", {{"scope", "local"}}), "ok");
  ledger_.set_parameter("governance.count_step", 1);
  open();
  EXPECT_EQ(ledger_.vote("m3", "yes"), "ok");
  ledger_.pass(5 * kDay);
  EXPECT_EQ(ledger_.state(), "counting");
  // What changes while it is counted makes no difference.
  EXPECT_EQ(revoke("m5"), "ok");
  EXPECT_EQ(delegate("m6", "m3"), "ok");
  ledger_.pass(3'600);
  ASSERT_TRUE(ledger_.proposal().result) << ledger_.state();
  EXPECT_EQ(result().yes, 4u);
}

// domain.md 5: gamma is 0.5 + the share of votes taken part in, "own or delegated".
TEST_F(DelegationsTest, ADelegatesBallotIsAPartInTheVote) {
  const auto gamma = [&](const std::string& name) {
    const auto standing = reputation::load_standing(ledger_.store(), did_named(name)).value();
    const std::uint64_t day = reputation::day_of(ledger_.now());
    return reputation::gamma_ppm(reputation::turnout_of(ledger_.store(), standing, day).value());
  };
  for (const std::uint64_t step : {1u, 20'000u}) {
    ledger_.set_parameter("governance.count_step", static_cast<std::int64_t>(step));
    EXPECT_EQ(delegate("m1", "m2"), "ok");
    EXPECT_EQ(delegate("m2", "m3"), "ok");
    EXPECT_EQ(delegate("m4", "m5"), "ok");  // who casts no ballot
    open();
    for (const std::string name : {"m3", "m6", "m7"}) EXPECT_EQ(ledger_.vote(name, "yes"), "ok");
    ledger_.pass(7 * kDay);
    EXPECT_EQ(result().participated, 5u);
    for (const std::string name : {"m1", "m2", "m3"}) EXPECT_EQ(gamma(name), 1'500'000u) << name;
    for (const std::string name : {"m4", "m5", "m8"}) EXPECT_EQ(gamma(name), 500'000u) << name;
  }
  // It is no ballot: that alone moves a reputation, and is activity.
  const auto followed = reputation::load_standing(ledger_.store(), did_named("m1")).value();
  EXPECT_EQ(followed.score, reputation::kPointsStart);
  EXPECT_TRUE(followed.activity.empty());
}

// A further round is the same vote.
TEST_F(DelegationsTest, APartInAVoteIsNotedOnce) {
  EXPECT_EQ(delegate("m1", "m2"), "ok");
  open({{"voting_method", "consensus"}});
  for (const std::string name : {"m2", "m3", "m4"}) EXPECT_EQ(ledger_.vote(name, "block"), "ok");
  ledger_.pass(7 * kDay);
  ASSERT_EQ(ledger_.proposal().round, 2u);
  EXPECT_EQ(voted("m1"), (Numbers{1}));
  for (const std::string name : {"m2", "m3", "m4"}) EXPECT_EQ(ledger_.vote(name, "yes"), "ok");
  ledger_.pass(7 * kDay);
  EXPECT_EQ(result().participated, 4u);
  EXPECT_EQ(result().rounds, 2u);
  EXPECT_EQ(voted("m1"), (Numbers{1}));
  EXPECT_EQ(chunks_of(1), 0u);
  EXPECT_EQ(chunks_of(2), 0u);
}

// A block notes no more parts in a vote than its rows allow, and the next goes on from there.
TEST_F(DelegationsTest, PartsInAVoteAreNotedInSteps) {
  EXPECT_EQ(delegate("m1", "m2"), "ok");
  EXPECT_EQ(delegate("m2", "m3"), "ok");
  EXPECT_EQ(delegate("m4", "m5"), "ok");
  const auto credited = [&] {  // where a block left off
    Numbers out;
    ledger_.pass(5 * kDay);
    for (int blocks = 0; blocks < 60 && !ledger_.proposal().result; ++blocks) {
      const auto count = kCounts.get(ledger_.store(), vote_key(ledger_.proposal())).value();
      if (count && count->phase == CountPhase::kCredit) out.push_back(count->credited);
      ledger_.pass(60);
    }
    return out;
  };
  ledger_.set_parameter("governance.count_step", 1);
  open({{"voting_method", "ranked_choice"},
        {"method_params", Json::object({{"options", Json::array({"a", "b"})}})}});
  for (const std::string name : {"m3", "m6"})
    EXPECT_EQ(ledger_.ballot(name, {{"ranking", Json::array({"b"})}}), "ok");
  EXPECT_EQ(ledger_.ballot("m5", {{"ranking", Json::array({"a", "b"})}}), "ok");
  EXPECT_EQ(credited(), (Numbers{0, 1, 2}));
  EXPECT_EQ(result().winners, std::vector<std::string>{"b"});
  EXPECT_EQ(result().participated, 6u);
  for (const std::string name : {"m1", "m2", "m4"}) EXPECT_EQ(voted(name), (Numbers{1})) << name;
  EXPECT_EQ(chunks_of(1), 0u);
  // A follower is 16 rows: chunks of two, and one of them a block.
  ledger_.set_parameter("governance.count_step", 32);
  open();
  for (const std::string name : {"m3", "m5", "m6"}) EXPECT_EQ(ledger_.vote(name, "yes"), "ok");
  EXPECT_EQ(credited(), (Numbers{1}));
  EXPECT_EQ(result().participated, 6u);
  for (const std::string name : {"m1", "m2", "m4"}) EXPECT_EQ(voted(name), (Numbers{1, 2})) << name;
  EXPECT_EQ(chunks_of(1), 0u);
}

TEST_F(DelegationsTest, WithoutDelegationEverybodyVotesThemselves) {
  EXPECT_EQ(delegate("m1", "m2"), "ok");
  open({{"delegation", false}});
  EXPECT_EQ(ledger_.vote("m2", "yes"), "ok");
  ledger_.vote("m3", "yes");
  ledger_.vote("m4", "yes");
  ledger_.pass(5 * kDay);
  EXPECT_EQ(result().participated, 3u);
}

TEST_F(DelegationsTest, EveryCodeOfADelegation) {
  EXPECT_EQ(delegate("m1", "m1"), "G006");
  EXPECT_EQ(delegate("eve", "m1"), "G001");
  EXPECT_EQ(delegate("m1", "eve"), "G006");
  EXPECT_EQ(delegate("m1", "m2", {{"scope", "everybody"}}), "bad_scope");
  EXPECT_EQ(delegate("m1", "m2", {{"categories", Json::array({"weather"})}}), "malformed");
  EXPECT_EQ(delegate("m1", "m2", {{"proposal_id", "pr_0"}}), "proposal_not_found");
  EXPECT_EQ(delegate("m1", "m2", {{"valid_until", std::uint64_t{ledger_.now()}}}), "G006");
  EXPECT_EQ(delegate("m1", "m2", {{"valid_until", std::uint64_t{ledger_.now() + 366 * kDay}}}), "G006");
  EXPECT_EQ(delegate("m1", "m2"), "ok");
  EXPECT_EQ(delegate("m2", "m1"), "G006");  // a cycle
  EXPECT_EQ(delegate("m2", "m3"), "ok");
  EXPECT_EQ(delegate("m3", "m1", {{"categories", Json::array({"economic"})}}), "G006");
  EXPECT_EQ(revoke("m1"), "G007");
  EXPECT_EQ(revoke("m2"), "ok");
  EXPECT_EQ(revoke("m2"), "G006");
  id_ = "de_0";
  EXPECT_EQ(revoke("m2"), "delegation_not_found");
}

TEST_F(DelegationsTest, ADelegateCarriesFiveMembersOfTwelve) {
  for (int i = 1; i <= 5; ++i) EXPECT_EQ(delegate(names_[static_cast<std::size_t>(i)], "m0"), "ok");
  EXPECT_EQ(delegate("m6", "m0"), "G006");
  EXPECT_EQ(delegate("m6", "m1"), "G006");  // who follows m0 already
}

// domain.md 4: the cap is "checked again when voting opens, when the newest surplus delegators are told to
// vote themselves". What they are told is what the count does.
TEST_F(DelegationsTest, TheNewestSurplusDelegatorsAreTold) {
  for (const std::string name : {"m2", "m1", "m3", "m4"}) {
    EXPECT_EQ(delegate(name, "m0"), "ok");
    ledger_.pass(60);
  }
  EXPECT_EQ(delegate("m5", "m1"), "ok");
  ledger_.set_parameter("governance.delegation_cap_min", 3);  // 10 % of 12 are 1
  open();
  const std::vector<std::string> all{"m1", "m2", "m3", "m4", "m5"};
  EXPECT_EQ(told(all), "follows follows follows over_cap over_cap");
  EXPECT_EQ(ledger_.vote("m0", "yes"), "ok");
  EXPECT_EQ(told(all), "delegate_voted delegate_voted delegate_voted over_cap over_cap");
  EXPECT_EQ(ledger_.vote("m2", "no"), "ok");  // makes room for one
  EXPECT_EQ(told(all), "delegate_voted own_ballot delegate_voted delegate_voted over_cap");
  ledger_.pass(5 * kDay);
  EXPECT_EQ(result().yes, 4u);  // m0, m1, m3, m4
  EXPECT_EQ(result().no, 1u);
  EXPECT_EQ(told(all), "delegate_voted own_ballot delegate_voted delegate_voted over_cap");
}

// Nobody can hide it by delegations that are made and ended again and again.
TEST_F(DelegationsTest, WhatHasEndedIsNotReadToTellOfTheCap) {
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(delegate("m6", "m0"), "ok") << ledger_.detail;
    EXPECT_EQ(revoke("m6"), "ok");
  }
  for (const std::string name : {"m1", "m2", "m3", "m4"}) {
    EXPECT_EQ(delegate(name, "m0"), "ok");
    ledger_.pass(60);
  }
  ledger_.set_parameter("governance.delegation_cap_min", 3);
  open();
  // Their own row, and two of each who leads to the delegate; the last may be one too many.
  EXPECT_EQ(told({"m3", "m4"}, 9), "follows over_cap");
  EXPECT_EQ(told({"m3", "m4"}, 7), "follows follows");
  EXPECT_EQ(ledger_.vote("m0", "yes"), "ok");
  ledger_.pass(5 * kDay);
  EXPECT_EQ(told({"m3", "m4"}), "delegate_voted over_cap");
}

// It will count when it is revealed: for who cast it, and for who follows them.
TEST_F(DelegationsTest, ASealedBallotKeepsItsOwnerOutOfAnothersCap) {
  for (const std::string name : {"m3", "m4", "m5", "m2"}) {
    EXPECT_EQ(delegate(name, "m0"), "ok");
    ledger_.pass(60);
  }
  EXPECT_EQ(delegate("m1", "m2"), "ok");
  EXPECT_EQ(delegate("m6", "m2"), "G006");  // m0 carries five
  ledger_.set_parameter("governance.delegation_cap_min", 2);
  open({{"privacy", "private_until_end"}});
  EXPECT_EQ(told({"m1", "m2", "m3", "m5"}), "over_cap over_cap follows over_cap");
  tally::BallotContent yes;
  yes.choice = "yes";
  const auto commitment = tally::ballot_commitment(ledger_.last, 1, did_named("m2"), yes, Bytes(32, 7));
  EXPECT_EQ(ledger_.ballot("m2", {{"commitment", hex_encode(commitment)}}, "governance.commit"), "ok");
  EXPECT_EQ(told({"m1", "m2", "m3", "m5"}), "delegate_voted own_ballot follows over_cap");
}

// Who became a member after a vote opened is no surplus of it.
TEST_F(DelegationsTest, WhoMayNotVoteIsNotToldOfTheCap) {
  for (const std::string name : {"m1", "m2", "m3"}) EXPECT_EQ(delegate(name, "m0"), "ok");
  open();
  ledger_.admit_now("late");
  EXPECT_EQ(delegate("late", "m4"), "ok") << ledger_.detail;
  EXPECT_EQ(delegate("m4", "m0"), "ok");
  ledger_.set_parameter("governance.delegation_cap_min", 2);
  EXPECT_EQ(told({"m4", "late"}), "over_cap follows");
}

// What can never speak of one vote makes no cycle and no burden together.
TEST_F(DelegationsTest, CyclesAndCapsAreOfOneVote) {
  const auto of = [](const std::string& category) {
    return Json::Object{{"categories", Json::array({category})}};
  };
  EXPECT_EQ(delegate("m1", "m2", of("economic")), "ok");
  EXPECT_EQ(delegate("m2", "m3", of("technical")), "ok");
  EXPECT_EQ(delegate("m3", "m1"), "ok");  // economic: m3, m1, m2; technical: m2, m3, m1
  EXPECT_EQ(delegate("m3", "m1", of("technical")), "ok");
  EXPECT_EQ(delegate("m2", "m3", of("economic")), "G006");
  for (const std::string name : {"m4", "m5", "m6"}) EXPECT_EQ(delegate(name, "m0", of("economic")), "ok");
  for (const std::string name : {"m7", "m8", "m9"}) EXPECT_EQ(delegate(name, "m0", of("technical")), "ok");
  EXPECT_EQ(delegate("m10", "m0"), "ok");  // the fourth of each
}

TEST_F(DelegationsTest, ADelegationLapsesAfterAYear) {
  EXPECT_EQ(delegate("m1", "m2", {{"valid_until", std::uint64_t{ledger_.now() + 4 * kDay}}}), "ok");
  open();
  for (const std::string name : {"m2", "m3", "m4"}) EXPECT_EQ(ledger_.vote(name, "yes"), "ok");
  ledger_.pass(5 * kDay);
  EXPECT_EQ(result().participated, 3u);
}

TEST_F(DelegationsTest, ASuspendedDelegateIsNotFollowed) {
  EXPECT_EQ(delegate("m1", "m2"), "ok");
  EXPECT_EQ(delegate("m5", "m1"), "ok");
  open();
  for (const std::string name : {"m2", "m3", "m4"}) EXPECT_EQ(ledger_.vote(name, "yes"), "ok");
  ledger_.suspend_now("m1");
  ledger_.pass(5 * kDay);
  // m5 would reach m2 through m1 alone; m1 follows for themselves.
  EXPECT_EQ(result().participated, 4u);
}

}  // namespace
}  // namespace icn::governance
