#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "base/random.h"
#include "governance/tally/outcome_view.h"
#include "governance/tally/packing.h"
#include "governance/tally/ranked_stages.h"
#include "governance/tally/slow_counts_testing.h"

// 10,000 random elections a method, each counted by the engine and by the slow counts.
namespace icn::governance::tally {
namespace {

constexpr int kElections = 10'000;

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed) {}
  std::uint64_t below(std::uint64_t bound) {  // xorshift64*
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return (state_ * 0x2545f4914f6cdd1d >> 16) % bound;
  }

 private:
  std::uint64_t state_;
};

Election random_election(Chance& chance, const std::string& method, bool many_seats) {
  Election e;
  e.method = method;
  e.proposal_id = "pr_" + std::to_string(chance.below(1'000'000));
  if ((*find_method(method))->has_options) {
    const std::size_t count = 2 + chance.below(6);
    for (std::size_t i = 0; i < count; ++i) e.options.push_back(std::string(1, static_cast<char>('a' + i)));
    if (many_seats) e.seats = static_cast<std::uint32_t>(1 + chance.below(e.options.size()));
  } else {
    constexpr std::uint64_t kThresholds[] = {500'000, 500'000, 600'000, 670'000, 1'000'000};
    e.threshold_ppm = kThresholds[chance.below(5)];
    e.denominator = 1 + chance.below(9);
    e.numerator = (e.denominator + 1) / 2 + chance.below(e.denominator / 2 + 1);
    e.minus = chance.below(3);
  }
  return e;
}

BallotContent random_ballot(Chance& chance, const Election& e, const Method& method) {
  BallotContent out;
  if (chance.below(12) == 0) {
    out.choice = "abstain";
  } else if (method.takes == "choice") {
    constexpr const char* kChoices[] = {"yes", "yes", "no", "no_with_veto"};
    out.choice = kChoices[chance.below(4)];
  } else if (method.takes == "position") {
    out.position = static_cast<Position>(chance.below(chance.below(4) == 0 ? 5 : 4));
    out.reason = "this would close the only ramp";
  } else {
    std::vector<std::string> order = e.options;
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[chance.below(i)]);
    order.resize(1 + chance.below(order.size()));
    if (method.takes == "ranking") out.ranking = order;
    if (method.takes == "approvals") out.approvals = order;
    if (method.takes == "scores") {
      out.scores.emplace();
      for (const auto& option : order) (*out.scores)[option] = static_cast<std::uint32_t>(chance.below(11));
    }
    if (method.takes == "credits") {
      out.credits.emplace();
      const auto each = static_cast<std::int64_t>(100 / order.size());
      for (const auto& option : order) {
        const auto credits = static_cast<std::int64_t>(chance.below(static_cast<std::uint64_t>(each) + 1));
        (*out.credits)[option] = chance.below(3) == 0 ? -credits : credits;
      }
    }
  }
  return out;
}

struct Vote {
  Election election;
  Ballots ballots;
  std::vector<std::uint64_t> weights;
};

Vote random_vote(Chance& chance, const std::string& method_name, bool many_seats) {
  Vote out{random_election(chance, method_name, many_seats), {}, {}};
  const Method& method = **find_method(method_name);
  // Up to 30 ballots; some elections are made of a few repeated ones.
  const std::size_t count = chance.below(31);
  const bool repeats = chance.below(2) == 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (repeats && i > 3) {
      out.ballots.push_back(out.ballots[chance.below(4)]);
    } else {
      out.ballots.push_back(random_ballot(chance, out.election, method));
    }
    out.weights.push_back(1 + chance.below(5));
  }
  return out;
}

// Adds the ballots in an order of its own, some of them twice and taken back, and saves and loads on the way.
Outcome engine_outcome(Chance& chance, const Vote& vote) {
  const Method& method = **find_method(vote.election.method);
  auto count = method.start(vote.election);
  std::vector<std::size_t> order(vote.ballots.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[chance.below(i)]);
  const std::size_t saves_at = chance.below(order.size() + 1);
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto packed = method.pack(vote.election, vote.ballots[order[i]]);
    EXPECT_TRUE(packed.ok()) << packed.error().detail();
    const Share share{1, vote.weights[order[i]]};
    count->add(*packed, share);
    if (method.is_running && chance.below(4) == 0) {
      count->add(*packed, {7, 9});
      count->remove(*packed, {7, 9});
    }
    if (method.is_running && i == saves_at)
      count = std::move(method.load(vote.election, count->save())).value();
  }
  const std::uint64_t step = 1 + chance.below(9);
  while (!count->advance(step)) {
  }
  return count->outcome();
}

