#include "mesh/dispute.h"

#include <gtest/gtest.h>

#include <map>

#include "mesh/errors.h"
#include "mesh/mesh_testing.h"

namespace icn::mesh {
namespace {

using testing::key_id;
using testing::key_of_person;
using testing::kNode;
using testing::person;

// Production: pay is held for 3,600 s. Person 1 submits, 9 coordinates, 2 to 6 run jobs at 10 mana: a lock
// and a stake of 1 mana.
class Disputes : public ::testing::Test {
 protected:
  Disputes() {
    for (const std::uint64_t who : {1, 2, 3, 4, 5, 6, 7, 9}) EXPECT_TRUE(ledger.grant(who).ok);
    ledger.set_parameter("mesh.sample_ppm", 0);
  }
  // Nothing of what the rules forbid has happened.
  ~Disputes() override {
    EXPECT_TRUE(ledger.failures().empty()) << ledger.failures().front();
    const auto supply = economics::count_supply(ledger.store()).value();
    EXPECT_TRUE(supply.is_consistent) << supply.detail;
  }

  // In steps that are no standstill of the network.
  void pass(std::uint64_t secs) {
    for (std::uint64_t passed = 0; passed < secs; passed += 30) {
      ledger.advance(30);
      ledger.idle();
    }
  }
  JobId assigned(std::uint64_t executor) {
    const JobSpec spec = testing::echo_spec("x", 20);
    const Submission body = submission_of(spec, spec_block(spec).cid, person(kNode));
    EXPECT_TRUE(ledger.run(1, "mesh.submit", codec::to_json(body)).ok);
    const JobId id = ledger.submit_id(body);
    Bid bid;
    bid.job_id = id;
    bid.executor = person(executor);
    bid.key = key_id(executor);
    bid.price = Millimana::from_mana(10);
    bid.cpu_cores = 4;
    bid.memory_mb = 256;
    bid.valid_until = ledger.now() + 5;
    sign_bid(bid, key_of_person(executor));
    const AssignJobs::Body assign{{{id, 1, {bid}, person(executor)}}};
    EXPECT_TRUE(ledger.run(kNode, "mesh.assign", codec::to_json(assign)).ok);
    EXPECT_EQ(ledger.job(id).status, JobStatus::kAssigned);
    return id;
  }
  ReceiptClaim claim_of(const JobId& id, std::uint64_t executor) {
    ReceiptClaim claim;
    claim.job_id = id;
    claim.executor = person(executor);
    claim.key = key_id(executor);
    claim.receipt_cid = claim.result_cid.emplace(codec::Cid::of(codec::kRaw, as_bytes("r")));
    const std::string bytes = claim_signing_bytes(claim);
    claim.signature = codec::HexBytes{to_bytes(key_of_person(executor).sign(as_bytes(bytes)).view())};
    return claim;
  }
  JobId completed(std::uint64_t executor) {
    const JobId id = assigned(executor);
    const SettleJobs::Body body{{claim_of(id, executor)}};
    EXPECT_TRUE(ledger.run(kNode, "mesh.settle", codec::to_json(body)).ok);
    EXPECT_EQ(ledger.job(id).status, JobStatus::kCompleted);
    return id;
  }
  JobId claimed(std::uint64_t executor) {
    const JobId id = assigned(executor);
    const ClaimPay::Body body{{claim_of(id, executor)}};
    EXPECT_TRUE(ledger.run(executor, "mesh.claim", codec::to_json(body)).ok);
    EXPECT_EQ(ledger.job(id).status, JobStatus::kClaimed);
    return id;
  }
  // 3, 4 and 5 are known as executors.
  void know_executors() {
    for (const std::uint64_t who : {3, 4, 5}) completed(who);
  }
  std::string object(std::uint64_t who, const JobId& id) {
    const auto outcome = ledger.run(who, "mesh.object", codec::to_json(ObjectToJob::Body{id, {}}));
    return outcome.ok ? "ok" : outcome.code;
  }
  std::string vote(std::uint64_t who, const JobId& id, bool agrees) {
    const auto outcome = ledger.run(who, "mesh.judge", codec::to_json(JudgeJobs::Body{{{id, agrees}}}));
    if (!outcome.ok) return outcome.code;
    const auto output = codec::from_json<JudgeJobs::Output>(codec::parse_json(outcome.output).value());
    return output->outcomes.at(0).result;
  }
  std::int64_t balance(std::uint64_t who) const { return ledger.account(who).balance.value; }
  std::int64_t locked(std::uint64_t who) const { return ledger.account(who).locked.value; }
  std::int64_t available(std::uint64_t who) const {
    return economics::available_at(ledger.account(who), ledger.now()).value;
  }
  std::int64_t burned() const {
    return economics::kSupply.get(ledger.store(), economics::kSupplyKey).value()->burned.value;
  }
  DisputeState state(const JobId& id) const { return ledger.job(id).dispute->state; }

