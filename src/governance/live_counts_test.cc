#include "governance/live_counts.h"

#include <gtest/gtest.h>

#include "base/errors.h"

namespace icn::governance {
namespace {

using std::chrono::milliseconds;

class LiveCountsTest : public ::testing::Test {
 protected:
  // How many ballots the answer counts.
  std::uint64_t ask(const std::string& vote, std::uint64_t ballots, milliseconds takes = milliseconds(50)) {
    const auto counted = counts_.get(clock_, vote, ballots, [&]() -> Result<tally::Outcome> {
      ++made_;
      clock_.advance(takes);
      tally::Outcome outcome;
      outcome.participated = ballots;
      return outcome;
    });
    EXPECT_TRUE(counted.ok());
    EXPECT_EQ((*counted)->outcome.participated, (*counted)->ballots);
    return (*counted)->ballots;
  }

  ManualClock clock_;
  LiveCounts counts_;
  int made_ = 0;
};

TEST_F(LiveCountsTest, AreMadeOnceForTheSameBallots) {
  EXPECT_EQ(ask("one", 10), 10u);
  for (int i = 0; i < 100; ++i) {
    clock_.advance(milliseconds(1'000));
    EXPECT_EQ(ask("one", 10), 10u);
  }
  EXPECT_EQ(made_, 1);
}

TEST_F(LiveCountsTest, RestNineTimesAsLongAsTheyTook) {
  EXPECT_EQ(ask("one", 10), 10u);
  EXPECT_EQ(ask("one", 11), 10u);
  clock_.advance(milliseconds(449));
  EXPECT_EQ(ask("one", 12), 10u);
  clock_.advance(milliseconds(1));
  EXPECT_EQ(ask("one", 13), 13u);
  EXPECT_EQ(ask("one", 9), 13u);  // who reads an older moment sees what is known
  EXPECT_EQ(made_, 2);
}

TEST_F(LiveCountsTest, RestTogether) {
  EXPECT_EQ(ask("small", 1, milliseconds(0)), 1u);
  EXPECT_EQ(ask("large", 10'000), 10'000u);  // nobody asked before: it is not made to wait
  EXPECT_EQ(ask("small", 2, milliseconds(0)), 1u);
  clock_.advance(milliseconds(450));
  EXPECT_EQ(ask("small", 2, milliseconds(0)), 2u);
  EXPECT_EQ(ask("small", 3, milliseconds(0)), 3u);  // what takes no time needs no rest
}

TEST_F(LiveCountsTest, OneThatRunsIsNotMadeAgain) {
  ask("one", 1, milliseconds(0));
  const auto outer = counts_.get(clock_, "one", 2, [&]() -> Result<tally::Outcome> {
    EXPECT_EQ(ask("one", 3), 1u);
    return tally::Outcome{};
  });
  EXPECT_EQ((*outer)->ballots, 2u);
  EXPECT_EQ(made_, 1);
}

TEST_F(LiveCountsTest, KeepSoManyAndNoErrors) {
  const auto broken = counts_.get(
      clock_, "one", 1, []() -> Result<tally::Outcome> { return Error(errors::kInternal, "broken"); });
  EXPECT_FALSE(broken.ok());
  EXPECT_EQ(ask("one", 1, milliseconds(0)), 1u);
  for (std::size_t i = 0; i < LiveCounts::kVotesMax; ++i)
    ask("other" + std::to_string(i), 1, milliseconds(0));
  const int before = made_;
  ask("one", 1, milliseconds(0));
  EXPECT_EQ(made_, before + 1);
}

}  // namespace
}  // namespace icn::governance