SlowResult slow_outcome(const Vote& vote) {
  const auto& e = vote.election;
  const Method& method = **find_method(e.method);
  if (e.method == "ranked_choice") {
    return e.seats == 1 ? slow_runoff(e, vote.ballots) : slow_transferable(e, vote.ballots);
  }
  return method.has_options ? slow_options(e, vote.ballots) : slow_choice(e, vote.ballots, vote.weights);
}

void compare(const Vote& vote, const Outcome& outcome, const SlowResult& slow) {
  const OutcomeView view = view_of(outcome);
  ASSERT_EQ(view.passes, slow.passes);
  ASSERT_EQ(view.participated, vote.ballots.size());
  if (!(*find_method(vote.election.method))->has_options) {
    ASSERT_EQ(view.vetoed, slow.vetoed);
    return;
  }
  ASSERT_EQ(view.winners, slow.winners);
  if (slow.rounds.empty()) return;
  ASSERT_EQ(view.rounds.size(), slow.rounds.size());
  std::vector<std::string> eliminated;
  for (std::size_t i = 0; i < view.rounds.size(); ++i) {
    for (const auto& [option, votes] : view.rounds[i].counts) {
      ASSERT_EQ(votes.hundred_thousandths, slow.rounds[i].at(option)) << option << " in round " << i;
    }
    eliminated.insert(eliminated.end(), view.rounds[i].eliminated.begin(), view.rounds[i].eliminated.end());
  }
  ASSERT_EQ(eliminated, slow.eliminated);
}

class RandomElections : public testing::TestWithParam<std::pair<const char*, bool>> {};

TEST_P(RandomElections, EngineAndSlowCountAgree) {
  Chance chance(2026'11'29);
  for (int i = 0; i < kElections && !HasFatalFailure(); ++i) {
    const Vote vote = random_vote(chance, GetParam().first, GetParam().second);
    SCOPED_TRACE(testing::Message() << "election " << i);
    ASSERT_TRUE(check_election(vote.election).ok()) << check_election(vote.election).error().detail();
    compare(vote, engine_outcome(chance, vote), slow_outcome(vote));
  }
}

INSTANTIATE_TEST_SUITE_P(Methods, RandomElections,
                         testing::Values(std::pair("simple_majority", false),
                                         std::pair("supermajority", false), std::pair("unanimous", false),
                                         std::pair("consensus", false), std::pair("weighted", false),
                                         std::pair("score", false), std::pair("score", true),
                                         std::pair("approval", true), std::pair("quadratic", true),
                                         std::pair("ranked_choice", false), std::pair("ranked_choice", true)),
                         [](const auto& each) {
                           return std::string(each.param.first) + (each.param.second ? "_seats" : "");
                         });

TEST(RandomElectionsOfConsent, PassWhenNobodyObjects) {
  Chance chance(5);
  for (int i = 0; i < kElections && !testing::Test::HasFatalFailure(); ++i) {
    const Vote vote = random_vote(chance, "consent", false);
    const bool objects = std::any_of(vote.ballots.begin(), vote.ballots.end(), [](const BallotContent& each) {
      return each.position == Position::kObjection;
    });
    ASSERT_EQ(engine_outcome(chance, vote).passes, !objects);
  }
}

std::unique_ptr<RankedStages> saved_and_loaded(const Election& election, const RankedStages& stages) {
  codec::CborWriter out;
  stages.save(out);
  auto loaded = std::make_unique<RankedStages>(election);
  codec::CborReader in(out.view());
  EXPECT_TRUE(loaded->load(in).ok() && in.finish().ok());
  return loaded;
}

