#include <gtest/gtest.h>

#include "governance/tally/errors.h"
#include "governance/tally/method.h"
#include "governance/tally/outcome_view.h"
#include "governance/tally/quorum.h"

// Elections that are known for what goes strange in them, ties, and the edges of each rule. All figures were
// worked out by hand from the rule in the comment.
namespace icn::governance::tally {
namespace {

struct Pile {
  std::uint64_t count;
  std::string ranking;  // one letter an option
};

OutcomeView count_rankings(std::vector<std::string> options, std::uint32_t seats,
                           const std::vector<Pile>& piles, const std::string& proposal_id = "") {
  Election e;
  e.method = "ranked_choice";
  e.proposal_id = proposal_id;
  e.options = std::move(options);
  e.seats = seats;
  EXPECT_TRUE(check_election(e).ok());
  const Method& method = **find_method(e.method);
  const auto count = method.start(e);
  for (const auto& pile : piles) {
    BallotContent ballot;
    ballot.ranking.emplace();
    for (const char option : pile.ranking) ballot.ranking->push_back(std::string(1, option));
    count->add(*method.pack(e, ballot), {pile.count, pile.count});
  }
  while (!count->advance(3)) {
  }
  return view_of(count->outcome());
}

using Strings = std::vector<std::string>;

// Tennessee's four cities: Knoxville wins though Nashville beats each of the others in a pair.
TEST(Runoff, CentreSqueeze) {
  const auto out =
      count_rankings({"M", "N", "C", "K"}, 1, {{42, "MNCK"}, {26, "NCKM"}, {15, "CKNM"}, {17, "KCNM"}});
  EXPECT_EQ(out.winners, Strings{"K"});
  ASSERT_EQ(out.rounds.size(), 3u);
  EXPECT_EQ(out.rounds[0].eliminated, Strings{"C"});
  EXPECT_EQ(out.rounds[1].counts.at("K"), whole_votes(32));
  EXPECT_EQ(out.rounds[1].eliminated, Strings{"N"});
  EXPECT_EQ(out.rounds[2].counts.at("K"), whole_votes(58));
  EXPECT_FALSE(out.rounds[1].counts.contains("C"));
}

// Ten of B's move A up to the top, and A loses: before, C goes out and A beats B; after, B goes out and C
// beats A.
TEST(Runoff, MonotonicityFails) {
  EXPECT_EQ(count_rankings({"A", "B", "C"}, 1, {{39, "ABC"}, {35, "BCA"}, {26, "CAB"}}).winners,
            Strings{"A"});
  EXPECT_EQ(count_rankings({"A", "B", "C"}, 1, {{49, "ABC"}, {25, "BCA"}, {26, "CAB"}}).winners,
            Strings{"C"});
}

// A Condorcet loser has the most first choices and must not win the runoff.
TEST(Runoff, CondorcetLoserDoesNotWin) {
  const auto out = count_rankings({"A", "B", "C"}, 1, {{40, "ABC"}, {35, "BCA"}, {25, "CBA"}});
  EXPECT_EQ(out.rounds[0].counts.at("A"), whole_votes(40));
  EXPECT_EQ(out.winners, Strings{"B"});
}

// The no-show paradox: when twelve of A's forty stay at home, who they like least loses. All: B's 29 go out
// and on to C, 60 to A's 40. Without the twelve A's 28 go out and on to B, 57 to C's 31.
TEST(Runoff, StayingAtHomeMayHelp) {
  EXPECT_EQ(count_rankings({"A", "B", "C"}, 1, {{40, "ABC"}, {29, "BCA"}, {31, "CAB"}}).winners,
            Strings{"C"});
  EXPECT_EQ(count_rankings({"A", "B", "C"}, 1, {{28, "ABC"}, {29, "BCA"}, {31, "CAB"}}).winners,
            Strings{"B"});
}

// Nobody is harmed by what they say further down: the supporters of the last one left choose, A's lower ranks
// are never looked at.
TEST(Runoff, LaterChoicesDoNoHarm) {
  for (const char* further : {"A", "AB", "AC", "ABC", "ACB"}) {
    EXPECT_EQ(count_rankings({"A", "B", "C"}, 1, {{40, further}, {35, "BC"}, {25, "CA"}}).winners,
              Strings{"A"});
  }
}

// A circle: A beats B, B beats C, C beats A, 2 to 1 each. First choices are equal, so that the hash decides.
TEST(Runoff, ACircleIsATie) {
  for (const std::string id : {"pr_1", "pr_2", "pr_3"}) {
    const auto out = count_rankings({"A", "B", "C"}, 1, {{1, "ABC"}, {1, "BCA"}, {1, "CAB"}}, id);
    std::string last = "A";
    for (const std::string each : {"B", "C"}) {
      if (tie_hash(id, each) > tie_hash(id, last)) last = each;
    }
    EXPECT_EQ(out.rounds[0].eliminated, Strings{last});
    // Its paper goes to the one it beats, who has two of three then.
    EXPECT_EQ(out.winners, Strings{last == "A" ? "B" : last == "B" ? "C" : "A"});
  }
}

// The majority is of the ballots that still count.
TEST(Runoff, ExhaustedBallotsLeaveTheMajority) {
  const auto out = count_rankings({"A", "B", "C"}, 1, {{4, "A"}, {3, "B"}, {2, "C"}});
  EXPECT_EQ(out.winners, Strings{"A"});
  EXPECT_EQ(out.exhausted, whole_votes(2));
  EXPECT_EQ(out.rounds.size(), 2u);  // 4 of 7 is a majority
}

TEST(Runoff, TieForLastGoesByTheEarlierRound) {
  // First 5 4 3 2; D goes, its two to C: then B, with 4, and A, 5, and C, 5. B goes: A 7, C 7. A had 5 to
  // C's 3.
  const auto out =
      count_rankings({"A", "B", "C", "D"}, 1, {{5, "A"}, {2, "BA"}, {2, "BC"}, {3, "C"}, {2, "DC"}});
  ASSERT_EQ(out.rounds.size(), 4u);
  EXPECT_EQ(out.rounds[2].counts.at("A"), whole_votes(7));
  EXPECT_EQ(out.rounds[2].counts.at("C"), whole_votes(7));
  EXPECT_EQ(out.rounds[2].eliminated, Strings{"C"});  // 5 and 5 in round 2, 5 and 3 in round 1
  EXPECT_EQ(out.winners, Strings{"A"});
}

TEST(Runoff, FullTieGoesByTheHash) {
  for (const std::string id : {"pr_1", "pr_2", "pr_3", "pr_4"}) {
    const auto out = count_rankings({"A", "B"}, 1, {{1, "A"}, {1, "B"}}, id);
    const bool a_goes = tie_hash(id, "A") > tie_hash(id, "B");
    EXPECT_EQ(out.rounds[0].eliminated, Strings{a_goes ? "A" : "B"});
    EXPECT_EQ(out.winners, Strings{a_goes ? "B" : "A"});
  }
}

TEST(Runoff, WithoutABallotNobodyWins) {
  const auto out = count_rankings({"A", "B"}, 1, {});
  EXPECT_TRUE(out.winners.empty());
  EXPECT_FALSE(out.passes);
  EXPECT_EQ(out.rounds.size(), 1u);
}

// One seat more costs A its seat. One: quota 51; D's ten make A 30, B's 25 go out and on to A, 55. Two: quota
// 34; C has it with 45, and its surplus of 11 makes B 36.
TEST(Transferable, OneSeatMoreMayCostTheWinnerItsSeat) {
  const std::vector<Pile> piles{{45, "CBAD"}, {25, "BACD"}, {20, "ABCD"}, {10, "DABC"}};
  EXPECT_EQ(count_rankings({"A", "B", "C", "D"}, 1, piles).winners, Strings{"A"});
  EXPECT_EQ(count_rankings({"A", "B", "C", "D"}, 2, piles).winners, (Strings{"C", "B"}));
}

// Rules 46 to 48 by hand. 100 papers, 2 seats: quota 100/3 + 1 = 34. A has 60, surplus 26; 26/60 = 0.43333
// (the remainder ignored). B gets 40 x 0.43333 = 17.33320, C 20 x 0.43333 = 8.66660.
TEST(Transferable, SurplusIsWorthFiveDecimals) {
  const auto out = count_rankings({"A", "B", "C"}, 2, {{40, "AB"}, {20, "AC"}, {18, "B"}, {22, "C"}});
  ASSERT_EQ(out.rounds.size(), 2u);
  EXPECT_EQ(out.rounds[0].elected, Strings{"A"});
  EXPECT_EQ(out.rounds[1].transferred, "A");
  EXPECT_EQ(out.rounds[1].counts.at("A"), whole_votes(34));
  EXPECT_EQ(out.rounds[1].counts.at("B").hundred_thousandths, 3'533'320);
  EXPECT_EQ(out.rounds[1].counts.at("C").hundred_thousandths, 3'066'660);
  EXPECT_EQ(out.winners, (Strings{"A", "B"}));
  EXPECT_EQ(codec::to_json_text(out.rounds[1].counts.at("B")), "35.3332");
}

// Rule 48(3): a paper that came at 0.43333 goes on at surplus x 0.43333 / votes.
TEST(Transferable, PapersTransferredTwiceKeepTheirValue) {
  // 3 seats, 120 papers: quota 31. A 71, surplus 40: 40/71 = 0.56338. 71 x 0.56338 = 39.99998 to B: B has
  // 1 + 39.99998 = 40.99998, surplus 9.99998. A's papers go on at 9.99998 x 0.56338 / 40.99998 = 0.13740, B's
  // own one at 9.99998 / 40.99998 = 0.24390. C: 24 + 71 x 0.13740 + 0.24390 = 33.99930.
  const auto out = count_rankings({"A", "B", "C", "D"}, 3, {{71, "ABC"}, {1, "BC"}, {24, "C"}, {24, "D"}});
  ASSERT_EQ(out.rounds.size(), 3u);
  EXPECT_EQ(out.rounds[1].counts.at("B").hundred_thousandths, 4'099'998);
  EXPECT_EQ(out.rounds[2].transferred, "B");
  EXPECT_EQ(out.rounds[2].counts.at("C").hundred_thousandths, 3'399'930);
  EXPECT_EQ(out.winners, (Strings{"A", "B", "C"}));
}

// Rule 52: as many left as seats: all are elected, whatever they have.
TEST(Transferable, TheLastSeatsAreFilledWithoutAQuota) {
  const auto out = count_rankings({"A", "B", "C"}, 2, {{5, "A"}, {1, "B"}, {2, "C"}});
  EXPECT_EQ(out.winners, (Strings{"A", "C"}));
  EXPECT_EQ(count_rankings({"A", "B"}, 2, {{5, "A"}}).winners, (Strings{"A", "B"}));
}

TEST(Transferable, WithoutABallotNobodyWins) {
  EXPECT_TRUE(count_rankings({"A", "B", "C"}, 2, {}).winners.empty());
}

Outcome count_choices(Election e, std::uint64_t yes, std::uint64_t no, std::uint64_t abstain,
                      std::uint64_t veto) {
  const Method& method = **find_method(e.method);
  const auto count = method.start(e);
  const std::pair<const char*, std::uint64_t> all[] = {
      {"yes", yes}, {"no", no}, {"abstain", abstain}, {"no_with_veto", veto}};
  for (const auto& [choice, members] : all) {
    BallotContent ballot;
    ballot.choice = choice;
    count->add(*method.pack(e, ballot), {members, members});
  }
  return count->outcome();
}

Election of(const char* method) {
  Election e;
  e.method = method;
  return e;
}

TEST(YesNo, EdgesOfTheRules) {
  EXPECT_FALSE(count_choices(of("simple_majority"), 5, 5, 9, 0).passes);  // a tie fails
  EXPECT_TRUE(count_choices(of("simple_majority"), 6, 5, 0, 0).passes);
  EXPECT_FALSE(count_choices(of("simple_majority"), 0, 0, 9, 0).passes);
  EXPECT_TRUE(count_choices(of("supermajority"), 4, 2, 0, 0).passes);  // two thirds exactly
  EXPECT_FALSE(count_choices(of("supermajority"), 666'666, 333'334, 0, 0).passes);
  EXPECT_TRUE(count_choices(of("unanimous"), 1, 0, 8, 0).passes);
  EXPECT_FALSE(count_choices(of("unanimous"), 0, 0, 8, 0).passes);
  Election minus = of("unanimous");
  minus.minus = 2;
  EXPECT_TRUE(count_choices(minus, 8, 1, 0, 1).passes);
  EXPECT_FALSE(count_choices(minus, 8, 2, 0, 1).passes);
  EXPECT_TRUE(count_choices(of("consensus"), 3, 0, 2, 0).passes);
  EXPECT_FALSE(count_choices(of("consensus"), 30, 1, 2, 0).passes);
}

TEST(YesNo, AThresholdAboveHalfMeansAtLeast) {
  Election e = of("simple_majority");
  e.threshold_ppm = 600'000;
  EXPECT_TRUE(count_choices(e, 6, 4, 0, 0).passes);
  EXPECT_FALSE(count_choices(e, 59'999, 40'001, 0, 0).passes);
}

TEST(YesNo, MoreThanAThirdOfVetoesVetoes) {
  EXPECT_FALSE(count_choices(of("simple_majority"), 6, 0, 0, 3).vetoed);  // a third exactly
  EXPECT_TRUE(count_choices(of("simple_majority"), 5, 0, 0, 3).vetoed);
  EXPECT_FALSE(count_choices(of("simple_majority"), 0, 0, 0, 0).vetoed);
}

TEST(Quorum, IsExact) {
  QuorumTerms percent{QuorumKind::kPercent, 250'000, 0, false, false, false};
  EXPECT_EQ(quorum_needed(percent, 10), 3u);
  EXPECT_EQ(quorum_needed(percent, 12), 3u);
  EXPECT_EQ(quorum_needed(percent, 13), 4u);
  EXPECT_FALSE(quorum_holds(quorum_needed(percent, 0), 5, 0));
  QuorumTerms fixed{QuorumKind::kFixed, 7, 500'000, false, false, false};
  EXPECT_EQ(quorum_needed(fixed, 10), 7u);
  EXPECT_EQ(quorum_needed(fixed, 20), 10u);
  QuorumTerms none{QuorumKind::kNone, 0, 0, false, false, false};
  EXPECT_EQ(quorum_needed(none, 10), 1u);
  // 20 % + 30 % of 0.5 + 0.3 = 44 %; of all three, at most 1: 50 %.
  EXPECT_EQ(quorum_needed({QuorumKind::kDynamic, 0, 0, true, false, true}, 100), 44u);
  EXPECT_EQ(quorum_needed({QuorumKind::kDynamic, 0, 0, true, true, true}, 100), 50u);
  EXPECT_EQ(quorum_needed({QuorumKind::kDynamic, 0, 0, false, false, false}, 100), 20u);
}

TEST(Ballots, WhatDoesNotFitIsRefusedByName) {
  Election e = of("score");
  e.options = {"a", "b"};
  const Method& score = **find_method("score");
  BallotContent ballot;
  ballot.scores = {{"a", 11}};
  EXPECT_TRUE(score.pack(e, ballot).error().is(kBadBallot));
  ballot.scores = {{"c", 1}};
  EXPECT_NE(score.pack(e, ballot).error().detail().find("there are: a, b"), std::string::npos);
  ballot.choice = "yes";
  EXPECT_FALSE(score.pack(e, ballot).ok());
  const Method& ranked = **find_method("ranked_choice");
  BallotContent twice;
  twice.ranking = {"a", "a"};
  EXPECT_FALSE(ranked.pack(e, twice).ok());
  const Method& quadratic = **find_method("quadratic");
  BallotContent spends;
  spends.credits = {{"a", 64}, {"b", -36}};
  EXPECT_TRUE(quadratic.pack(e, spends).ok());
  spends.credits = {{"a", 64}, {"b", -37}};
  EXPECT_FALSE(quadratic.pack(e, spends).ok());
  spends.credits = {{"a", std::numeric_limits<std::int64_t>::min()}};
  EXPECT_FALSE(quadratic.pack(e, spends).ok());
  BallotContent objection;
  objection.position = Position::kObjection;
  objection.reason = "nineteen bytes only";
  EXPECT_FALSE((*find_method("consent"))->pack(of("consent"), objection).ok());
  EXPECT_TRUE(find_method("borda").error().is(kUnknownMethod));
}

// A tie of sums goes by more tens: 10 + 0 against 5 + 5.
TEST(Score, TieGoesByMoreTens) {
  Election e = of("score");
  e.options = {"a", "b"};
  const Method& method = **find_method("score");
  for (const bool a_has_ten : {true, false}) {
    const auto count = method.start(e);
    BallotContent first, second;
    first.scores = {{a_has_ten ? "a" : "b", 10}, {a_has_ten ? "b" : "a", 5}};
    second.scores = {{a_has_ten ? "b" : "a", 5}};
    count->add(*method.pack(e, first), {});
    count->add(*method.pack(e, second), {});
    EXPECT_EQ(view_of(count->outcome()).winners, Strings{a_has_ten ? "a" : "b"});
  }
}

// Of 100, 51 would rather have a, yet b's points are more: 51 x 10 = 510 to 51 x 9 + 49 x 10 = 949.
TEST(Score, AMajoritysFavouriteMayLose) {
  Election e = of("score");
  e.options = {"a", "b"};
  const Method& method = **find_method("score");
  BallotContent most, rest;
  most.scores = {{"a", 10}, {"b", 9}};
  rest.scores = {{"b", 10}};
  const auto count = method.start(e);
  count->add(*method.pack(e, most), {51, 51});
  count->add(*method.pack(e, rest), {49, 49});
  const auto out = view_of(count->outcome());
  EXPECT_EQ(out.winners, Strings{"b"});
  EXPECT_EQ(out.rounds[0].counts.at("a"), whole_votes(510));
  EXPECT_EQ(out.rounds[0].counts.at("b"), whole_votes(949));
}

TEST(Approval, ATieGoesByTheHash) {
  Election e = of("approval");
  e.options = {"a", "b"};
  const Method& method = **find_method("approval");
  BallotContent both;
  both.approvals = {"a", "b"};
  for (const std::string id : {"pr_1", "pr_2", "pr_3", "pr_4"}) {
    e.proposal_id = id;
    const auto count = method.start(e);
    count->add(*method.pack(e, both), {3, 3});
    EXPECT_EQ(view_of(count->outcome()).winners, Strings{tie_hash(id, "a") < tie_hash(id, "b") ? "a" : "b"});
  }
}

// Votes cost their square: one who puts all 100 credits on a has 10 votes, three who put 9 on b have 9
// together.
TEST(Quadratic, OneWhoCaresMayOutvoteThreeWhoCareLittle) {
  Election e = of("quadratic");
  e.options = {"a", "b"};
  const Method& method = **find_method("quadratic");
  BallotContent one, three;
  one.credits = {{"a", 100}};
  three.credits = {{"b", 9}};
  const auto count = method.start(e);
  count->add(*method.pack(e, one), {1, 1});
  count->add(*method.pack(e, three), {3, 3});
  EXPECT_EQ(view_of(count->outcome()).winners, Strings{"a"});
  count->add(*method.pack(e, three), {1, 1});  // 12 to 10
  EXPECT_EQ(view_of(count->outcome()).winners, Strings{"b"});
}

TEST(Conviction, GrowsTowardsTenTimesItsSupporters) {
  Election e = of("conviction");
  e.eligible = 10;
  e.supporters.assign(5, 6);  // 6 (1 - 0.9^5) / 0.1 = 24.57 < 30
  EXPECT_FALSE(count_choices(e, 6, 0, 0, 0).passes);
  e.supporters.assign(7, 6);  // 6 (1 - 0.9^7) / 0.1 = 31.30
  EXPECT_TRUE(count_choices(e, 6, 0, 0, 0).passes);
  e.supporters.assign(1'000, 2);  // towards 20, never 30
  EXPECT_FALSE(count_choices(e, 2, 0, 0, 0).passes);
}

}  // namespace
}  // namespace icn::governance::tally
