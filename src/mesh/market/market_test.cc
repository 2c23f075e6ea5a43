#include "mesh/market/market.h"

#include <gtest/gtest.h>

#include "mesh/errors.h"
#include "mesh/market/market_testing.h"

namespace icn::mesh {
namespace {

using testing::MarketWorld;

TEST(Market, GivesJobsToTheBestOfThreeBids) {
  MarketWorld world(1, 5);
  const JobId id = world.submit(0, testing::echo_spec("hello"));
  ASSERT_TRUE(world.run_until_ended(id, 20'000));
  const Job job = world.job(id);
  EXPECT_EQ(job.status, JobStatus::kCompleted);
  EXPECT_EQ(world.result(0, job), "hello");
  const auto judged = kBids.get(world.ledger().store(), {id, 1}).value();
  ASSERT_TRUE(judged.has_value());
  EXPECT_GE(judged->bids.size(), Auctions::kEnoughBids);
  std::uint32_t best = 0;
  std::uint32_t winner = 0;
  for (const JudgedBid& each : judged->bids) {
    if (each.refusal.empty()) best = std::max(best, each.score_ppm);
    if (each.executor == job.executor) winner = each.score_ppm;
    // Round trips take 55 ms in this world.
    EXPECT_EQ(each.rtt_ms, each.executor == world.did(0) ? 0u : 55u);
    EXPECT_EQ(each.locality_ppm, each.executor == world.did(0) ? 1'000'000u : 890'000u);
  }
  EXPECT_EQ(winner, best);
}

// What the ledger knows nothing of: the executor learns the trace of the request from its coordinator.
TEST(Market, AnExecutorKnowsTheTraceOfItsJob) {
  constexpr std::string_view kTrace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  MarketWorld world(3, 4);
  const JobSpec spec = testing::echo_spec();
  world.traces(0).expect(testing::person(1), spec_block(spec).cid, std::string(kTrace));
  const JobId id = world.submit(0, spec);
  ASSERT_TRUE(world.run_until_ended(id, 20'000));
  const Job job = world.job(id);
  ASSERT_NE(job.executor, world.did(0)) << "choose another seed: the coordinator won";
  const std::size_t executor = world.index_of(job.executor);
  EXPECT_EQ(world.traces(0).of(id, job), kTrace);
  EXPECT_EQ(world.traces(executor).of(id, job), kTrace);
}

TEST(Market, WorksWhileMessagesAreLost) {
  MarketWorld world(2, 6, {.loss_ppm = 100'000});
  std::vector<JobId> jobs;
  for (int i = 0; i < 20; ++i)
    jobs.push_back(world.submit(static_cast<std::size_t>(i % 6), testing::echo_spec()));
  for (const JobId& id : jobs) ASSERT_TRUE(world.run_until_ended(id, 300'000)) << id.text();
  for (const JobId& id : jobs) EXPECT_EQ(world.job(id).status, JobStatus::kCompleted) << world.job(id).code;
}

TEST(Market, AnExecutorWhoseCoordinatorIsGoneIsPaidByItsClaim) {
  MarketWorld world(3, 4);
  world.on_run = [&] { world.cut_off(0); };
  JobSpec spec = testing::echo_spec();
  const JobId id = world.submit(0, spec);
  ASSERT_TRUE(world.run_until_ended(id, 120'000));
  const Job job = world.job(id);
  ASSERT_NE(job.executor, world.did(0)) << "choose another seed: the coordinator won";
  EXPECT_EQ(job.status, JobStatus::kCompleted);
  EXPECT_GT(job.escrow.paid.value, 0);
  EXPECT_EQ(job.timeline.at(2).state, JobStatus::kClaimed);
}

TEST(Market, ACoordinatorThatComesBackStillGetsAClaimedResult) {
  MarketWorld world(3, 4);
  world.on_run = [&] { world.cut_off(0); };
  const JobId id = world.submit(0, testing::echo_spec("late"));
  ASSERT_TRUE(world.run_until([&] { return world.job(id).status == JobStatus::kClaimed; }, 30'000));
  world.on_run = {};
  world.heal();
  ASSERT_TRUE(world.run_until_ended(id, 25'000));  // before the claim is paid by itself
  EXPECT_EQ(world.job(id).status, JobStatus::kCompleted);
  EXPECT_EQ(world.result(0, world.job(id)), "late");
}

// A moment in which the job is assigned, everywhere seen, and not settled.
void hold_assigned(MarketWorld& world, const JobId& id) {
  ASSERT_TRUE(world.run_until([&] { return world.sees_assigned(0, id); }, 20'000));
}

TEST(Market, AStrangerGetsNoBlockOfAJob) {
  MarketWorld world(4, 4);
  world.runs_secs = 30;
  const JobId id = world.submit(0, testing::echo_spec("for the executor alone"));
  hold_assigned(world, id);
  for (std::size_t i = 1; i < 4; ++i) {
    MeshRequest request;
    request.block = BlockRequest{id, world.manifest(id)};
    const auto answer = world.ask(i, 0, request);
    const bool is_executor = world.job(id).executor == world.did(i);
    EXPECT_EQ(answer.ok() && answer->block.has_value(), is_executor);
  }
}

TEST(Market, AReportThatIsNotTheExecutorsIsRefused) {
  MarketWorld world(5, 4);
  world.runs_secs = 30;
  const JobId id = world.submit(0, testing::echo_spec("hello"));
  hold_assigned(world, id);
  for (std::size_t i = 1; i < 4; ++i) {
    if (world.did(i) == world.job(id).executor) continue;
    MeshRequest request;
    request.results = {world.report(i, id, "another result")};
    const auto answer = world.ask(i, 0, request);
    ASSERT_TRUE(answer.ok() && answer->verdicts);
    EXPECT_EQ(answer->verdicts->at(0), kValidationFailed.code);
  }
  ASSERT_TRUE(world.run_until_ended(id, 60'000));
  EXPECT_EQ(world.result(0, world.job(id)), "hello");
}

TEST(Market, ABidInAnothersNameIsNoBid) {
  MarketWorld world(6, 4);
  const JobId id = world.submit(0, testing::echo_spec());
  ASSERT_TRUE(world.run_until([&] { return !world.market(0).bids(id).empty(); }, 20'000));
  Bid forged = world.market(0).bids(id).front();
  forged.executor = world.did(3);
  forged.signature.bytes[0] ^= 1;
  EXPECT_FALSE(world.market(0).bid(forged).ok());
}

// Blocks take long and what is in the pool is assigned in the block of its submission.
TEST(Market, AssignsAJobInTheBlockOfItsSubmission) {
  MarketWorld world(7, 5);
  world.block_ms = 1'000;
  std::size_t in_one_block = 0;
  for (int i = 0; i < 10; ++i) {
    world.run_for(700);  // submissions fall on all parts of the time between blocks
    const JobId id = world.submit_through_pool(0, testing::echo_spec(), 0);
    ASSERT_TRUE(world.run_until([&] { return world.is_committed(id); }, 20'000));
    if (has_executor(world.job(id).status)) ++in_one_block;
    ASSERT_TRUE(world.run_until_ended(id, 20'000));
    EXPECT_EQ(world.job(id).status, JobStatus::kCompleted);
  }
  EXPECT_GE(in_one_block, 3u);  // those with 300 ms left
}

// Its assignment comes before it, and the ledger knows no such job yet.
TEST(Market, KeepsTheBidsOfAnAssignmentThatOvertookItsSubmission) {
  MarketWorld world(8, 5);
  const JobId id = world.submit_through_pool(0, testing::echo_spec(), 700);
  ASSERT_TRUE(world.run_until([&] { return world.is_committed(id); }, 20'000));
  ASSERT_TRUE(world.run_until_ended(id, 20'000));
  EXPECT_EQ(world.job(id).status, JobStatus::kCompleted);
  EXPECT_EQ(world.job(id).attempt, 1u);
  EXPECT_GE(world.transactions["mesh.assign"], 2u);
}

TEST(Market, ForgetsASubmissionThatIsNeverCommitted) {
  MarketWorld world(9, 5);
  const JobId id = world.submit_through_pool(0, testing::echo_spec(), 1'000'000);
  world.run_for(300);
  EXPECT_FALSE(world.market(0).bids(id).empty());
  world.run_for(20'000);
  EXPECT_TRUE(world.market(0).bids(id).empty());
}

TEST(Market, ACoordinatorFetchesWhatIsPublicBeforeItAsksForBids) {
  MarketWorld world(18, 4);
  JobSpec spec = testing::echo_spec();
  spec.inputs = {{world.publish(3, "for everybody"), ""}};
  const JobId id = world.submit(0, spec);
  bool was_here = false;
  ASSERT_TRUE(world.run_until(
      [&] {
        was_here = world.has_block(0, spec.inputs.front().cid);
        return world.job(id).status != JobStatus::kSubmitted;
      },
      30'000));
  EXPECT_TRUE(was_here);
  ASSERT_TRUE(world.run_until_ended(id, 20'000));
  EXPECT_EQ(world.job(id).status, JobStatus::kCompleted);
}

TEST(Market, JudgesGetWhatTheyNeedAndNobodyElseDoes) {
  MarketWorld world(19, 6);
  world.set_parameter("mesh.dispute_window_secs", 3'600);
  world.set_parameter("mesh.sample_ppm", 0);
  world.set_parameter("mesh.judges_max", 2);
  std::vector<JobId> jobs;
  for (int i = 0; i < 30; ++i) jobs.push_back(world.submit(0, testing::echo_spec()));
  for (const JobId& id : jobs) ASSERT_TRUE(world.run_until_ended(id, 30'000));
  const auto elsewhere =
      std::ranges::find_if(jobs, [&](const JobId& id) { return world.job(id).executor != world.did(0); });
  ASSERT_NE(elsewhere, jobs.end());
  const JobId id = *elsewhere;
  world.object(id);
  world.run_for(500);
  const Job job = world.job(id);
  ASSERT_EQ(job.status, JobStatus::kDisputed);
  ASSERT_EQ(job.dispute->judges.size(), 2u);
  for (std::size_t i = 1; i < 6; ++i) {
    const bool is_judge = std::ranges::count(job.dispute->judges, world.did(i)) > 0;
    EXPECT_FALSE(is_judge && world.did(i) == job.executor);
    for (const codec::Cid& cid : {job.submission.manifest_cid, job.receipt}) {
      MeshRequest request;
      request.block = BlockRequest{id, cid};
      const auto answer = world.ask(i, 0, request);
      EXPECT_EQ(answer.ok() && answer->block.has_value(), is_judge) << i;
    }
  }
}

// The node that has a job which runs for 30 s, and is not its coordinator 0.
std::size_t other_executor(MarketWorld& world, JobId& id) {
  world.runs_secs = 30;
  for (int tries = 0; tries < 20; ++tries) {
    id = world.submit(0, testing::echo_spec());
    hold_assigned(world, id);
    if (world.job(id).executor != world.did(0)) return world.index_of(world.job(id).executor);
  }
  ADD_FAILURE() << "choose another seed: the coordinator always won";
  return 1;
}

TEST(Market, ALostExecutorCostsSecondsAndNothingElse) {
  MarketWorld world(7, 5);
  JobId id;
  const std::size_t lost = other_executor(world, id);
  world.run_for(10'000);  // it is asked, and runs
  EXPECT_EQ(world.job(id).attempt, 1u);
  world.kill(lost);
  world.runs_secs = 0;
  const TimestampSecs killed = world.ledger().now();
  ASSERT_TRUE(world.run_until_ended(id, 60'000));
  EXPECT_LE(world.ledger().now() - killed, 12u);  // 5 s of silence, 1 s of wait, the run; not 60 s
  const Job job = world.job(id);
  EXPECT_EQ(job.status, JobStatus::kCompleted);
  EXPECT_EQ(job.attempt, 2u);
  EXPECT_EQ(job.timeline.at(2).reason, "attempt_2_withdrawn");
  EXPECT_EQ(job.excluded, std::vector<Did>{world.did(lost)});
  const economics::Account account = world.ledger().account(100 + lost);
  EXPECT_EQ(account.locked.value, 0);
  EXPECT_EQ(world.transactions["mesh.start"], 0u);
}

TEST(Market, AnExecutorThatComesBackTooLateIsNotPaid) {
  MarketWorld world(8, 5);
  JobId id;
  const std::size_t lost = other_executor(world, id);
  const ResultReport late = world.report(lost, id, "late");
  world.kill(lost);
  world.runs_secs = 0;
  ASSERT_TRUE(world.run_until([&] { return world.job(id).attempt == 2; }, 30'000));
  world.revive(lost);
  world.run_for(500);
  MeshRequest request;
  request.results = {late};
  const auto answer = world.ask(lost, 0, request);
  ASSERT_TRUE(answer.ok() && answer->verdicts);
  EXPECT_TRUE(answer->verdicts->at(0) == kWrongAttempt.code || answer->verdicts->at(0) == kJobEnded.code);
  ASSERT_TRUE(world.run_until_ended(id, 60'000));
  EXPECT_NE(world.job(id).executor, world.did(lost));
  EXPECT_EQ(world.job(id).escrow.paid + world.job(id).escrow.refunded, world.job(id).escrow.locked);
}

TEST(Market, AnExecutorThatNobodyAsksSaysOnTheLedgerThatItRuns) {
  MarketWorld world(9, 5);
  JobId id;
  const std::size_t executor = other_executor(world, id);
  world.part(0, executor);
  ASSERT_TRUE(world.run_until([&] { return world.job(id).started_at != 0; }, 20'000));
  world.run_for(15'000);
  EXPECT_EQ(world.job(id).attempt, 1u);  // it is not withdrawn
  // At the end of its run it cannot fetch the spec: only its time limit takes the job from it.
  ASSERT_TRUE(world.run_until_ended(id, 120'000));
  EXPECT_EQ(world.job(id).status, JobStatus::kCompleted);
  EXPECT_EQ(world.job(id).timeline.at(2).reason, "attempt_2_lost");
}

TEST(Market, WhatARunElsewhereSaysIsSeenByItsCoordinator) {
  MarketWorld world(20, 5);
  world.says = "one two three";
  JobId id;
  const std::size_t executor = other_executor(world, id);
  const Assignments& seen = world.market(0).assignments();
  ASSERT_TRUE(world.run_until([&] { return seen.run(id) != nullptr; }, 5'000));
  world.run_for(6'000);
  std::uint64_t total = 0;
  EXPECT_EQ(seen.run(id)->log(0, total), "one two three");
  EXPECT_EQ(total, 13u);
  ASSERT_TRUE(seen.progress(id).has_value());
  EXPECT_EQ(seen.progress(id)->percent, 40u);
  EXPECT_EQ(seen.progress(id)->executor, world.did(executor));
  EXPECT_EQ(world.market(executor).assignments().run(id), nullptr);

  // Ended now, it pays for what ran: 40 %, or the part of its 30 s that have passed if that is less.
  const Job before = world.job(id);
  const std::uint64_t elapsed_secs = world.ledger().now() - before.assigned_at;
  EXPECT_EQ(world.cancel(0, id), "");
  const Job job = world.job(id);
  const std::uint64_t est_secs = before.est_secs > 0 ? before.est_secs : before.execution_secs;
  EXPECT_EQ(job.status, JobStatus::kCancelled);
  EXPECT_EQ(job.escrow.paid, cancel_pay(before.price, 40, elapsed_secs, est_secs));
  EXPECT_GT(job.escrow.paid.value, 0);
  world.run_for(500);
  EXPECT_EQ(seen.run(id), nullptr);
}

TEST(Market, ProgressThatItsExecutorHasNotSignedIsNotKept) {
  MarketWorld world(21, 5);
  world.says = "one two three";
  world.is_forging = true;
  JobId id;
  other_executor(world, id);
  const Assignments& seen = world.market(0).assignments();
  ASSERT_TRUE(world.run_until([&] { return seen.run(id) != nullptr; }, 5'000));
  world.run_for(3'000);
  EXPECT_FALSE(seen.progress(id).has_value());
  EXPECT_EQ(world.cancel(0, id), "");
  EXPECT_EQ(world.job(id).escrow.paid.value, 0);
}

TEST(Market, AJobThatNobodyCanRunIsRefundedAtOnce) {
  MarketWorld world(10, 4);
  world.run_for(20'000);
  JobSpec spec = testing::echo_spec();
  spec.capabilities = {"nobody-has-this"};
  const JobId id = world.submit(0, spec);
  const TimestampSecs submitted = world.ledger().now();
  ASSERT_TRUE(world.run_until_ended(id, 20'000));
  EXPECT_LE(world.ledger().now() - submitted, 3u);
  EXPECT_EQ(world.job(id).code, kNoExecutor.code);
  EXPECT_EQ(world.job(id).escrow.refunded, world.job(id).escrow.locked);
}

// ---- Hostile peers

TEST(Market, AMalformedRequestIsRefusedAndHeldAgainstItsPeer) {
  MarketWorld world(11, 4);
  EXPECT_FALSE(world.ask_raw(1, 0, {0xFF, 0x00, 0x17}).ok());
  EXPECT_LT(world.standing(1, 0), 0);
  EXPECT_FALSE(world.ask_raw(2, 0, codec::encode_block(MeshRequest{})).ok());  // asks for nothing
  EXPECT_LT(world.standing(2, 0), 0);
  EXPECT_EQ(world.standing(3, 0), 0);
}

TEST(Market, AListThatIsTooLongIsRefusedAndHeldAgainstItsPeer) {
  MarketWorld world(12, 4);
  MeshRequest request;
  request.news.emplace(NewsRequest::kMax + 1);
  EXPECT_FALSE(world.ask(1, 0, request).ok());
  EXPECT_LT(world.standing(1, 0), 0);
  MeshRequest bids;
  bids.bids.emplace(BidSubmission::kMax + 1);
  for (Bid& each : *bids.bids) each.executor = world.did(2);
  EXPECT_FALSE(world.ask(2, 0, bids).ok());
  EXPECT_LT(world.standing(2, 0), 0);
}

TEST(Market, BidsInAnothersNameAreRefusedAndHeldAgainstTheirPeer) {
  MarketWorld world(13, 4);
  MeshRequest request;
  request.bids.emplace(1);
  request.bids->front().executor = world.did(2);
  EXPECT_FALSE(world.ask(1, 0, request).ok());
  EXPECT_LT(world.standing(1, 0), 0);
  EXPECT_EQ(world.standing(2, 0), 0);
}

TEST(Market, ReceiptsOfOthersAreRefusedAndHeldAgainstTheirPeer) {
  MarketWorld world(14, 4);
  JobId id;
  const std::size_t executor = other_executor(world, id);
  const std::size_t thief = executor == 1 ? 2 : 1;
  MeshRequest request;
  request.results = {world.report(executor, id, "hello"), world.report(thief, id, "hello")};
  const auto answer = world.ask(thief, 0, request);
  ASSERT_TRUE(answer.ok() && answer->verdicts);
  EXPECT_EQ(*answer->verdicts, (std::vector<std::string>{kValidationFailed.code, kValidationFailed.code}));
  EXPECT_LT(world.standing(thief, 0), 0);
  EXPECT_EQ(world.job(id).status, JobStatus::kAssigned);
}

TEST(Market, AReceiptThatComesAgainChangesNothing) {
  MarketWorld world(15, 4);
  JobId id;
  const std::size_t executor = other_executor(world, id);
  MeshRequest request;
  request.results = {world.report(executor, id, "hello")};
  for (int i = 0; i < 3; ++i) {
    const auto answer = world.ask(executor, 0, request);
    ASSERT_TRUE(answer.ok() && answer->verdicts);
    EXPECT_TRUE(answer->verdicts->at(0).empty() || answer->verdicts->at(0) == kJobEnded.code);
  }
  ASSERT_TRUE(world.run_until_ended(id, 10'000));
  const Escrow paid = world.job(id).escrow;
  world.run_for(40'000);
  EXPECT_EQ(world.job(id).escrow, paid);
}

TEST(Market, AResultWhoseBlocksAreOthersIsRefused) {
  MarketWorld world(16, 4);
  JobId id;
  const std::size_t executor = other_executor(world, id);
  MeshRequest request;
  request.results = {world.report(executor, id, "hello")};
  request.results->front().blocks.front().bytes.push_back('!');  // no longer what its CID names
  const auto answer = world.ask(executor, 0, request);
  ASSERT_TRUE(answer.ok() && answer->verdicts);
  EXPECT_EQ(answer->verdicts->at(0), kValidationFailed.code);
  EXPECT_LT(world.standing(executor, 0), 0);
  EXPECT_EQ(world.job(id).status, JobStatus::kAssigned);
}

TEST(Market, AFloodIsRefusedUnreadAndOthersAreServed) {
  MarketWorld world(17, 4);
  JobId id;
  const std::size_t executor = other_executor(world, id);
  const std::size_t flooder = executor == 1 ? 2 : 1;
  MeshRequest request;
  request.news.emplace(1);
  request.news->front().name.job_id = id;
  std::size_t answered = 0;
  std::size_t refused = 0;
  const network::RequestGateOptions limit;
  world.flood(flooder, 0, request, limit.burst * 2 - 1, answered, refused);
  EXPECT_LE(answered, limit.burst + limit.rate);
  EXPECT_GE(refused, limit.burst / 2);
  EXPECT_EQ(world.standing(flooder, 0), 0);  // once over the limit is no harm meant
  answered = refused = 0;
  world.flood(flooder, 0, request, limit.burst * 2, answered, refused);
  EXPECT_LT(world.standing(flooder, 0), 0);
  EXPECT_EQ(world.standing(executor, 0), 0);
  MeshRequest block;
  block.block = BlockRequest{id, world.manifest(id)};
  const auto served = world.ask(executor, 0, block);
  EXPECT_TRUE(served.ok() && served->block);
}

}  // namespace
}  // namespace icn::mesh
