#include <gtest/gtest.h>

#include "mesh/content.h"
#include "mesh/errors.h"
#include "mesh/local_run.h"
#include "mesh/mesh_testing.h"
#include "mesh/price.h"
#include "wasm/test_support.h"

namespace icn::mesh {
namespace {

// By hand from domain.md 7; the factor of ("job-a", "did:key:x") by an independent SHA-256.
TEST(Price, FollowsTheFormula) {
  EXPECT_EQ(base_price(1, 64, 30, 50).value, 8'547);     // (5 + 2 + 0.64 + 0.5) . 1.05
  EXPECT_EQ(base_price(4, 512, 120, 80).value, 21'729);  // (5 + 8 + 5.12 + 2) . 1.08 = 21.7296
  EXPECT_EQ(price_factor_ppm(JobId("job-a"), Did("did:key:x")), 921'646u);
  EXPECT_EQ(price_at({8'547}, 921'646).value, 7'877);
  EXPECT_EQ(price_at({21'729}, 921'646).value, 20'026);
  EXPECT_EQ(price_at({1}, 900'000).value, 1'000);
  EXPECT_EQ(failure_pay({9'000}, 5, 10).value, 4'500);
  EXPECT_EQ(failure_pay({9'000}, 0, 10).value, 1'000);
  EXPECT_EQ(failure_pay({500}, 0, 10).value, 500);
  EXPECT_EQ(failure_pay({9'000}, 1'000'000'000'000'000, 1'000'000'000'000'000).value, 9'000);
  EXPECT_EQ(cancel_pay({9'000}, 50, 10, 100).value, 900);
  EXPECT_EQ(cancel_pay({9'000}, 5, 90, 100).value, 450);
  EXPECT_EQ(cancel_pay({9'000}, 100, 1'000, 100).value, 9'000);
}

Job job_for_bids() {
  Job job;
  job.submission.max_price = {20'000};
  job.submission.cpu_cores = 2;
  job.submission.capabilities = {"gpu"};
  job.memory_mb = 100;
  job.execution_secs = 40;
  return job;
}

Bid bid_of(std::uint64_t who, std::int64_t price) {
  Bid bid;
  bid.job_id = JobId("job");
  bid.executor = testing::person(who);
  bid.price = {price};
  bid.cpu_cores = 3;
  bid.memory_mb = 200;
  bid.capabilities = {"gpu", "ssd"};
  bid.est_secs = 10;
  bid.valid_until = 100;
  return bid;
}

// By hand: least offered / asked = 3/2, headroom 0.75; speed 30/40 = 0.75; compute 0.75; price 15/20;
// trust 0.5; locality 0.5; affinity 0: 0.225 + 0.1875 + 0.1 + 0.075 = 0.5875.
TEST(Selection, ScoresABid) {
  const JudgedBid judged = judge_bid(JobId("job"), job_for_bids(), bid_of(1, 5'000), {}, 100);
  EXPECT_EQ(judged.refusal, "");
  EXPECT_EQ(judged.compute_ppm, 750'000u);
  EXPECT_EQ(judged.price_ppm, 750'000u);
  EXPECT_EQ(judged.trust_ppm, 500'000u);
  EXPECT_EQ(judged.locality_ppm, 500'000u);
  EXPECT_EQ(judged.affinity_ppm, 0u);
  EXPECT_EQ(judged.score_ppm, 587'500u);
}

// By hand: 1 - 125/500 = 0.75; 0.5125 + 0.15 * 0.75 = 0.625.
TEST(Selection, WhoIsNearerScoresHigher) {
  const auto judged = [](std::optional<std::uint32_t> rtt_ms) {
    Bidder bidder;
    bidder.rtt_ms = rtt_ms;
    return judge_bid(JobId("job"), job_for_bids(), bid_of(1, 5'000), bidder, 100);
  };
  EXPECT_EQ(judged(125).locality_ppm, 750'000u);
  EXPECT_EQ(judged(125).score_ppm, 625'000u);
  EXPECT_EQ(judged(125).rtt_ms, 125u);
  EXPECT_EQ(judged(0).locality_ppm, 1'000'000u);
  EXPECT_EQ(judged(1).locality_ppm, 998'000u);
  EXPECT_EQ(judged(499).locality_ppm, 2'000u);
  EXPECT_EQ(judged(500).locality_ppm, 0u);
  EXPECT_EQ(judged(4'000'000'000).locality_ppm, 0u);
  EXPECT_EQ(judged(std::nullopt).locality_ppm, 500'000u);
  EXPECT_FALSE(judged(std::nullopt).rtt_ms);
}

TEST(Selection, RefusesWhatDoesNotCoverTheAsk) {
  const Job job = job_for_bids();
  const auto refusal = [&](auto change, const Job& of) {
    Bid bid = bid_of(1, 5'000);
    change(bid);
    return judge_bid(JobId("job"), of, bid, {}, 100).refusal;
  };
  EXPECT_EQ(refusal([](Bid& bid) { bid.attempt = 2; }, job), "for another job or attempt");
  EXPECT_EQ(refusal([](Bid& bid) { bid.valid_until = 99; }, job), "no longer valid");
  EXPECT_EQ(refusal([](Bid& bid) { bid.price = {20'001}; }, job), "price above max_price");
  EXPECT_EQ(refusal([](Bid& bid) { bid.cpu_cores = 1; }, job), "too few cpu_cores");
  EXPECT_EQ(refusal([](Bid& bid) { bid.memory_mb = 99; }, job), "too little memory_mb");
  EXPECT_EQ(refusal([](Bid& bid) { bid.capabilities = {"ssd"}; }, job), "lacks capability gpu");
  Job bound = job;
  bound.submission.allowed_federations = {"fed-a"};
  EXPECT_EQ(refusal([](Bid& bid) { bid.federations = {"fed-b"}; }, bound), "in no allowed federation");
  EXPECT_EQ(refusal([](Bid& bid) { bid.federations = {"fed-a"}; }, bound), "in no allowed federation")
      << "the ledger knows nothing of it";
  Bid member = bid_of(1, 5'000);
  Bidder of_fed_a;
  of_fed_a.federations = {"fed-a"};
  EXPECT_EQ(judge_bid(JobId("job"), bound, member, of_fed_a, 100).refusal, "in no allowed federation")
      << "it does not offer it";
  member.federations = {"fed-a"};
  EXPECT_EQ(judge_bid(JobId("job"), bound, member, of_fed_a, 100).refusal, "");
  bound = job;
  bound.excluded = {testing::person(1)};
  EXPECT_EQ(refusal([](Bid&) {}, bound), "excluded by an attempt");
}

TEST(Selection, ChoosesByTheStrategyOfTheJob) {
  Job job = job_for_bids();
  const auto winner = [&](Strategy strategy) {
    job.submission.strategy = strategy;
    std::vector<JudgedBid> judged;
    Bid strong = bid_of(1, 6'000);  // a little dearer, far larger
    strong.cpu_cores = 16;
    strong.memory_mb = 1'000;
    Bid cheap = bid_of(2, 5'900);
    Bid fast = bid_of(3, 19'000);
    fast.est_secs = 1;
    for (const Bid& bid : {strong, cheap, fast}) judged.push_back(judge_bid(JobId("job"), job, bid, {}, 100));
    return choose_winner(JobId("job"), job, judged).value();
  };
  EXPECT_EQ(winner(Strategy::kBestScore), 0u);
  EXPECT_EQ(winner(Strategy::kLowestPrice), 1u);
  EXPECT_EQ(winner(Strategy::kFastestDelivery), 2u);
  EXPECT_EQ(winner(Strategy::kWeightedRandom), winner(Strategy::kWeightedRandom));
}

TEST(Spec, RefusesWhatANodeCannotRun) {
  const ledger::Parameters parameters;
  const auto refusal = [&](auto change) {
    JobSpec spec = testing::echo_spec();
    change(spec);
    const auto valid = validate_spec(spec, parameters);
    EXPECT_TRUE(valid.ok() || valid.error().is(kInvalidSpec));
    const std::string detail = valid.ok() ? "ok:" : valid.error().detail();
    return detail.substr(0, detail.find(':'));
  };
  EXPECT_EQ(refusal([](JobSpec&) {}), "ok");
  EXPECT_EQ(refusal([](JobSpec& spec) { spec.kind = JobKind::kGeneric; }), "kind");
  EXPECT_EQ(refusal([](JobSpec& spec) { spec.kind = JobKind::kWasm; }), "module_cid");
  EXPECT_EQ(refusal([](JobSpec& spec) { spec.max_price = {999}; }), "max_price");
  EXPECT_EQ(refusal([](JobSpec& spec) { spec.resources.memory_mb = 1'025; }), "resources.memory_mb");
  EXPECT_EQ(refusal([](JobSpec& spec) { spec.max_execution_secs = 301; }), "max_execution_secs");
  EXPECT_EQ(refusal([](JobSpec& spec) {
              spec.max_execution_secs = 301;
              spec.long_running = true;
            }),
            "ok");
  EXPECT_EQ(refusal([](JobSpec& spec) { spec.redundancy.kind = RedundancyKind::kFull; }), "redundancy");
  EXPECT_EQ(refusal([](JobSpec& spec) { spec.env["A=B"] = "x"; }), "env");
  EXPECT_EQ(refusal([](JobSpec& spec) {
              spec.inputs.push_back({codec::Cid::of(codec::kRaw, {}), "../etc"});
            }),
            "inputs[0]");
  EXPECT_EQ(refusal([](JobSpec& spec) { spec.args.push_back(std::string(300'000, 'x')); }), "args");
}

TEST(Spec, ABlockReadsBackAsTheSameSpec) {
  JobSpec spec = testing::echo_spec("x");
  spec.deadline = 5;
  spec.env = {{"A", "b"}};
  const SpecBlock block = spec_block(spec);
  const auto read = read_spec(block.bytes).value();
  EXPECT_EQ(spec_block(read).cid, block.cid);
  EXPECT_FALSE(read_spec(to_bytes(as_bytes("nonsense"))).ok());
}

// A result above 1 MiB is a UnixFS file whose pieces come back in order.
TEST(Content, LargeDataIsAUnixFsFile) {
  Bytes data(3 << 20);
  SeededRandom(1).fill(data);
  std::vector<dag::NewBlock> blocks;
  const codec::Cid cid = add_content(data, blocks).value();
  EXPECT_EQ(cid.codec(), codec::kDagPb);
  EXPECT_EQ(blocks.size(), 13u);  // 12 leaves of 256 KiB and their root
  std::map<codec::Cid, Bytes> held;
  for (const dag::NewBlock& block : blocks) held[block.cid] = block.bytes;
  const LoadBlock load = [&](const codec::Cid& each) -> Result<Bytes> { return held.at(each); };
  EXPECT_EQ(read_content(cid, load, data.size()).value(), data);
  EXPECT_FALSE(read_content(cid, load, data.size() - 1).ok());
}

TEST(LocalRun, RunsAModuleWithoutANode) {
  const auto engine = wasm::testing::make_engine();
  LocalRun run;
  run.module = wasm::testing::wat("(module (func (export \"run\") (result i32) (i32.const 42)))");
  const auto done = run_local(*engine, run, nullptr, nullptr).value();
  EXPECT_EQ(done.execution.end, AttemptEnd::kCompleted);
  EXPECT_EQ(as_text(done.execution.result), "42");
  EXPECT_EQ(done.result_cid, codec::Cid::of(codec::kRaw, as_bytes("42")));
  run.module = wasm::testing::wat("(module (import \"icn\" \"fly\" (func)))");
  EXPECT_FALSE(run_local(*engine, run, nullptr, nullptr).ok());
}

}  // namespace
}  // namespace icn::mesh
