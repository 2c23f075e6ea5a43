#include "mesh/lifecycle.h"

#include <gtest/gtest.h>

#include "mesh/errors.h"
#include "mesh/lifecycle_testing.h"
#include "mesh/price.h"

namespace icn::mesh {
namespace {

using testing::kNode;
using testing::person;
using testing::Table;

// Development: a start grant is 1,750 mana, pay is not held. Person 9 is the node, 5 has no grant.
constexpr std::string_view kOneNode = R"(
grant 1
grant 9
submit a 1 20000 ok
lock 1 20000
job a submitted 1 0 0 -
settle 1 a 1 completed 0 not_coordinator
settle 9 x 1 completed 0 job_not_found
settle 9 a 2 completed 0 wrong_attempt
settle 9 a 1 completed 0 settled
job a completed 1 price - -
lock 1 0
settle 9 a 1 completed 0 job_ended        # a second receipt pays nothing
job a completed 1 price - -
cancel 1 a - job_ended

submit b 1 5000 ok                        # the price is bounded by max_price
settle 9 b 1 completed 0 settled
job b completed 1 5000 0 -

submit c 1 5000 ok                        # at fault: price . fuel used / fuel limit (10,000,000)
settle 9 c 1 failed 5000000 settled
job c failed 1 2500 2500 J009
submit d 1 5000 ok                        # at least 1 mana
settle 9 d 1 failed 1 settled
job d failed 1 1000 4000 J009
submit e 1 5000 ok                        # at most the price
settle 9 e 1 failed 99000000 settled
job e failed 1 5000 0 J009

submit f 9 20000 ok                       # the node's own job costs nothing
lock 9 20000
settle 9 f 1 completed 0 settled
job f completed 1 0 20000 -
lock 9 0

submit g 1 20000 ok                       # a machine's end: three attempts, then all goes back
settle 9 g 1 unavailable 0 retry
job g submitted 2 0 0 -
settle 9 g 1 unavailable 0 wrong_attempt
settle 9 g 2 timed_out 0 retry
settle 9 g 3 timed_out 0 settled
job g failed 3 0 20000 J004
submit h 1 20000 ok
settle 9 h 1 out_of_memory 0 retry
settle 9 h 2 out_of_memory 0 retry
settle 9 h 3 out_of_memory 0 settled
job h failed 3 0 20000 J009

submit i 1 20000 ok                       # cancelled before it ran
cancel 9 i - not_submitter
cancel 1 x - job_not_found
cancel 1 i - ok
job i cancelled 1 0 20000 -
settle 9 i 1 completed 0 job_ended
submit j 1 5000 ok                        # running: 50 % signed, 6 of 30 s passed -> a fifth of the price
wait 6
cancel 1 j 99 J005                        # signed by somebody else
cancel 1 j 50 ok
job j cancelled 1 1000 4000 -
submit k 1 5000 ok                        # 10 % signed, 15 of 30 s
wait 15
cancel 1 k 10 ok
job k cancelled 1 500 4500 -

submit l 1 20000 deadline=100 ok
wait 99
job l submitted 1 0 0 -
wait 1
job l failed 1 0 20000 J010
submit m 1 20000 deadline=0 J010
submit n 1 20000 ok                       # nobody takes it: 600 s to assign, 30 to run, 30 of grace
wait 100
wait 100
wait 100
wait 100
wait 100
wait 100
job n submitted 1 0 0 -
wait 59
job n submitted 1 0 0 -
wait 1
job n failed 1 0 20000 J003

submit o 1 20000 secs=301 J001
submit o 1 20000 memory=1025 J001
submit o 1 20000 coordinator=nobody J001
submit o 1 1000000001 J001
submit o 5 20000 not_verified
submit o 1 999999000 J002
set mesh.open_jobs_max 1
submit o 1 20000 ok
submit p 1 20000 open_jobs_max
settle 9 o 1 completed 0 settled
submit p 1 20000 ok
)";

// Persons 2 and 3 bid. An executor locks a tenth of its price.
constexpr std::string_view kMarket = R"(
grant 1
grant 2
grant 3
submit a 1 20000 ok
assign 1 a 1 2 2:10000 not_coordinator
assign 9 x 1 2 2:10000 job_not_found
assign 9 a 2 2 2:10000 wrong_attempt
assign 9 a 1 2 2:10000:forged bad_bid
assign 9 a 1 2 2:10000 2:9000 bad_bid
assign 9 a 1 2 2:21000 no_eligible_bid      # above max_price
assign 9 a 1 5 5:10000 no_eligible_bid      # cannot lock 1 mana
assign 9 a 1 2 2:10000 3:9000 not_best_bid
assign 9 a 1 3 2:10000 3:9000 ok
lock 3 900
assign 9 a 1 3 2:10000 3:9000 already_assigned
settle 9 a 1 completed 0 J005               # the node is not the executor
settle 9 a 1 completed 0 executor=2 J005
settle 9 a 1 completed 0 forged=3 J005
settle 9 a 1 completed 0 executor=3 settled
job a completed 1 9000 11000 -
lock 3 0
lock 1 0
assign 9 a 1 3 3:9000 job_ended

submit b 1 20000 ok                         # no receipt in 30 + 30 s: half the lock burned, next attempt
assign 9 b 1 2 2:10000 ok
lock 2 1000
wait 60
lock 2 0
job b submitted 2 0 0 -
assign 9 b 2 2 2:10000 no_eligible_bid      # who lost an attempt is excluded
assign 9 b 2 3 2:5000 3:9000 ok
settle 9 b 2 unavailable 0 executor=3 retry
lock 3 0
job b submitted 3 0 0 -
cancel 1 b - ok
job b cancelled 3 0 20000 -
submit d 1 20000 ok                         # nobody offers: the coordinator gives up, all goes back
withdraw 1 d 1 - not_coordinator
withdraw 9 x 1 - job_not_found
withdraw 9 d 2 - wrong_attempt
withdraw 9 d 1 2 wrong_attempt              # nobody has it
withdraw 9 d 1 - settled
job d failed 1 0 20000 J003
withdraw 9 d 1 - job_ended
submit e 1 20000 ok                         # the executor is gone: the attempt goes on elsewhere, at no cost
start 2 e 1 wrong_attempt
assign 9 e 1 2 2:10000 ok
lock 2 1000
withdraw 9 e 1 - already_assigned
withdraw 9 e 1 3 wrong_attempt
withdraw 9 e 1 2 withdrawn_early
wait 4
withdraw 9 e 1 2 withdrawn_early
wait 1
withdraw 9 e 1 2 retry
lock 2 0
job e submitted 2 0 0 -
settle 9 e 1 completed 0 executor=2 wrong_attempt   # its receipt comes too late
start 2 e 1 wrong_attempt
assign 9 e 2 2 2:10000 no_eligible_bid
assign 9 e 2 3 3:9000 ok
start 2 e 2 J005
start 3 x 2 job_not_found
start 3 e 2 started                         # it says that it runs: its time limit decides
start 3 e 2 already_started
wait 20
withdraw 9 e 2 3 already_started
claim 3 e 2 completed 0 claimed
withdraw 9 e 2 3 job_claimed
wait 30
job e completed 2 9000 11000 -
start 3 e 2 job_ended
submit f 1 20000 ok                         # the third attempt is the last
assign 9 f 1 2 2:10000 ok
wait 5
withdraw 9 f 1 2 retry
assign 9 f 2 3 3:9000 ok
wait 5
withdraw 9 f 2 3 retry
assign 9 f 3 1 1:9000 ok
wait 5
withdraw 9 f 3 1 settled
job f failed 3 0 20000 J004
lock 1 0
lock 2 0
lock 3 0
submit c 1 20000 reputation=51 ok           # everybody has 50 until reputation exists
assign 9 c 1 2 2:10000 no_eligible_bid
)";