// As a ledger counts them: rankings in any chunks, and nothing kept between two of them but the stages.
TEST(RandomElectionsOfRankedChoice, GoOnFromWhatWasSaved) {
  Chance chance(8);
  for (int i = 0; i < 2'000 && !testing::Test::HasFatalFailure(); ++i) {
    const Vote vote = random_vote(chance, "ranked_choice", chance.below(2) == 1);
    std::vector<std::string> rankings;
    auto stages = std::make_unique<RankedStages>(vote.election);
    for (const BallotContent& ballot : vote.ballots) {
      const std::string packed = (*find_method("ranked_choice"))->pack(vote.election, ballot).value();
      stages->take_part(1, abstains(packed));
      if (!abstains(packed)) rankings.emplace_back(marks_of(packed));
    }
    while (!stages->is_done()) {
      for (const std::string& ranking : rankings) {
        if (chance.below(5) == 0) stages = saved_and_loaded(vote.election, *stages);
        stages->touch(ranking, 1);
      }
      stages->end_stage();
    }
    ASSERT_EQ(saved_and_loaded(vote.election, *stages)->outcome(), engine_outcome(chance, vote)) << i;
  }
}

// In units of 10^-6 each day by long multiplication of decimal digits would be no clearer: the reference
// keeps the exact fraction c * 10^days and truncates as the rule says at each day.
TEST(RandomElectionsOfConviction, FollowTheDays) {
  Chance chance(6);
  for (int i = 0; i < kElections && !testing::Test::HasFatalFailure(); ++i) {
    Vote vote{random_election(chance, "conviction", false), {}, {}};
    vote.election.eligible = chance.below(40);
    const std::size_t days = chance.below(40);
    std::int64_t conviction_micro = 0;
    for (std::size_t day = 0; day < days; ++day) {
      const auto supporters = chance.below(vote.election.eligible + 1);
      vote.election.supporters.push_back(supporters);
      conviction_micro = conviction_micro / 10 * 9 + conviction_micro % 10 * 9 / 10 +
                         static_cast<std::int64_t>(supporters) * 1'000'000;
    }
    const bool passes = vote.election.eligible > 0 &&
                        conviction_micro >= static_cast<std::int64_t>(3 * vote.election.eligible) * 1'000'000;
    ASSERT_EQ(engine_outcome(chance, vote).passes, passes) << i;
  }
}

// Early close: brute force over every way to cast what is open.
TEST(RandomElections, DecidedMeansNothingOpenCanChangeIt) {
  Chance chance(7);
  for (int i = 0; i < 2'000; ++i) {
    constexpr const char* kNames[] = {"simple_majority", "supermajority", "unanimous", "consensus",
                                      "approval"};
    Vote vote = random_vote(chance, kNames[chance.below(5)], false);
    vote.ballots.resize(std::min<std::size_t>(vote.ballots.size(), 8));
    const Method& method = **find_method(vote.election.method);
    if (method.has_options) vote.election.options.resize(2);
    if (method.has_options) vote.ballots.clear();
    auto count = method.start(vote.election);
    for (const auto& ballot : vote.ballots) count->add(*method.pack(vote.election, ballot), {});
    std::vector<std::string> kinds;
    if (method.has_options) {
      for (std::size_t k = chance.below(6); k > 0; --k) {
        BallotContent ballot;
        ballot.approvals = std::vector{vote.election.options[chance.below(2)]};
        count->add(*method.pack(vote.election, ballot), {});
      }
      kinds = {std::string(1, 0), std::string{1, 0}, std::string{1, 1}, std::string{1, 0, 1}};
    } else {
      kinds = {std::string(1, 0), std::string{1, 0}, std::string{1, 1}, std::string{1, 3}};
    }
    const std::uint64_t open = 1 + chance.below(3);
    const Outcome now = count->outcome();
    bool changes = false;
    for (std::uint64_t way = 0; way < (1u << (2 * open)); ++way) {
      for (std::uint64_t k = 0; k < open; ++k) count->add(kinds[way >> (2 * k) & 3], {});
      const Outcome then = count->outcome();
      changes =
          changes || then.passes != now.passes || then.vetoed != now.vetoed || then.winners != now.winners;
      for (std::uint64_t k = 0; k < open; ++k) count->remove(kinds[way >> (2 * k) & 3], {});
    }
    ASSERT_EQ(count->is_decided({open, open}), !changes) << vote.election.method << " in election " << i;
  }
}

}  // namespace
}  // namespace icn::governance::tally
