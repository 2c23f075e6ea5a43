#include "mesh/redundancy.h"

#include <gtest/gtest.h>

#include <set>

#include "mesh/errors.h"
#include "mesh/mesh_testing.h"

namespace icn::mesh {
namespace {

using testing::key_id;
using testing::key_of_person;
using testing::kNode;
using testing::person;

// Production: pay is held for 3,600 s. Person 1 submits, 9 coordinates, 2 to 8 run; max_price is 20 mana.
// Amounts are counted by hand from domain.md 7.
class Redundant : public ::testing::Test {
 protected:
  Redundant() {
    for (std::uint64_t who = 1; who <= 9; ++who) EXPECT_TRUE(ledger.grant(who).ok);
    ledger.set_parameter("mesh.sample_ppm", 0);
  }
  ~Redundant() override {
    EXPECT_TRUE(ledger.failures().empty()) << ledger.failures().front();
    const auto supply = economics::count_supply(ledger.store()).value();
    EXPECT_TRUE(supply.is_consistent) << supply.detail;
  }

  void pass(std::uint64_t secs) {
    for (std::uint64_t passed = 0; passed < secs; passed += 30) {
      ledger.advance(30);
      ledger.idle();
    }
  }

  std::string submit(RedundancyKind kind, std::uint32_t count, bool determinism = true) {
    JobSpec spec = testing::echo_spec("x", 20);
    spec.redundancy = {kind, count};
    spec.determinism = determinism;
    const Submission body = submission_of(spec, spec_block(spec).cid, person(kNode));
    const ledger::Outcome outcome = ledger.run(1, "mesh.submit", codec::to_json(body));
    group = ledger.submit_id(body);
    return outcome.ok ? "ok" : outcome.code;
  }
  JobId replica(std::uint32_t number) const { return replica_id(group, number); }
  Job job(std::uint32_t number) const { return ledger.job(replica(number)); }

  // The outcome of one assignment with one bid.
  std::string assign(const JobId& id, std::uint64_t executor, std::int64_t price_mana) {
    Bid bid;
    bid.job_id = id;
    bid.attempt = ledger.job(id).attempt;
    bid.executor = person(executor);
    bid.key = key_id(executor);
    bid.price = Millimana::from_mana(price_mana);
    bid.cpu_cores = 4;
    bid.memory_mb = 256;
    bid.valid_until = ledger.now() + 5;
    sign_bid(bid, key_of_person(executor));
    const AssignJobs::Body body{{{id, bid.attempt, {bid}, person(executor)}}};
    return result_of(ledger.run(kNode, "mesh.assign", codec::to_json(body)));
  }

  ReceiptClaim claim_of(const JobId& id, std::uint64_t executor, const std::string& result) {
    ReceiptClaim claim;
    claim.job_id = id;
    claim.attempt = ledger.job(id).attempt;
    claim.executor = person(executor);
    claim.key = key_id(executor);
    claim.receipt_cid = codec::Cid::of(codec::kRaw, as_bytes("receipt of " + std::to_string(executor)));
    if (result.starts_with("J")) {
      claim.end = AttemptEnd::kFailed;
      claim.code = result;
      claim.fuel_used = 5'000'000;
    } else {
      claim.result_cid = codec::Cid::of(codec::kRaw, as_bytes(result));
    }
    const std::string bytes = claim_signing_bytes(claim);
    claim.signature = codec::HexBytes{to_bytes(key_of_person(executor).sign(as_bytes(bytes)).view())};
    return claim;
  }
  std::string settle(const JobId& id, std::uint64_t executor, const std::string& result) {
    const SettleJobs::Body body{{claim_of(id, executor, result)}};
    return result_of(ledger.run(kNode, "mesh.settle", codec::to_json(body)));
  }
  // By the coordinator, which ran it itself.
  std::string settle_own(const JobId& id) {
    ReceiptClaim claim = claim_of(id, kNode, "r");
    claim.executor.reset();
    claim.key.reset();
    claim.signature.reset();
    return result_of(ledger.run(kNode, "mesh.settle", codec::to_json(SettleJobs::Body{{claim}})));
  }
  std::string vote(const JobId& id, const Did& judge, bool agrees) {
    for (std::uint64_t who = 1; who <= 9; ++who) {
      if (person(who) != judge) continue;
      return result_of(ledger.run(who, "mesh.judge", codec::to_json(JudgeJobs::Body{{{id, agrees}}})));
    }
    return "nobody";
  }