// Its id does not depend on when the transaction expires, that of the transaction does.
TEST(JobLifecycle, TheSameNonceIsTheSameJob) {
  testing::TestLedger ledger;
  ASSERT_TRUE(ledger.grant(1).ok);
  const JobSpec spec = testing::echo_spec();
  const codec::Json body = codec::to_json(submission_of(spec, spec_block(spec).cid, person(kNode)));
  const auto submit = [&](TimestampSecs at) {
    SeededRandom nonce(5);
    return ledger.run(1, testing::make_transaction(1, "mesh.submit", body, at, nonce));
  };
  EXPECT_TRUE(submit(ledger.now()).ok);
  const Millimana locked = ledger.account(1).locked;
  EXPECT_EQ(submit(ledger.now() - 1).code, kJobExists.code);
  EXPECT_EQ(ledger.account(1).locked, locked);
}

TEST(JobLifecycle, KeepsItsRules) {
  Table one("development");
  one.play(kOneNode);
  Table market("development");
  market.play(kMarket);
  std::set<std::string> seen = one.codes();
  seen.insert(market.codes().begin(), market.codes().end());
  const std::set<std::string> all{"ok",
                                  "settled",
                                  "retry",
                                  kInvalidSpec.code,
                                  kInsufficientBudget.code,
                                  kNoExecutor.code,
                                  kTimeout.code,
                                  kValidationFailed.code,
                                  kResourcesExhausted.code,
                                  kDeadlinePassed.code,
                                  kJobNotFound.code,
                                  kNotVerified.code,
                                  kTooManyOpenJobs.code,
                                  kNotSubmitter.code,
                                  kNotCoordinator.code,
                                  kJobEnded.code,
                                  kWrongAttempt.code,
                                  kAlreadyAssigned.code,
                                  kBadBid.code,
                                  kNotBestBid.code,
                                  kNoEligibleBid.code,
                                  "started",
                                  "claimed",
                                  kAlreadyStarted.code,
                                  kWithdrawnEarly.code,
                                  kJobClaimed.code};
  EXPECT_EQ(seen, all);
}