  testing::TestLedger ledger{"production"};
};

// Else whoever has a few mana makes judges of its own: keys without an account, each the coordinator of one
// job that it says it ran.
TEST_F(Disputes, WhoHasHadNoStartGrantIsNoJudge) {
  know_executors();
  for (const std::uint64_t stranger : {21, 22, 23, 24}) {
    const JobSpec spec = testing::echo_spec("x", 1);
    const Submission body = submission_of(spec, spec_block(spec).cid, person(stranger));
    ASSERT_TRUE(ledger.run(1, "mesh.submit", codec::to_json(body)).ok);
    ReceiptClaim claim = claim_of(ledger.submit_id(body), stranger);
    claim.executor.reset();
    claim.key.reset();
    claim.signature.reset();
    ASSERT_TRUE(ledger.run(stranger, "mesh.settle", codec::to_json(SettleJobs::Body{{claim}})).ok);
    ASSERT_EQ(ledger.job(claim.job_id).status, JobStatus::kCompleted);
  }
  const JobId id = completed(2);
  ASSERT_EQ(object(1, id), "ok");
  std::vector<Did> judges = ledger.job(id).dispute->judges;
  std::ranges::sort(judges);
  std::vector<Did> known{person(3), person(4), person(5)};
  std::ranges::sort(known);
  EXPECT_EQ(judges, known);
}

// However many executors are known, a call reads no more of them than it needs; all are called alike.
TEST_F(Disputes, JudgesAreDrawnFromAllWhoAreKnown) {
  constexpr std::uint64_t kKnown = 400;
  ledger.change([&](ledger::View& view) -> Result<void> {
    for (std::uint64_t number = 1; number <= kKnown; ++number)
      ICN_TRY(kExecutorPlaces.put(view, number, {person(100 + number)}));
    return {};
  });
  std::map<Did, int> calls;
  for (int job = 0; job < 60; ++job) {
    const JobId id = completed(2);
    ASSERT_EQ(object(1, id), "ok");
    const std::vector<Did> judges = ledger.job(id).dispute->judges;
    ASSERT_EQ(judges.size(), 5u);
    for (const Did& judge : judges) {
      EXPECT_NE(judge, person(2)) << "who ran it";
      ++calls[judge];
    }
    pass(60);
  }
  // With each as likely as the next, 400 (1 - (1 - 5/400)^60) = 212 of them are called at least once, with a
  // standard deviation below 10.
  EXPECT_GE(calls.size(), 170u);
  EXPECT_LE(calls.size(), 254u);
}

TEST_F(Disputes, AnUpheldOneGivesThePayBackAndTheStakeTwice) {
  know_executors();
  const std::int64_t executor = balance(2);
  const std::int64_t submitter = balance(1);
  const JobId id = completed(2);
  EXPECT_EQ(balance(2), executor + 10'000);
  EXPECT_EQ(object(7, id), "ok");
  EXPECT_EQ(ledger.job(id).status, JobStatus::kDisputed);
  EXPECT_EQ(locked(2), 11'000);
  EXPECT_EQ(locked(7), 1'000);
  const std::int64_t disputer = balance(7);
  const std::vector<Did> judges = ledger.job(id).dispute->judges;
  EXPECT_EQ(judges.size(), 3u);
  for (const std::uint64_t who : {3, 4, 5}) {
    EXPECT_NE(std::ranges::find(judges, person(who)), judges.end());
  }
  EXPECT_EQ(vote(3, id, false), "open");
  EXPECT_EQ(vote(4, id, false), "upheld");
  const Job job = ledger.job(id);
  EXPECT_EQ(job.status, JobStatus::kFailed);
  EXPECT_EQ(job.code, kValidationFailed.code);
  EXPECT_EQ(job.escrow.refunded, job.escrow.locked);
  EXPECT_EQ(balance(1), submitter);
  EXPECT_EQ(balance(2), executor - 1'000);
  EXPECT_EQ(balance(7), disputer + 1'000);
  for (const std::uint64_t who : {1, 2, 7}) EXPECT_EQ(locked(who), 0);
  EXPECT_EQ(vote(5, id, false), kNotJudge.code);
}

TEST_F(Disputes, ARejectedOneBurnsTheStakeAndFreesThePay) {
  know_executors();
  const std::int64_t executor = available(2);
  const JobId id = completed(2);
  EXPECT_EQ(available(2), executor - 1'000);  // pay and lock are held
  EXPECT_EQ(object(1, id), "ok");
  const std::int64_t before = burned();
  const std::int64_t submitter = balance(1);
  EXPECT_EQ(vote(3, id, true), "open");
  EXPECT_EQ(vote(5, id, true), "rejected");
  EXPECT_EQ(ledger.job(id).status, JobStatus::kCompleted);
  EXPECT_EQ(available(2), executor + 10'000);
  EXPECT_EQ(balance(1), submitter - 1'000);
  EXPECT_EQ(burned(), before + 1'000);
  EXPECT_EQ(object(7, id), kNotDisputable.code);  // once
}

TEST_F(Disputes, WithoutVotesTheStakeGoesBack) {
  know_executors();
  const JobId id = completed(2);
  EXPECT_EQ(object(7, id), "ok");
  const std::int64_t before = burned();
  ledger.advance(60);  // its time limit and the grace
  ledger.idle();
  EXPECT_EQ(state(id), DisputeState::kUndecided);
  EXPECT_EQ(ledger.job(id).status, JobStatus::kCompleted);
  EXPECT_EQ(locked(7), 0);
  EXPECT_EQ(locked(2), 0);
  EXPECT_EQ(burned(), before);
}

TEST_F(Disputes, OnlyWhoMayAndWhileThePayIsHeld) {
  EXPECT_EQ(object(7, JobId("bafkunknown")), kJobNotFound.code);
  know_executors();
  const JobId running = assigned(2);
  EXPECT_EQ(object(7, running), kNotDisputable.code);
  const JobId id = completed(2);
  EXPECT_EQ(object(2, id), kNotDisputable.code);
  EXPECT_EQ(object(8, id), kNotVerified.code);
  EXPECT_EQ(vote(3, id, true), kNotJudge.code);  // nobody doubts it
  EXPECT_EQ(object(7, id), "ok");
  EXPECT_EQ(object(1, id), kDisputeOpen.code);
  EXPECT_EQ(vote(2, id, true), kNotJudge.code);
  EXPECT_EQ(vote(3, id, true), "open");
  EXPECT_EQ(vote(3, id, true), kNotJudge.code);  // once
  EXPECT_EQ(vote(3, JobId("bafkunknown"), true), kJobNotFound.code);
  const JobId late = completed(2);
  pass(3'660);
  EXPECT_EQ(object(7, late), kNotDisputable.code);
}

// Nothing else may end a job that is disputed.
TEST_F(Disputes, StopAllElse) {
  know_executors();
  const JobId id = claimed(2);
  EXPECT_EQ(object(7, id), kNotSubmitter.code);
  EXPECT_EQ(object(kNode, id), "ok");
  const SettleJobs::Body settle{{claim_of(id, 2)}};
  const auto settled = ledger.run(kNode, "mesh.settle", codec::to_json(settle));
  EXPECT_NE(settled.output.find(kDisputeOpen.code), std::string::npos);
  EXPECT_EQ(ledger.run(1, "mesh.cancel", codec::to_json(CancelJob::Body{id, {}, {}})).code,
            kDisputeOpen.code);
  const WithdrawJobs::Body withdraw{{{id, 1, person(2)}}};
  EXPECT_NE(ledger.run(kNode, "mesh.withdraw", codec::to_json(withdraw)).output.find(kDisputeOpen.code),
            std::string::npos);
  EXPECT_EQ(ledger.job(id).status, JobStatus::kDisputed);
}

TEST_F(Disputes, AClaimIsPaidOnlyIfItHolds) {
  know_executors();
  const std::int64_t executor = balance(2);
  const std::int64_t submitter = balance(1);
  const JobId lie = claimed(2);
  EXPECT_EQ(object(kNode, lie), "ok");
  const std::int64_t coordinator = balance(kNode);
  EXPECT_EQ(vote(3, lie, false), "open");
  EXPECT_EQ(vote(4, lie, false), "upheld");
  EXPECT_EQ(ledger.job(lie).status, JobStatus::kFailed);
  EXPECT_EQ(balance(1), submitter);
  EXPECT_EQ(balance(2), executor - 1'000);
  EXPECT_EQ(balance(kNode), coordinator + 1'000);

  const JobId honest = claimed(2);
  EXPECT_EQ(object(1, honest), "ok");
  EXPECT_EQ(vote(3, honest, true), "open");
  EXPECT_EQ(vote(4, honest, true), "rejected");
  EXPECT_EQ(ledger.job(honest).status, JobStatus::kCompleted);
  EXPECT_EQ(balance(2), executor - 1'000 + 10'000);
  EXPECT_EQ(balance(1), submitter - 10'000 - 1'000);
  for (const std::uint64_t who : {1, 2, 9}) EXPECT_EQ(locked(who), 0);
}

TEST_F(Disputes, DrawnJobsAreRunAgainWithoutAStake) {
  know_executors();
  const std::int64_t submitter = balance(1);
  const std::int64_t executor = balance(2);
  ledger.set_parameter("mesh.sample_ppm", 1'000'000);
  const JobId lie = completed(2);
  const Job drawn = ledger.job(lie);
  ASSERT_TRUE(drawn.dispute.has_value());
  EXPECT_FALSE(drawn.dispute->by.has_value());
  EXPECT_EQ(drawn.dispute->judges.size(), 3u);
  const std::int64_t before = burned();
  EXPECT_EQ(vote(4, lie, false), "open");
  EXPECT_EQ(vote(5, lie, false), "upheld");
  EXPECT_EQ(ledger.job(lie).status, JobStatus::kFailed);
  EXPECT_EQ(balance(1), submitter);
  EXPECT_EQ(balance(2), executor - 1'000);
  EXPECT_EQ(burned(), before + 1'000);

  const JobId honest = completed(2);
  EXPECT_EQ(vote(4, honest, true), "open");
  EXPECT_EQ(vote(5, honest, true), "rejected");
  EXPECT_EQ(ledger.job(honest).status, JobStatus::kCompleted);
  EXPECT_EQ(available(2), executor - 1'000 - 1'000);  // its pay and lock stay held
}

// An executor can try receipts until the draw calls judges that will say nothing, or what it likes.
TEST_F(Disputes, ADrawnOneKeepsNobodyFromAStake) {
  know_executors();
  const std::int64_t submitter = balance(1);
  const std::int64_t executor = balance(2);
  ledger.set_parameter("mesh.sample_ppm", 1'000'000);
  const JobId unjudged = completed(2);
  const JobId praised = completed(2);
  EXPECT_EQ(vote(4, unjudged, true), "open");
  EXPECT_EQ(vote(4, praised, true), "open");
  EXPECT_EQ(vote(5, praised, true), "rejected");
  for (const JobId& id : {unjudged, praised}) {
    ASSERT_FALSE(ledger.job(id).dispute->by.has_value());
    EXPECT_EQ(object(1, id), "ok");
    EXPECT_EQ(ledger.job(id).status, JobStatus::kDisputed);
    EXPECT_EQ(object(7, id), kDisputeOpen.code);
    EXPECT_EQ(vote(4, id, false), "open");
    EXPECT_EQ(vote(5, id, false), "upheld");
    EXPECT_EQ(ledger.job(id).status, JobStatus::kFailed);
    EXPECT_EQ(object(7, id), kNotDisputable.code);
  }
  // Each gives the price of 10 back, and the executor's lock of 1 to the disputer.
  EXPECT_EQ(balance(1), submitter + 2'000);
  EXPECT_EQ(balance(2), executor - 2'000);
  for (const std::uint64_t who : {1, 2, 7}) EXPECT_EQ(locked(who), 0);
}

TEST_F(Disputes, AboutTheAskedShareIsDrawn) {
  know_executors();
  ledger.set_parameter("mesh.sample_ppm", 250'000);
  int drawn = 0;
  for (int i = 0; i < 80; ++i) drawn += ledger.job(completed(2)).dispute.has_value() ? 1 : 0;
  EXPECT_GE(drawn, 8);  // 20 expected, 3 standard deviations are 12
  EXPECT_LE(drawn, 32);
}

// Random steps: nothing is paid twice, made or lost, and at the end nobody has anything locked.
TEST_F(Disputes, NeverLoseOrMakeMana) {
  know_executors();
  SeededRandom random(5);
  std::vector<JobId> jobs;
  for (int step = 0; step < 400; ++step) {
    if (step % 100 == 0) ledger.set_parameter("mesh.sample_ppm", step % 200 == 0 ? 500'000 : 0);
    const std::uint64_t choice = random.below(10);
    const std::uint64_t who = 1 + random.below(7);
    if (choice < 2 || jobs.empty()) {
      jobs.push_back(random.below(3) == 0 ? claimed(2 + random.below(4)) : completed(2 + random.below(4)));
    } else if (choice < 4) {
      object(random.below(3) == 0 ? kNode : who, jobs[random.below(jobs.size())]);
    } else if (choice < 9) {
      vote(2 + random.below(4), jobs[random.below(jobs.size())], random.below(2) == 0);
    } else {
      ledger.advance(random.below(40));
      ledger.idle();
    }
    ASSERT_TRUE(ledger.failures().empty()) << ledger.failures().front();
  }
  pass(200);
  for (const JobId& id : jobs) {
    const Job job = ledger.job(id);
    EXPECT_TRUE(is_final(job.status));
    EXPECT_EQ(job.escrow.paid + job.escrow.refunded + job.escrow.burned, job.escrow.locked);
  }
  for (const std::uint64_t who : {1, 2, 3, 4, 5, 6, 7, 9}) {
    EXPECT_EQ(locked(who), 0);
    EXPECT_FALSE(kOpenJobs.get(ledger.store(), person(who)).value().has_value());
  }
}

}  // namespace
}  // namespace icn::mesh
