#include "bench/report.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace icn::bench {
namespace {

// targets.def: at least 0.8 of the bare epoll server.
TEST(Report, APeerTargetComparesTheRatio) {
  EXPECT_EQ(peer_row(TargetId::kHttpInfo, 80, 100).is_met(), true);
  EXPECT_EQ(peer_row(TargetId::kHttpInfo, 79, 100).is_met(), false);
  EXPECT_DOUBLE_EQ(*peer_row(TargetId::kHttpInfo, 79, 100).ratio(), 0.79);
}

// targets.def: at most 20 ms, at most 0 errors.
TEST(Report, AFixedTargetComparesTheFigure) {
  EXPECT_EQ(fixed_row(TargetId::kHttpInfoP99, 20).is_met(), true);
  EXPECT_EQ(fixed_row(TargetId::kHttpInfoP99, 20.1).is_met(), false);
  EXPECT_EQ(fixed_row(TargetId::kHttpInfoErrors, 0).is_met(), true);
  EXPECT_EQ(fixed_row(TargetId::kHttpInfoErrors, 1).is_met(), false);
  EXPECT_EQ(fixed_row(TargetId::kHttpInfoErrors, 1).ratio(), std::nullopt);
}

TEST(Report, FailedRequestsAreNotMadeUpForByAFigure) {
  Row row = fixed_row(TargetId::kHttpInfoP99, 1);
  row.has_failed = true;
  EXPECT_EQ(row.is_met(), false);
}

TEST(Report, WhatWasNotMeasuredIsNeitherMetNorMissed) {
  const Row row = missing_row(TargetId::kTransfer64, "pgbench is not installed");
  EXPECT_EQ(row.is_met(), std::nullopt);
  EXPECT_FALSE(all_met({row}));
  const std::string text = codec::write_json(row_json(row));
  EXPECT_NE(text.find(R"("figure":null)"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("met":null)"), std::string::npos) << text;
  EXPECT_NE(text.find("pgbench is not installed"), std::string::npos) << text;
  EXPECT_EQ(peer_row(TargetId::kTransfer64, 100, std::nullopt).is_met(), std::nullopt);
}

// The members design.md 10 names, with their values as numbers.
TEST(Report, ARowAsJson) {
  const codec::Json json = row_json(peer_row(TargetId::kTransfer64, 21'000, 3'000));
  EXPECT_EQ(*json.find("work")->string(), "signed transfers, 64 connections");
  EXPECT_EQ(json.find("figure")->number()->text, "21000");
  EXPECT_EQ(json.find("limit")->number()->text, "3000");
  EXPECT_EQ(json.find("ratio")->number()->text, "7");
  EXPECT_EQ(json.find("target")->number()->text, "6");
  EXPECT_EQ(*json.find("met")->boolean(), true);
  EXPECT_EQ(*json.find("durable")->boolean(), true);
  EXPECT_EQ(*json.find("unit")->string(), "transfers/s");
  EXPECT_EQ(*json.find("limit_name")->string(), "pgbench TPC-B, 16 clients");
}

TEST(Report, TheTableHasALineARowAndItsNote) {
  const std::string text = report_text(
      {fixed_row(TargetId::kTransferP99, 2.345678, "of 5,000"), fixed_row(TargetId::kStartEmpty, 0.5)});
  EXPECT_EQ(text,
            "WORK                              FIGURE  UNIT   RATIO  TARGET  MET  LIMIT\n"
            "signed transfers at 1,000/s: p99   2.346  ms    0.2346  <= 10   yes  limit\n"
            "    of 5,000\n"
            "start to ready, empty                0.5  s      1.667  <= 0.3  NO   limit\n");
}

TEST(Targets, EveryRowStandsOnceAndItsAimIsNotWeakerThanItsMust) {
  std::set<std::string> seen;
  for (const Target& each : targets()) {
    EXPECT_TRUE(seen.insert(std::string(each.area) + each.work).second) << each.work;
    if (each.direction == Direction::kAtLeast) {
      EXPECT_GE(each.aim, each.must) << each.work;
    } else {
      EXPECT_LE(each.aim, each.must) << each.work;
    }
  }
}

}  // namespace
}  // namespace icn::bench