TEST(JobLifecycle, HoldsPayForTheDisputeWindow) {
  testing::TestLedger ledger("production");
  ASSERT_TRUE(ledger.grant(1).ok);
  ASSERT_TRUE(ledger.grant(kNode).ok);
  const auto available = [&] {
    const economics::Account account = ledger.account(kNode);
    return account.balance - account.locked - economics::held_at(account, ledger.now());
  };
  const Millimana before = available();
  JobSpec spec = testing::echo_spec("x", 5);
  const Submission body = submission_of(spec, spec_block(spec).cid, person(kNode));
  ASSERT_TRUE(ledger.run(1, "mesh.submit", codec::to_json(body)).ok);
  ReceiptClaim claim;
  claim.job_id = ledger.submit_id(body);
  claim.receipt_cid = codec::Cid::of(codec::kRaw, as_bytes("receipt"));
  claim.result_cid = claim.receipt_cid;
  ASSERT_TRUE(ledger.run(kNode, "mesh.settle", codec::to_json(SettleJobs::Body{{claim}})).ok);
  EXPECT_EQ(available(), before);  // 5 mana more, all of them held
  EXPECT_EQ(ledger.account(kNode).balance.value, before.value + 5'000);
}

// By hand: 5 + 2 + 0.64 + 0.5 = 8.14 mana, times 1.050 with the 50 points it starts with, times 1.051
// with 51.5.
TEST(JobLifecycle, TheUsualPriceRisesWithTheReputationOfTheExecutor) {
  testing::TestLedger ledger;
  for (const std::uint64_t who : {std::uint64_t{1}, testing::kNode}) ASSERT_TRUE(ledger.grant(who).ok);
  for (const std::int64_t base : {8'547, 8'555}) {
    const JobSpec spec = testing::echo_spec();
    const Submission body = submission_of(spec, spec_block(spec).cid, testing::person(testing::kNode));
    ASSERT_TRUE(ledger.run(1, "mesh.submit", codec::to_json(body)).ok);
    ReceiptClaim claim;
    claim.job_id = ledger.submit_id(body);
    claim.receipt_cid = codec::Cid::of(codec::kRaw, as_bytes("receipt"));
    claim.result_cid = codec::Cid::of(codec::kRaw, as_bytes("r"));
    ASSERT_TRUE(ledger.run(testing::kNode, "mesh.settle", codec::to_json(SettleJobs::Body{{claim}})).ok);
    const std::uint32_t factor_ppm = price_factor_ppm(claim.job_id, testing::person(testing::kNode));
    EXPECT_EQ(ledger.job(claim.job_id).escrow.paid.value, base * factor_ppm / 1'000'000);
  }
}

// After a retry for time the next attempt may run half as long again, as long as the price allows.
TEST(JobLifecycle, GivesARetryMoreOfWhatRanOut) {
  testing::TestLedger ledger;
  ASSERT_TRUE(ledger.grant(1).ok);
  const auto after = [&](AttemptEnd end, std::int64_t max_price_millimana) {
    JobSpec spec = testing::echo_spec("x");
    spec.max_price = {max_price_millimana};
    const Submission body = submission_of(spec, spec_block(spec).cid, person(kNode));
    EXPECT_TRUE(ledger.run(1, "mesh.submit", codec::to_json(body)).ok);
    ReceiptClaim claim;
    claim.job_id = ledger.submit_id(body);
    claim.end = end;
    claim.receipt_cid = codec::Cid::of(codec::kRaw, as_bytes("receipt"));
    EXPECT_TRUE(ledger.run(kNode, "mesh.settle", codec::to_json(SettleJobs::Body{{claim}})).ok);
    const Job job = ledger.job(claim.job_id);
    return std::pair(job.memory_mb, job.execution_secs);
  };
  EXPECT_EQ(after(AttemptEnd::kTimedOut, 20'000), std::pair(64u, 45u));
  EXPECT_EQ(after(AttemptEnd::kOutOfMemory, 20'000), std::pair(128u, 30u));
  EXPECT_EQ(after(AttemptEnd::kUnavailable, 20'000), std::pair(64u, 30u));
  EXPECT_EQ(after(AttemptEnd::kOutOfMemory, 8'600), std::pair(64u, 30u));  // 128 MiB cost 9.219 mana
}

// Random steps by random people. What is locked and open must follow from the jobs that have not ended.
TEST(JobLifecycle, NeverLosesOrMakesMana) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    SeededRandom random(seed);
    testing::TestLedger ledger;
    for (const std::uint64_t who : {1, 2, 3, 9}) ASSERT_TRUE(ledger.grant(who).ok);
    std::vector<JobId> jobs;
    for (int step = 0; step < 150; ++step) {
      const std::uint64_t choice = random.below(10);
      if (choice < 3 || jobs.empty()) {
        JobSpec spec = testing::echo_spec("x", static_cast<std::int64_t>(1 + random.below(100)));
        if (random.below(4) == 0) spec.deadline = ledger.now() + 1 + random.below(200);
        const Submission body = submission_of(spec, spec_block(spec).cid, person(kNode));
        const std::uint64_t who = random.below(4) == 0 ? kNode : 1 + random.below(3);
        if (ledger.run(who, "mesh.submit", codec::to_json(body)).ok) jobs.push_back(ledger.submit_id(body));
      } else if (choice < 7) {
        ReceiptClaim claim;
        claim.job_id = jobs[random.below(jobs.size())];
        claim.attempt = static_cast<std::uint32_t>(1 + random.below(3));
        claim.end = static_cast<AttemptEnd>(random.below(5));
        claim.fuel_used = random.below(20'000'000);
        claim.receipt_cid = codec::Cid::of(codec::kRaw, as_bytes("receipt"));
        if (claim.end == AttemptEnd::kCompleted) claim.result_cid = claim.receipt_cid;
        if (claim.end == AttemptEnd::kFailed) claim.code = kValidationFailed.code;
        ASSERT_TRUE(ledger.run(kNode, "mesh.settle", codec::to_json(SettleJobs::Body{{claim}})).ok);
      } else if (choice < 8) {
        CancelJob::Body body;
        body.job_id = jobs[random.below(jobs.size())];
        static_cast<void>(ledger.run(1 + random.below(3), "mesh.cancel", codec::to_json(body)));
      } else {
        ledger.advance(random.below(100));
        ledger.idle();
      }
    }
    std::map<Did, std::int64_t> locked;
    std::map<Did, std::uint64_t> open;
    for (const JobId& id : jobs) {
      const Job job = ledger.job(id);
      const Escrow& escrow = job.escrow;
      if (is_final(job.status)) {
        EXPECT_EQ(escrow.paid + escrow.refunded + escrow.burned, escrow.locked);
        continue;
      }
      locked[job.submitter] += escrow.locked.value;
      ++open[job.submitter];
    }
    for (const std::uint64_t who : {1, 2, 3, 9}) {
      EXPECT_EQ(ledger.account(who).locked.value, locked[person(who)]);
      const auto count = kOpenJobs.get(ledger.store(), person(who)).value();
      EXPECT_EQ(count ? count->count : 0, open[person(who)]);
    }
    EXPECT_TRUE(ledger.failures().empty());
    const auto supply = economics::count_supply(ledger.store()).value();
    EXPECT_TRUE(supply.is_consistent) << supply.detail;
  }
}

}  // namespace
}  // namespace icn::mesh