  // Replica n is run by person n + 1, for 6 + 2n mana: 8, 10, 12.
  void run_all(const std::vector<std::string>& results) {
    for (std::uint32_t n = 1; n <= results.size(); ++n)
      EXPECT_EQ(assign(replica(n), n + 1, 6 + 2 * n), "assigned");
    for (std::uint32_t n = 1; n <= results.size(); ++n) {
      const std::string said = settle(replica(n), n + 1, results[n - 1]);
      if (n < results.size()) {
        EXPECT_EQ(said, "verifying") << n;
      }
    }
  }
  // Makes persons 6, 7 and 8 known as executors: they may be called as judges.
  void make_judges() {
    for (std::uint64_t who = 6; who <= 8; ++who) {
      JobSpec spec = testing::echo_spec("judge", 20);
      const Submission body = submission_of(spec, spec_block(spec).cid, person(kNode));
      EXPECT_TRUE(ledger.run(1, "mesh.submit", codec::to_json(body)).ok);
      const JobId id = ledger.submit_id(body);
      EXPECT_EQ(assign(id, who, 5), "assigned");
      EXPECT_EQ(settle(id, who, "r"), "settled");
    }
  }
  void expect_end(std::uint32_t number, JobStatus status, const std::string& code, std::int64_t paid_mana) {
    const Job found = job(number);
    EXPECT_EQ(codec::enum_name(found.status), codec::enum_name(status)) << number;
    EXPECT_EQ(found.code, code) << number;
    EXPECT_EQ(found.escrow.paid, Millimana::from_mana(paid_mana)) << number;
    EXPECT_EQ(found.escrow.refunded, Millimana::from_mana(20 - paid_mana)) << number;
    EXPECT_EQ(found.executor_lock.value, 0) << number;
  }
  static codec::Cid result(const std::string& text) { return codec::Cid::of(codec::kRaw, as_bytes(text)); }

  testing::TestLedger ledger{"production"};
  JobId group;

