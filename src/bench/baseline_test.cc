#include "bench/baseline.h"

#include <gtest/gtest.h>

#include "base/errors.h"

namespace icn::bench {
namespace {

// A report with one row, as `icn bench --json` prints it.
Baseline earlier(TargetId id, const std::string& figure, const std::string& ratio, std::string limit = "") {
  const Target& goal = target(id);
  if (limit.empty()) limit = goal.limit_name;
  const auto parsed = Baseline::parse(R"([{"area":")" + std::string(goal.area) + R"(","work":")" + goal.work +
                                      R"(","figure":)" + figure + R"(,"ratio":)" + ratio +
                                      R"(,"limit_name":")" + limit + R"("}])");
  EXPECT_TRUE(parsed.ok()) << parsed.error().detail();
  return *parsed;
}

double worse(const Baseline& baseline, const Row& row) {
  const auto change = baseline.change(row);
  return change ? change->times_worse : -1;
}

// At least 0.8 of the bare epoll server: the machine may be half as fast, the ratio is what counts.
TEST(BenchBaseline, RowsWithAPeerAreComparedByTheirRatio) {
  const Baseline was = earlier(TargetId::kHttpInfo, "100000", "0.9");
  EXPECT_DOUBLE_EQ(worse(was, peer_row(TargetId::kHttpInfo, 45'000, 50'000)), 1);
  EXPECT_DOUBLE_EQ(worse(was, peer_row(TargetId::kHttpInfo, 30'000, 100'000)), 3);
  EXPECT_DOUBLE_EQ(worse(was, peer_row(TargetId::kHttpInfo, 180'000, 100'000)), 0.5);
  // Another peer, or none: figures.
  EXPECT_DOUBLE_EQ(worse(was, peer_row(TargetId::kHttpInfo, 50'000, std::nullopt)), 2);
  const Baseline of_another = earlier(TargetId::kHttpInfo, "100000", "0.9", "some other server");
  EXPECT_DOUBLE_EQ(worse(of_another, peer_row(TargetId::kHttpInfo, 50'000, 50'000)), 2);
}

// At most 20 ms, at most 0 errors.
TEST(BenchBaseline, MoreIsWorseWhereTheTargetIsAnUpperLimit) {
  EXPECT_DOUBLE_EQ(worse(earlier(TargetId::kHttpInfoP99, "5", "0.25"), fixed_row(TargetId::kHttpInfoP99, 15)),
                   3);
  EXPECT_DOUBLE_EQ(worse(earlier(TargetId::kHttpInfoP99, "5", "0.25"), fixed_row(TargetId::kHttpInfoP99, 1)),
                   0.2);
  const Baseline no_errors = earlier(TargetId::kHttpInfoErrors, "0", "null");
  EXPECT_DOUBLE_EQ(worse(no_errors, fixed_row(TargetId::kHttpInfoErrors, 0)), 1);
  EXPECT_DOUBLE_EQ(worse(no_errors, fixed_row(TargetId::kHttpInfoErrors, 1)), Baseline::kOutOfAllProportion);
}

TEST(BenchBaseline, WhatFailsIsWorseWhateverItsFigure) {
  Row row = fixed_row(TargetId::kHttpInfoP99, 1);
  row.has_failed = true;
  EXPECT_DOUBLE_EQ(worse(earlier(TargetId::kHttpInfoP99, "5", "0.25"), row), Baseline::kOutOfAllProportion);
}

TEST(BenchBaseline, WhatOneOfTheRunsLacksIsNotCompared) {
  EXPECT_FALSE(earlier(TargetId::kHttpInfoP99, "null", "null").change(fixed_row(TargetId::kHttpInfoP99, 5)));
  EXPECT_FALSE(
      earlier(TargetId::kHttpInfoP99, "5", "null").change(missing_row(TargetId::kHttpInfoP99, "why")));
  EXPECT_FALSE(earlier(TargetId::kHttpInfoP99, "5", "null").change(fixed_row(TargetId::kStartEmpty, 5)));
}

TEST(BenchBaseline, TheThresholdIsAShareOfWhatWas) {
  const Baseline was = earlier(TargetId::kHttpInfoP99, "5", "0.25");
  const std::vector<Row> twice{fixed_row(TargetId::kHttpInfoP99, 10), fixed_row(TargetId::kStartEmpty, 5)};
  EXPECT_TRUE(none_worse(was, twice, 200));
  EXPECT_FALSE(none_worse(was, twice, 199));
  const std::string text = changes_text(was, twice, 150);
  EXPECT_NE(text.find("WORSE\n"), std::string::npos) << text;
  EXPECT_NE(text.find("not compared: 1,"), std::string::npos) << text;
  EXPECT_EQ(changes_text(was, twice, 200).find("WORSE\n"), std::string::npos);
  const codec::Json json = row_json(twice[0], was.change(twice[0]), 150);
  EXPECT_EQ(json.find("was")->number()->text, "5");
  EXPECT_EQ(json.find("times_worse")->number()->text, "2");
  EXPECT_EQ(*json.find("worse")->boolean(), true);
  EXPECT_EQ(row_json(twice[1], was.change(twice[1]), 150).find("was"), nullptr);
}

TEST(BenchBaseline, AnythingElseIsNoReport) {
  for (const char* wrong : {"", "{}", "[1]", R"([{"work":""}])", R"([{"work":"x","figure":"5"}])"}) {
    const auto parsed = Baseline::parse(wrong);
    ASSERT_FALSE(parsed.ok()) << wrong;
    EXPECT_TRUE(parsed.error().is(errors::kMalformed)) << wrong;
  }
}

}  // namespace
}  // namespace icn::bench
