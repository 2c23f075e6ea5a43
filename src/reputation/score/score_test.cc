#include <gtest/gtest.h>

#include <map>
#include <numeric>

#include "base/random.h"
#include "ledger/state.h"
#include "reputation/score/record.h"
#include "storage/memory/memory_engine.h"

// Expected values: domain.md 5 and 6, worked out by hand or by fractions that this file computes by itself.
namespace icn::reputation {
namespace {

constexpr TimestampSecs kStart = 1'700'006'400;  // the first second of a day
constexpr std::uint64_t kDay = 86'400;

TEST(Arithmetic, TrustRisesBySlopesOfOneAndTwoHundredths) {
  EXPECT_EQ(beta_ppm({0}), 500'000u);
  EXPECT_EQ(beta_ppm({25'000}), 750'000u);
  EXPECT_EQ(beta_ppm({50'000}), 1'000'000u);
  EXPECT_EQ(beta_ppm({75'000}), 1'500'000u);
  EXPECT_EQ(beta_ppm({75'001}), 1'500'020u);
  EXPECT_EQ(beta_ppm({100'000}), 2'000'000u);
}

TEST(Arithmetic, ParticipationIsAQuarterAndOneAndAQuarterOfUpToTwentyActs) {
  EXPECT_EQ(eta_ppm(0), 250'000u);
  EXPECT_EQ(eta_ppm(12), 1'000'000u);
  EXPECT_EQ(eta_ppm(20), 1'500'000u);
  EXPECT_EQ(eta_ppm(10'000), 1'500'000u);
}

TEST(Arithmetic, EngagementIsAHalfAndTheShareOfVotes) {
  EXPECT_EQ(gamma_ppm({0, 0}), 1'000'000u);
  EXPECT_EQ(gamma_ppm({3, 0}), 500'000u);
  EXPECT_EQ(gamma_ppm({3, 1}), 833'333u);
  EXPECT_EQ(gamma_ppm({3, 3}), 1'500'000u);
}

TEST(Arithmetic, BandsBeginAtTheirBounds) {
  EXPECT_EQ(band_of({90'000}), Band::kHighest);
  EXPECT_EQ(band_of({89'999}), Band::kHigh);
  EXPECT_EQ(band_of({75'000}), Band::kHigh);
  EXPECT_EQ(band_of({50'000}), Band::kGood);
  EXPECT_EQ(band_of({49'999}), Band::kBasic);
  EXPECT_EQ(band_of({24'999}), Band::kLow);
}

TEST(Arithmetic, ThirtyIdleDaysCostNothing) {
  EXPECT_EQ(faded({90'000}, kStart, kStart + 31 * kDay - 1), Points{90'000});
  EXPECT_EQ(faded({90'000}, kStart, kStart), Points{90'000});
  EXPECT_EQ(faded({90'000}, kStart, kStart - 5), Points{90'000});
}

// 40 points above 50: 40,000,000 millionths . (1 - 1/7300) a day.
TEST(Arithmetic, AfterThemAFiveHundredthAYearOfWhatIsAboveFiftyGoesDayByDay) {
  EXPECT_EQ(faded({90'000}, kStart, kStart + 31 * kDay), Points{89'994});  // 39,994,521 millionths
  EXPECT_EQ(faded({90'000}, kStart, kStart + 32 * kDay), Points{89'989});  // 39,989,043
  // 365 days: 40 . (7299/7300)^365 = 40 . 0.9512261... = 38.049...
  const Points year = faded({90'000}, kStart, kStart + 395 * kDay);
  EXPECT_NEAR(static_cast<double>(year.thousandths), 88'049.0, 1.0);
  EXPECT_EQ(faded({40'000}, kStart, kStart + 5'000 * kDay), Points{40'000});  // below 50 nothing fades
}

// The same with exact fractions n / 7300^k as long as they fit: after one and two days.
TEST(Arithmetic, FadingAgreesWithExactFractionsBelowAThousandth) {
  SeededRandom random(4);
  for (int i = 0; i < 2'000; ++i) {
    const auto score = static_cast<std::int64_t>(50'000 + random.below(50'001));
    const std::uint64_t days = 31 + random.below(2);
    __extension__ using Wide = __int128;
    Wide above = score - 50'000;
    Wide divisor = 1;
    for (std::uint64_t day = 30; day < days; ++day) {
      above *= 7'299;
      divisor *= 7'300;
    }
    const auto exact = static_cast<std::int64_t>(50'000 + above / divisor);
    const std::int64_t found = faded({score}, kStart, kStart + days * kDay).thousandths;
    EXPECT_GE(found, exact);
    EXPECT_LE(found, exact + 1) << score << " after " << days << " days";
  }
}

class RecordTest : public ::testing::Test {
 protected:
  RecordTest() : store_(engine_.open(score_tables()).value()) {}

  template <typename What>
  auto change(What what) {
    ledger::View view(*store_);
    const ledger::BlockContext block{"net", 1, now_, 0, &parameters_};
    auto done = what(block, view);
    ICN_ASSERT(done.ok());
    ICN_ASSERT(store_->write(view.take_rows(), storage::Durability::kBuffered).ok());
    return std::move(done).value();
  }
  Recorded tell(const Did& did, EventKind kind, const Did& source = {}, const std::string& about = "x") {
    return change([&](const ledger::BlockContext& block, ledger::View& view) {
      return record(block, view, {did, kind, source, about, {}});
    });
  }
  Recorded vote(const Did& did, const std::string& scope, std::uint64_t number) {
    return change([&](const ledger::BlockContext& block, ledger::View& view) {
      return record(block, view, {did, EventKind::kVoteCast, {}, "vote", VotedIn{scope, number}});
    });
  }
  std::uint64_t open_vote(const std::string& scope, std::uint64_t days_long) {
    return change([&](const ledger::BlockContext& block, ledger::View& view) {
      return note_vote_opened(view, scope, day_of(block.time) + days_long, day_of(block.time));
    });
  }
  void voter(const Did& did, const std::string& scope, bool is_voter) {
    change([&](const ledger::BlockContext&, ledger::View& view) -> Result<int> {
      ICN_TRY(note_voter(view, scope, did, is_voter));
      return 0;
    });
  }
  void set_state(const Did& did, std::uint64_t number, EventState state) {
    change([&](const ledger::BlockContext& block, ledger::View& view) -> Result<int> {
      ICN_TRY(set_event_state(block, view, did, number, state));
      return 0;
    });
  }
  Standing standing(const Did& did) { return load_standing(*store_, did).value(); }
  std::int64_t score(const Did& did) { return score_at(standing(did), now_).thousandths; }
  Turnout turnout(const Did& did) { return turnout_of(*store_, standing(did), day_of(now_)).value(); }

  storage::MemoryEngine engine_;
  std::unique_ptr<storage::Store> store_;
  ledger::Parameters parameters_ = ledger::genesis_parameters(false);
  TimestampSecs now_ = kStart;
  Did ada_{"did:key:ada"}, bob_{"did:key:bob"}, cyn_{"did:key:cyn"};
};

TEST_F(RecordTest, WhoDidNothingHasFifty) {
  EXPECT_EQ(score(ada_), 50'000);
  EXPECT_EQ(standing(ada_), Standing{});
}

TEST_F(RecordTest, TheSecondJobOfOneSubmitterCountsHalfTheThirdAThird) {
  EXPECT_EQ(tell(ada_, EventKind::kSuccessfulJob, bob_).event.delta, Points{1'500});
  EXPECT_EQ(tell(ada_, EventKind::kSuccessfulJob, bob_).event.delta, Points{750});
  EXPECT_EQ(tell(ada_, EventKind::kSuccessfulJob, bob_).event.delta, Points{500});
  EXPECT_EQ(score(ada_), 52'750);
  EXPECT_EQ(standing(ada_).counterparties, 1u);
  // Another submitter's first: whole, but only 250 are left of the day's 3,000.
  const Recorded last = tell(ada_, EventKind::kSuccessfulJob, cyn_);
  EXPECT_EQ(last.event.weight_ppm, 1'000'000u);
  EXPECT_EQ(last.event.delta, Points{250});
  EXPECT_EQ(score(ada_), 53'000);
}

TEST_F(RecordTest, BeyondTheDaysThreePointsOnlyActivityCounts) {
  tell(ada_, EventKind::kMediationSuccess);
  const Recorded more = tell(ada_, EventKind::kSuccessfulJob, bob_);
  EXPECT_EQ(more.number, 0u);
  EXPECT_TRUE(more.is_changed);
  EXPECT_EQ(standing(ada_).events, 1u);
  EXPECT_EQ(recent(standing(ada_).activity, day_of(now_)), 2u);
  now_ += kDay;
  // The one that weighed nothing did not count as the first with bob.
  EXPECT_EQ(tell(ada_, EventKind::kSuccessfulJob, bob_).event.delta, Points{1'500});
}

TEST_F(RecordTest, AfterThirtyDaysACounterpartyIsNewAgain) {
  tell(ada_, EventKind::kSuccessfulJob, bob_);
  now_ += 29 * kDay;
  EXPECT_EQ(tell(ada_, EventKind::kSuccessfulJob, bob_).event.delta, Points{750});
  now_ += kDay;  // the first is 30 days old
  EXPECT_EQ(tell(ada_, EventKind::kSuccessfulJob, bob_).event.delta, Points{750});
  now_ += 30 * kDay;
  EXPECT_EQ(tell(ada_, EventKind::kSuccessfulJob, bob_).event.delta, Points{1'500});
}

TEST_F(RecordTest, OnesOwnJobsAreNothingAtAll) {
  const Recorded own = tell(ada_, EventKind::kSuccessfulJob, ada_);
  EXPECT_FALSE(own.is_changed);
  EXPECT_EQ(standing(ada_), Standing{});
}

TEST_F(RecordTest, LossesAreNeitherDampedNorLimited) {
  for (int i = 0; i < 4; ++i) tell(ada_, EventKind::kFailedJob, bob_);
  EXPECT_EQ(score(ada_), 46'000);
  tell(ada_, EventKind::kSybilDetected);
  EXPECT_EQ(score(ada_), 0);  // clamped
  const Event last = load_event(*store_, ada_, 5).value();
  EXPECT_EQ(last.delta, Points{-50'000});
  EXPECT_EQ(last.applied, Points{-46'000});
  EXPECT_EQ(load_event(*store_, ada_, 6).error().code(), "event_not_found");
}

TEST_F(RecordTest, AContestedEventDoesNotCountUntilItIsDecided) {
  tell(ada_, EventKind::kSpamReported);
  EXPECT_EQ(score(ada_), 40'000);
  set_state(ada_, 1, EventState::kContested);
  EXPECT_EQ(score(ada_), 50'000);
  EXPECT_EQ(standing(ada_).contested, 1u);
  set_state(ada_, 1, EventState::kCounts);
  EXPECT_EQ(score(ada_), 40'000);
  EXPECT_EQ(standing(ada_).contested, 0u);
  set_state(ada_, 1, EventState::kContested);
  set_state(ada_, 1, EventState::kStruck);
  EXPECT_EQ(score(ada_), 50'000);
  EXPECT_EQ(standing(ada_).contested, 0u);
}

TEST_F(RecordTest, FadingIsSettledBeforeTheNextEvent) {
  for (int i = 0; i < 10; ++i) {
    tell(ada_, EventKind::kMediationSuccess);
    now_ += kDay;
  }
  EXPECT_EQ(score(ada_), 80'000);
  now_ += 31 * kDay;  // 32 days after the last one: 30 - 2 parts of 7,300: 29,991,781 millionths
  EXPECT_EQ(score(ada_), 79'991);
  tell(ada_, EventKind::kFailedJob, bob_);
  EXPECT_EQ(score(ada_), 78'991);
  EXPECT_EQ(standing(ada_).score, Points{78'991});
}

TEST_F(RecordTest, OnlyVotesThatEndedAfterOneBecameAVoterCount) {
  open_vote("local", 1);
  voter(ada_, "local", true);
  EXPECT_EQ(turnout(ada_).eligible, 0u);
  const std::uint64_t first = open_vote("local", 2);
  const std::uint64_t second = open_vote("local", 5);
  EXPECT_EQ(first, 2u);
  vote(ada_, "local", first);
  EXPECT_EQ(turnout(ada_).eligible, 0u);  // both still run
  now_ += 2 * kDay;
  EXPECT_EQ(turnout(ada_).eligible, 1u);
  EXPECT_EQ(turnout(ada_).voted, 1u);
  now_ += 3 * kDay;
  EXPECT_EQ(turnout(ada_).eligible, 2u);
  EXPECT_EQ(turnout(ada_).voted, 1u);
  EXPECT_EQ(gamma_ppm(turnout(ada_)), 1'000'000u);
  vote(ada_, "local", second);
  EXPECT_EQ(turnout(ada_).voted, 2u);
  now_ += 87 * kDay;  // the first one ended 90 days ago
  EXPECT_EQ(turnout(ada_).eligible, 1u);
}

TEST_F(RecordTest, WhoCeasesToBeAVoterBeginsAnew) {
  voter(ada_, "local", true);
  vote(ada_, "local", open_vote("local", 0));
  EXPECT_EQ(turnout(ada_).voted, 1u);
  voter(ada_, "local", false);
  EXPECT_EQ(turnout(ada_).eligible, 0u);
  voter(ada_, "local", true);
  EXPECT_EQ(turnout(ada_).eligible, 0u);
  open_vote("local", 0);
  EXPECT_EQ(turnout(ada_).eligible, 1u);
  EXPECT_EQ(turnout(ada_).voted, 0u);
}

// Against a model that keeps every event in a list and sums from the beginning, in fractions of its own.
TEST_F(RecordTest, RandomEventsAgreeWithASumOverAllOfThem) {
  SeededRandom random(11);
  const Did people[] = {ada_, bob_, cyn_, Did("did:key:dov")};
  constexpr std::int64_t kDeltas[] = {2'000, -500,  200, 1'500, -1'000, 500,     -5'000,
                                      3'000, 1'000, 800, 1'200, 2'500,  -10'000, -50'000};
  struct Past {
    std::uint64_t day;
    std::string source;
  };
  std::int64_t expected = 50'000;
  std::vector<Past> positive;
  std::map<std::uint64_t, std::int64_t> gained;
  for (int i = 0; i < 3'000; ++i) {
    now_ += random.below(3 * kDay);
    // The last two kinds would hold it at the floor.
    const auto kind = static_cast<EventKind>(random.below(12));
    const Did source = random.below(3) == 0 ? Did() : people[random.below(4)];
    std::int64_t delta = kDeltas[static_cast<std::size_t>(kind)];
    const std::uint64_t today = now_ / kDay;
    if (source == ada_) {
      delta = 0;
    } else if (delta > 0) {
      const std::int64_t room = 3'000 - gained[today];
      std::int64_t n = 1;
      for (const Past& past : positive)
        n += !source.empty() && past.source == source.text() && past.day + 30 > today ? 1 : 0;
      if (room > 0 && !source.empty()) positive.push_back({today, source.text()});
      delta = std::min(delta / n, room);
      gained[today] += delta;
    }
    expected = std::max<std::int64_t>(0, std::min<std::int64_t>(100'000, expected + delta));
    tell(ada_, kind, source);
    ASSERT_EQ(score(ada_), expected) << "event " << i;
  }
  EXPECT_GT(standing(ada_).events, 500u);
}

}  // namespace
}  // namespace icn::reputation