 private:
  static std::string result_of(const ledger::Outcome& outcome) {
    if (!outcome.ok) return outcome.code;
    const codec::Json output = codec::parse_json(outcome.output).value();
    return *output.find("outcomes")->array()->front().find("result")->string();
  }
};

constexpr auto kCompleted = JobStatus::kCompleted;
constexpr auto kFailed = JobStatus::kFailed;

TEST_F(Redundant, LocksMaxPriceForEachExecutor) {
  const Millimana before = ledger.account(1).locked;
  ASSERT_EQ(submit(RedundancyKind::kFull, 3), "ok");
  EXPECT_EQ(ledger.account(1).locked - before, Millimana::from_mana(60));
  for (std::uint32_t n = 1; n <= 3; ++n) {
    EXPECT_EQ(job(n).group, group);
    EXPECT_EQ(job(n).replica, n);
  }
  EXPECT_EQ(replica(1), group);
}

TEST_F(Redundant, WhatCannotBeComparedIsRefused) {
  const ledger::Parameters parameters = ledger::load_parameters(ledger.store()).value();
  const auto refusal = [&](const JobSpec& spec) {
    const auto valid = validate_spec(spec, parameters);
    return valid.ok() ? std::string("ok") : valid.error().detail().substr(0, 10);
  };
  JobSpec spec = testing::echo_spec("x", 20);
  spec.redundancy = {RedundancyKind::kFull, 1};
  EXPECT_EQ(refusal(spec), "redundancy");
  spec.redundancy.count = 3;
  EXPECT_EQ(refusal(spec), "ok");
  spec.reads = {"mana_balance:" + person(1).text()};
  EXPECT_EQ(refusal(spec), "redundancy");
}

TEST_F(Redundant, EachAgreeingExecutorIsPaidItsOwnPrice) {
  ASSERT_EQ(submit(RedundancyKind::kFull, 3), "ok");
  run_all({"r", "r", "r"});
  expect_end(1, kCompleted, "", 8);
  expect_end(2, kCompleted, "", 10);
  expect_end(3, kCompleted, "", 12);
  EXPECT_EQ(job(1).result, result("r"));
  pass(3'700);
  EXPECT_EQ(ledger.account(1).locked.value, 0);
  for (std::uint64_t who = 2; who <= 4; ++who) EXPECT_EQ(ledger.account(who).locked.value, 0);
}

TEST_F(Redundant, NobodyRunsTwo) {
  ASSERT_EQ(submit(RedundancyKind::kFull, 3), "ok");
  EXPECT_EQ(assign(replica(1), 2, 10), "assigned");
  EXPECT_EQ(assign(replica(2), 2, 10), kNoEligibleBid.code);
  EXPECT_EQ(assign(replica(2), 3, 10), "assigned");
  EXPECT_EQ(assign(replica(3), 3, 10), kNoEligibleBid.code);
}

TEST_F(Redundant, NorDoesTheCoordinatorWithoutBids) {
  ASSERT_EQ(submit(RedundancyKind::kFull, 2), "ok");
  EXPECT_EQ(settle_own(replica(1)), "verifying");
  EXPECT_EQ(settle_own(replica(2)), "J005");
  EXPECT_EQ(assign(replica(2), 2, 10), "assigned");
  EXPECT_EQ(settle(replica(2), 2, "r"), "settled");
  EXPECT_EQ(job(1).status, kCompleted);
}

TEST_F(Redundant, TwoOfThreeAreEnoughForSamplingAndTheOddOneGetsNothing) {
  ASSERT_EQ(submit(RedundancyKind::kSampling, 3), "ok");
  run_all({"odd", "r", "r"});
  expect_end(1, kCompleted, "", 0);  // stands for the job: with the result of the others
  EXPECT_EQ(job(1).result, result("r"));
  expect_end(2, kCompleted, "", 10);
  expect_end(3, kCompleted, "", 12);
  EXPECT_FALSE(is_frozen(ledger.store(), person(2), ledger.now()).value()) << "nobody has judged";
}

TEST_F(Redundant, TwoOfThreeAreTooFewForFull) {
  ASSERT_EQ(submit(RedundancyKind::kFull, 3), "ok");
  run_all({"r", "r", "odd"});
  for (std::uint32_t n = 1; n <= 3; ++n) expect_end(n, kFailed, "J005", 0);
}

// 3 of 5 are less than two thirds, 4 of 5 more.
TEST_F(Redundant, SamplingNeedsTwoThirds) {
  ASSERT_EQ(submit(RedundancyKind::kSampling, 5, false), "ok");
  run_all({"r", "r", "r", "x", "y"});
  for (std::uint32_t n = 1; n <= 5; ++n) expect_end(n, kFailed, "J005", 0);
  ASSERT_EQ(submit(RedundancyKind::kSampling, 5, false), "ok");
  run_all({"r", "r", "r", "r", "y"});
  expect_end(1, kCompleted, "", 8);
  expect_end(4, kCompleted, "", 14);
  expect_end(5, kFailed, "J005", 0);
}

TEST_F(Redundant, JudgesFindTheOddOneWrongAndItsBidsAreFrozen) {
  make_judges();
  ASSERT_EQ(submit(RedundancyKind::kSampling, 3), "ok");
  run_all({"r", "odd", "r"});
  const Job first = job(1);
  ASSERT_EQ(first.status, JobStatus::kVerifying);
  ASSERT_TRUE(first.dispute);
  EXPECT_EQ(std::set<Did>(first.dispute->judges.begin(), first.dispute->judges.end()),
            (std::set<Did>{person(6), person(7), person(8)}));
  EXPECT_EQ(vote(group, person(2), true), kNotJudge.code);
  EXPECT_EQ(vote(group, first.dispute->judges[0], true), "open");
  EXPECT_EQ(vote(group, first.dispute->judges[1], true), "rejected");
  expect_end(1, kCompleted, "", 8);
  expect_end(2, kFailed, "J005", 0);
  expect_end(3, kCompleted, "", 12);
  const JobId before = group;
  ASSERT_EQ(submit(RedundancyKind::kFull, 2), "ok");
  EXPECT_EQ(assign(replica(1), 3, 10), kNoEligibleBid.code);
  EXPECT_EQ(assign(replica(1), 2, 10), "assigned");
  EXPECT_EQ(ledger.job(before).status, kCompleted);
}

TEST_F(Redundant, JudgesFindMostOfThemWrong) {
  make_judges();
  ASSERT_EQ(submit(RedundancyKind::kSampling, 3), "ok");
  run_all({"r", "r", "odd"});
  const auto judges = job(1).dispute.value().judges;
  EXPECT_EQ(vote(group, judges[0], false), "open");
  EXPECT_EQ(vote(group, judges[2], false), "upheld");
  for (std::uint32_t n = 1; n <= 3; ++n) expect_end(n, kFailed, "J005", 0);
  const std::uint64_t now = ledger.now();
  EXPECT_TRUE(is_frozen(ledger.store(), person(2), now).value());
  EXPECT_TRUE(is_frozen(ledger.store(), person(3), now).value());
  EXPECT_FALSE(is_frozen(ledger.store(), person(4), now).value());
  EXPECT_FALSE(is_frozen(ledger.store(), person(2), now + kFrozenSecs).value());
}

TEST_F(Redundant, JudgesAreRightAgainstAFullThatDisagrees) {
  make_judges();
  ASSERT_EQ(submit(RedundancyKind::kFull, 3), "ok");
  run_all({"r", "r", "odd"});
  const auto judges = job(1).dispute.value().judges;
  EXPECT_EQ(vote(group, judges[0], true), "open");
  EXPECT_EQ(vote(group, judges[1], true), "rejected");
  // Not all agree: the job has failed; who was right is paid.
  expect_end(1, kFailed, "J005", 8);
  expect_end(2, kCompleted, "", 10);
  expect_end(3, kFailed, "J005", 0);
}

TEST_F(Redundant, SilentJudgesLeaveItToTheCount) {
  make_judges();
  ASSERT_EQ(submit(RedundancyKind::kSampling, 3), "ok");
  run_all({"r", "odd", "r"});
  EXPECT_EQ(job(1).status, JobStatus::kVerifying);
  pass(120);
  expect_end(1, kCompleted, "", 8);
  expect_end(2, kFailed, "J005", 0);
  EXPECT_FALSE(is_frozen(ledger.store(), person(3), ledger.now()).value());
}

TEST_F(Redundant, WithoutDeterminismNobodyJudges) {
  make_judges();
  ASSERT_EQ(submit(RedundancyKind::kSampling, 3, false), "ok");
  run_all({"r", "odd", "r"});
  expect_end(1, kCompleted, "", 8);
  EXPECT_FALSE(is_frozen(ledger.store(), person(3), ledger.now()).value());
}

TEST_F(Redundant, AReplicaThatNobodyRunsEndsTheWait) {
  ASSERT_EQ(submit(RedundancyKind::kFull, 3), "ok");
  for (std::uint32_t n = 1; n <= 2; ++n) {
    EXPECT_EQ(assign(replica(n), n + 1, 10), "assigned");
    EXPECT_EQ(settle(replica(n), n + 1, "r"), "verifying");
  }
  pass(720);
  expect_end(1, kFailed, "J003", 10);
  expect_end(2, kCompleted, "", 10);
  expect_end(3, kFailed, "J003", 0);
}

// A failure by the job's fault is an end like another: half of the fuel, half of the price.
TEST_F(Redundant, TheyMayAgreeThatTheJobIsAtFault) {
  ASSERT_EQ(submit(RedundancyKind::kFull, 2), "ok");
  run_all({"J008", "J008"});
  expect_end(1, kFailed, "J008", 4);
  expect_end(2, kFailed, "J008", 5);
}

TEST_F(Redundant, AReceiptThatComesAgainChangesNothing) {
  ASSERT_EQ(submit(RedundancyKind::kFull, 2), "ok");
  EXPECT_EQ(assign(replica(1), 2, 10), "assigned");
  EXPECT_EQ(settle(replica(1), 2, "r"), "verifying");
  EXPECT_EQ(settle(replica(1), 2, "other"), kJobClaimed.code);
  EXPECT_EQ(job(1).result, result("r"));
}

TEST_F(Redundant, AClaimIsDeliveredByTime) {
  ASSERT_EQ(submit(RedundancyKind::kFull, 2), "ok");
  EXPECT_EQ(assign(replica(1), 2, 10), "assigned");
  const ClaimPay::Body body{{claim_of(replica(1), 2, "r")}};
  EXPECT_TRUE(ledger.run(2, "mesh.claim", codec::to_json(body)).ok);
  EXPECT_EQ(job(1).status, JobStatus::kClaimed);
  pass(60);
  EXPECT_EQ(job(1).status, JobStatus::kVerifying);
  EXPECT_EQ(assign(replica(2), 3, 10), "assigned");
  EXPECT_EQ(settle(replica(2), 3, "r"), "settled");
  expect_end(1, kCompleted, "", 10);
}

TEST_F(Redundant, CancellingPaysWhoHasDelivered) {
  ASSERT_EQ(submit(RedundancyKind::kFull, 3), "ok");
  EXPECT_EQ(assign(replica(2), 3, 10), "assigned");
  EXPECT_EQ(settle(replica(2), 3, "r"), "verifying");
  EXPECT_EQ(assign(replica(3), 4, 10), "assigned");
  const auto cancel = [&](const JobId& id) {
    const auto outcome = ledger.run(1, "mesh.cancel", codec::to_json(CancelJob::Body{id, {}, {}}));
    return outcome.ok ? std::string("ok") : outcome.code;
  };
  EXPECT_EQ(cancel(replica(2)), kIsReplica.code);
  EXPECT_EQ(cancel(group), "ok");
  expect_end(1, JobStatus::kCancelled, "", 0);
  expect_end(2, JobStatus::kCancelled, "", 10);
  expect_end(3, JobStatus::kCancelled, "", 0);
}

TEST_F(Redundant, CancellingPaysAFailureByItsFuel) {
  ASSERT_EQ(submit(RedundancyKind::kFull, 2), "ok");
  for (std::uint32_t n = 1; n <= 2; ++n) EXPECT_EQ(assign(replica(n), n + 1, 10), "assigned");
  EXPECT_EQ(settle(replica(1), 2, "J008"), "verifying");  // half of the fuel
  ASSERT_TRUE(ledger.run(1, "mesh.cancel", codec::to_json(CancelJob::Body{group, {}, {}})).ok);
  EXPECT_EQ(job(1).escrow.paid, Millimana::from_mana(5));
  EXPECT_EQ(job(2).escrow.paid.value, 0);
}

// The submitter doubts the claim of the one who is right and loses: that says nothing of the other two, who
// say the same wrong thing.
TEST_F(Redundant, ADisputeOfAClaimIsNoVerdictOnTheComparison) {
  make_judges();
  ASSERT_EQ(submit(RedundancyKind::kSampling, 3), "ok");
  for (std::uint32_t n = 1; n <= 3; ++n) EXPECT_EQ(assign(replica(n), n + 1, 6 + 2 * n), "assigned");
  const ClaimPay::Body claim{{claim_of(replica(1), 2, "right")}};
  ASSERT_TRUE(ledger.run(2, "mesh.claim", codec::to_json(claim)).ok);
  ASSERT_TRUE(ledger.run(1, "mesh.object", codec::to_json(ObjectToJob::Body{group, {}})).ok);
  const auto first = job(1).dispute.value().judges;
  for (const Did& judge : first) vote(group, judge, true);
  ASSERT_EQ(job(1).status, JobStatus::kVerifying);
  EXPECT_EQ(settle(replica(2), 3, "wrong"), "verifying");
  EXPECT_EQ(settle(replica(3), 4, "wrong"), "verifying");
  const auto second = job(2).dispute.value().judges;
  for (const Did& judge : second) vote(replica(2), judge, false);
  expect_end(2, kFailed, "J005", 0);
  expect_end(3, kFailed, "J005", 0);
  const std::uint64_t now = ledger.now();
  EXPECT_FALSE(is_frozen(ledger.store(), person(2), now).value());
  EXPECT_TRUE(is_frozen(ledger.store(), person(3), now).value());
  EXPECT_TRUE(is_frozen(ledger.store(), person(4), now).value());
}

// Everything at random: after every block the invariants hold, in the end nothing is open or locked.
TEST_F(Redundant, KeepsItsRulesOverManySeeds) {
  make_judges();
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    SeededRandom random(seed);
    const auto pick = [&](std::uint64_t count) { return read_u64(random.bytes(8)) % count; };
    const auto count = static_cast<std::uint32_t>(2 + pick(4));
    const auto kind = pick(2) == 0 ? RedundancyKind::kFull : RedundancyKind::kSampling;
    ASSERT_EQ(submit(kind, count, pick(4) != 0), "ok");
    for (int move = 0; move < 40; ++move) {
      const auto n = static_cast<std::uint32_t>(1 + pick(count));
      const Job now = job(n);
      const std::string says = pick(4) == 0 ? "odd" : pick(10) == 0 ? "J008" : "r";
      if (now.status == JobStatus::kSubmitted)
        assign(replica(n), 2 + pick(4), 2 + static_cast<std::int64_t>(pick(8)));
      for (std::uint64_t who = 2; who <= 5; ++who) {
        if (now.status == JobStatus::kAssigned && now.executor == person(who) && pick(2) == 0)
          settle(replica(n), who, says);
      }
      if (now.dispute && pick(2) == 0)
        vote(replica(n), now.dispute->judges[pick(now.dispute->judges.size())], pick(3) != 0);
      if (pick(6) == 0) pass(30);
      if (pick(60) == 0) ledger.run(1, "mesh.cancel", codec::to_json(CancelJob::Body{group, {}, {}}));
      ASSERT_TRUE(ledger.failures().empty()) << ledger.failures().front();
    }
    pass(3'000);
    for (std::uint32_t n = 1; n <= count; ++n) {
      ASSERT_TRUE(is_final(job(n).status)) << n << " " << codec::enum_name(job(n).status);
      const Escrow escrow = job(n).escrow;
      EXPECT_EQ(escrow.paid + escrow.refunded + escrow.burned, escrow.locked);
    }
    EXPECT_EQ(ledger.account(1).locked.value, 0);
  }
}

}  // namespace
}  // namespace icn::mesh
