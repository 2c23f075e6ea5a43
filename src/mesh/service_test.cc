#include "mesh/service.h"

#include <gtest/gtest.h>

#include <ctime>
#include <fstream>
#include <thread>

#include "base/errors.h"
#include "mesh/errors.h"
#include "mesh/node_testing.h"
#include "mesh/price.h"
#include "mesh/verify_receipt.h"
#include "storage/fault/fault_engine.h"
#include "wasm/test_support.h"

namespace icn::mesh {
namespace {

using testing::FakeEngine;
using testing::kNode;
using testing::person;
using testing::TestNode;

Bytes program(const std::string& name) {
  std::ifstream file(std::string(ICN_WASM_PROGRAMS) + "/" + name + ".wasm", std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

JobSpec wasm_spec(TestNode& node, Bytes module) {
  JobSpec spec;
  spec.module_cid = node.put(1, codec::kRaw, std::move(module));
  spec.max_price = Millimana::from_mana(20);
  return spec;
}

wasm::RunOutcome success(std::string_view result) {
  wasm::RunOutcome outcome;
  outcome.result = to_bytes(as_bytes(result));
  return outcome;
}

wasm::RunOutcome trapped(wasm::TrapCode code) {
  wasm::RunOutcome outcome;
  outcome.end = wasm::End::kTrap;
  outcome.trap = wasm::Trap{code, "a trap", {}};
  return outcome;
}

TEST(Service, RunsPaysAndProvesAnEchoJob) {
  FakeEngine engine([](const wasm::RunRequest&) { return success(""); });
  TestNode node(engine);
  const std::int64_t before = node.account(kNode).balance.value;
  const JobId id = node.submit_job(1, testing::echo_spec("hello"));
  const Job job = node.wait(id);
  EXPECT_EQ(job.status, JobStatus::kCompleted);
  EXPECT_EQ(node.content(job.result), "hello");
  EXPECT_EQ(job.result, codec::Cid::of(codec::kRaw, as_bytes("hello")));
  EXPECT_EQ(job.escrow.paid, default_price(job, id, person(kNode), kDefaultReputation));
  EXPECT_EQ(node.account(kNode).balance.value, before + job.escrow.paid.value);
  EXPECT_EQ(node.account(1).locked.value, 0);

  const Receipt receipt = node.receipt(job);
  EXPECT_TRUE(receipt.success);
  EXPECT_EQ(receipt.executor, person(kNode));
  EXPECT_EQ(receipt.result_cid, job.result);
  const auto signature = crypto::Signature::from_bytes(receipt.signature.bytes).value();
  EXPECT_TRUE(crypto::verify(testing::key_of_person(kNode).public_key(),
                             as_bytes(receipt_signing_bytes(receipt)), signature));
}

// A node alone is the only judge there is: it runs the job again.
DisputeState judged(std::string_view second_result) {
  std::atomic<int> runs{0};
  FakeEngine engine(
      [&](const wasm::RunRequest&) { return success(runs.fetch_add(1) == 0 ? "first" : second_result); });
  TestNode node(engine, {}, std::make_shared<storage::MemoryEngine>(), "production");
  const JobId id = node.submit_job(1, wasm_spec(node, program("wasi_probe")));
  EXPECT_EQ(node.wait(id).status, JobStatus::kCompleted);
  const auto objected = node.submit(2, "mesh.object", codec::to_json(ObjectToJob::Body{id, {}}));
  EXPECT_TRUE(objected.ok() && objected->outcome.ok);
  const Job job = node.wait(id);
  EXPECT_EQ(runs.load(), 2);
  EXPECT_EQ(job.status, second_result == "first" ? JobStatus::kCompleted : JobStatus::kFailed);
  return job.dispute->state;
}

TEST(Service, JudgesADisputedJobByRunningItAgain) {
  EXPECT_EQ(judged("first"), DisputeState::kRejected);
  EXPECT_EQ(judged("other"), DisputeState::kUpheld);
}

TEST(Service, RunsARealModuleAndItsReceiptHolds) {
  const auto engine = wasm::testing::make_engine();
  TestNode node(*engine);
  JobSpec spec = wasm_spec(node, program("echo"));
  spec.inputs.push_back({node.put(1, codec::kRaw, to_bytes(as_bytes("two members"))), ""});
  const Job job = node.wait(node.submit_job(1, spec));
  ASSERT_EQ(job.status, JobStatus::kCompleted) << job.code;
  EXPECT_EQ(node.content(job.result), "two members");

  const LoadBlock load = [&](const codec::Cid& cid) { return load_block_as(*node.blocks, person(1), cid); };
  Receipt receipt = node.receipt(job);
  EXPECT_GT(receipt.fuel_used, 0u);
  const auto verdict = verify_receipt(*engine, receipt, person(1), load).value();
  EXPECT_TRUE(verdict.holds()) << verdict.detail;
  EXPECT_TRUE(verdict.is_same_engine);
  receipt.result_cid = codec::Cid::of(codec::kRaw, as_bytes("three members"));
  const auto forged = verify_receipt(*engine, receipt, person(1), load).value();
  EXPECT_FALSE(forged.holds());
  EXPECT_FALSE(forged.is_signature_valid);
  EXPECT_FALSE(forged.is_same_result);
}

// Person 1's key is kept by the node, person 2's is not.
TEST(Service, ConfirmsWhatItsOwnRunAsksForWhenItKeepsTheKey) {
  FakeEngine engine([](const wasm::RunRequest& request) {
    EXPECT_TRUE(request.services->spend_mana(1'000).ok());
    EXPECT_EQ(request.services->mana_balance_millimana(person(2).text()).ok(), true);
    return success("done");
  });
  TestNode node(engine);
  node.kept_key = [](const Did& did) -> Result<ledger::Custody::Key> {
    if (did != person(1)) return Error(errors::kForbidden);
    return ledger::Custody::Key{testing::key_id(1), testing::key_of_person(1)};
  };
  node.reopen();
  const auto spec_of = [&](std::uint64_t who) {
    JobSpec spec;
    spec.module_cid = node.put(who, codec::kRaw, program(who == 1 ? "wasi_probe" : "echo"));
    spec.max_price = Millimana::from_mana(20);
    spec.grants = {"spend"};
    spec.allowance = Allowance{{}, {1'000}};
    spec.reads = {"mana_balance:" + person(2).text()};
    return spec;
  };
  const JobId mine = node.submit_job(1, spec_of(1));
  ASSERT_EQ(node.wait(mine).status, JobStatus::kCompleted);
  for (int i = 0; i < 500 && node.job(mine).effects->state == EffectsState::kOpen; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  const Job job = node.job(mine);
  EXPECT_EQ(job.effects->state, EffectsState::kApplied);
  EXPECT_EQ(node.receipt(job).effects_cid, job.effects->cid);
  const auto record =
      codec::decode_block<ReadLog>(as_bytes(node.blocks->get(*node.receipt(job).reads_cid).value()->bytes));
  ASSERT_TRUE(record.ok());
  EXPECT_EQ(record->reads.size(), 1u);

  const JobId other = node.submit_job(2, spec_of(2));
  ASSERT_EQ(node.wait(other).status, JobStatus::kCompleted);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_EQ(node.job(other).effects->state, EffectsState::kOpen);
}

// (module, code, pays the whole price, what the receipt calls the trap)
TEST(Service, EndsBadJobsByTheRules) {
  const auto engine = wasm::testing::make_engine();
  TestNode node(*engine);
  const auto end = [&](const JobSpec& spec) {
    const Job job = node.wait(node.submit_job(1, spec));
    EXPECT_EQ(job.status, JobStatus::kFailed);
    EXPECT_EQ(job.escrow.paid + job.escrow.refunded, job.escrow.locked);
    return job;
  };
  const Job trap = end(wasm_spec(node, wasm::testing::wat("(module (func (export \"run\") unreachable))")));
  EXPECT_EQ(trap.code, kValidationFailed.code);
  EXPECT_EQ(trap.escrow.paid.value, 1'000);
  EXPECT_EQ(node.receipt(trap).trap, "unreachable");

  const Job loop = end(wasm_spec(node, wasm::testing::wat("(module (func (export \"run\") (loop (br 0))))")));
  EXPECT_EQ(loop.code, kResourcesExhausted.code);
  EXPECT_EQ(loop.escrow.paid, loop.price);
  EXPECT_EQ(node.receipt(loop).trap, "fuel");
  EXPECT_EQ(node.receipt(loop).fuel_used, 10'000'000u);

  const Job garbage = end(wasm_spec(node, to_bytes(as_bytes("not a module"))));
  EXPECT_EQ(garbage.code, kValidationFailed.code);
  EXPECT_EQ(garbage.escrow.paid.value, 1'000);

  JobSpec missing = wasm_spec(node, to_bytes(as_bytes("x")));
  missing.module_cid = codec::Cid::of(codec::kRaw, as_bytes("nobody has this"));
  EXPECT_EQ(end(missing).code, kValidationFailed.code);

  // A private block of somebody else is as good as missing.
  JobSpec foreign = testing::echo_spec();
  foreign.args.clear();
  foreign.inputs.push_back({node.put(2, codec::kRaw, to_bytes(as_bytes("secret"))), ""});
  EXPECT_EQ(end(foreign).code, kValidationFailed.code);
}

TEST(Service, RefundsAJobThatAsksForWhatNobodyHereHas) {
  const auto engine = wasm::testing::make_engine();
  ServiceOptions options;
  options.capabilities = {"CclWasm"};
  TestNode node(*engine, options);
  JobSpec spec = testing::echo_spec();
  spec.capabilities = {"CclWasm"};
  EXPECT_EQ(node.wait(node.submit_job(1, spec)).status, JobStatus::kCompleted);
  spec.capabilities = {"LargeDatasets"};
  const Job job = node.wait(node.submit_job(1, spec));
  EXPECT_EQ(job.code, kNoExecutor.code);
  EXPECT_EQ(job.escrow.refunded, job.escrow.locked);
}

// 10 ms of a processor at 1 % of one: a second, in which neither of two workers begins another run.
TEST(Service, KnowsHowLongAQuotaKeepsJobsWaiting) {
  FakeEngine engine([](const wasm::RunRequest&) {
    const auto cpu_ns = [] {
      timespec time{};
      ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
      return time.tv_sec * 1'000'000'000 + time.tv_nsec;
    };
    const auto start = cpu_ns();
    while (cpu_ns() - start < 10'000'000) {
    }
    return success("done");
  });
  ServiceOptions options;
  options.workers = 2;
  options.cpu_quota = 1;
  TestNode node(engine, options);
  EXPECT_EQ(node.service->stats().mean_turn_ms, 0u);
  EXPECT_EQ(node.wait(node.submit_job(1, wasm_spec(node, program("wasi_probe")))).status,
            JobStatus::kCompleted);
  EXPECT_GE(node.service->stats().mean_turn_ms, 2'000u);
}

TEST(Service, StopsARunningLoopWhenItsJobIsCancelled) {
  const auto engine = wasm::testing::make_engine();
  TestNode node(*engine);
  JobSpec spec = wasm_spec(node, wasm::testing::wat("(module (func (export \"run\") (loop (br 0))))"));
  spec.resources.fuel = 1'000'000'000'000;
  spec.max_execution_secs = 300;
  const JobId id = node.submit_job(1, spec);
  while (!node.service->running(id)) std::this_thread::yield();
  CancelJob::Body body;
  body.job_id = id;
  body.progress = node.service->signed_progress(id);
  const auto done = node.submit(1, "mesh.cancel", codec::to_json(body));
  ASSERT_TRUE(done.ok() && done->outcome.ok) << done->outcome.detail;
  const Job job = node.wait(id);
  EXPECT_EQ(job.status, JobStatus::kCancelled);
  EXPECT_EQ(job.escrow.refunded, job.escrow.locked);  // 0 % done
  while (node.service->running(id)) std::this_thread::yield();
  EXPECT_EQ(node.service->stats().running, 0u);
}

TEST(Service, TriesAgainWhatDependedOnTheMachine) {
  std::atomic<int> runs{0};
  FakeEngine engine([&](const wasm::RunRequest&) {
    return ++runs == 1 ? trapped(wasm::TrapCode::kUnavailable) : success("at last");
  });
  TestNode node(engine);
  const Job job = node.wait(node.submit_job(1, wasm_spec(node, Bytes{0})));
  EXPECT_EQ(job.status, JobStatus::kCompleted);
  EXPECT_EQ(job.attempt, 2u);
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(node.content(job.result), "at last");
}

// Blocks every run until it is opened.
class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    is_open_ = true;
    wake_.notify_all();
  }
  wasm::RunOutcome pass(const wasm::RunRequest& request) {
    std::unique_lock lock(mutex_);
    while (!is_open_) {
      if (request.cancel->is_cancelled()) return trapped(wasm::TrapCode::kCancelled);
      wake_.wait_for(lock, std::chrono::milliseconds(5));
    }
    return success("through");
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  bool is_open_ = false;
};

TEST(Service, RefusesMoreThanItsQueueHolds) {
  Gate gate;
  FakeEngine engine([&](const wasm::RunRequest& request) { return gate.pass(request); });
  TestNode node(engine, {.workers = 1, .queue_max = 3});
  const JobSpec spec = wasm_spec(node, Bytes{0});
  std::vector<JobId> jobs{node.submit_job(1, spec)};
  while (node.service->stats().running == 0) std::this_thread::yield();
  jobs.push_back(node.submit_job(1, spec));
  jobs.push_back(node.submit_job(1, spec));
  while (node.service->stats().queued < 2) std::this_thread::yield();
  auto last_place = node.service->admit();
  ASSERT_TRUE(last_place.ok());
  EXPECT_TRUE(node.service->admit().error().is(kMeshQueueFull));
  last_place->reset();
  EXPECT_TRUE(node.service->admit().ok());
  gate.open();
  for (const JobId& id : jobs) EXPECT_EQ(node.wait(id).status, JobStatus::kCompleted);
}

TEST(Service, FinishesAfterARestartWhatItHadNotAndPaysOnce) {
  Gate gate;
  std::atomic<int> runs{0};
  FakeEngine engine([&](const wasm::RunRequest& request) {
    ++runs;
    return gate.pass(request);
  });
  TestNode node(engine, {.workers = 2, .queue_max = 100});
  const std::int64_t before = node.account(kNode).balance.value;
  const JobSpec spec = wasm_spec(node, Bytes{0});
  std::vector<JobId> jobs;
  for (int i = 0; i < 10; ++i) jobs.push_back(node.submit_job(1, spec));
  while (node.service->stats().running < 2) std::this_thread::yield();
  node.reopen();  // two were running, eight queued
  gate.open();
  std::int64_t paid = 0;
  for (const JobId& id : jobs) {
    const Job job = node.wait(id);
    EXPECT_EQ(job.status, JobStatus::kCompleted);
    EXPECT_EQ(job.attempt, 1u);
    paid += job.escrow.paid.value;
  }
  EXPECT_EQ(node.account(kNode).balance.value, before + paid);
  EXPECT_EQ(node.account(1).locked.value, 0);
  EXPECT_GE(runs, 12);
}

// A run says something and saves its state, then its node stops or its submitter ends it.
TEST(Service, GoesOnFromASavedStateAfterARestart) {
  Gate gate;
  std::atomic<bool> has_saved{false};
  FakeEngine engine([&](const wasm::RunRequest& request) {
    const auto state = request.services->load_checkpoint();
    if (state.ok()) return success("went on from " + to_text(*state));
    EXPECT_TRUE(request.services->save_checkpoint(to_bytes(as_bytes("half"))).ok());
    has_saved = true;
    return gate.pass(request);
  });
  TestNode node(engine, {.workers = 1, .queue_max = 10});
  const JobId id = node.submit_job(1, wasm_spec(node, Bytes{0}));
  while (!has_saved) std::this_thread::yield();
  while (!node.service->notes().find(id).value()) std::this_thread::yield();  // it is durable
  node.reopen();
  const Job job = node.wait(id);
  EXPECT_EQ(job.status, JobStatus::kCompleted);
  EXPECT_EQ(node.content(job.result), "went on from half");
  const auto reads = node.receipt(job).reads_cid;
  ASSERT_TRUE(reads);
  EXPECT_TRUE(went_on(codec::decode_block<ReadLog>(as_bytes(node.content(*reads))).value()));
  for (int i = 0; i < 2'000 && node.service->notes().find(id).value(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_FALSE(node.service->notes().find(id).value()) << "the job has ended";
}

TEST(Service, KeepsWhatACancelledRunHadSaid) {
  Gate gate;
  FakeEngine engine([&](const wasm::RunRequest& request) {
    request.observer->on_log("info: so far\n");
    return gate.pass(request);
  });
  TestNode node(engine, {.workers = 1, .queue_max = 10});
  const JobId id = node.submit_job(1, wasm_spec(node, Bytes{0}));
  std::uint64_t total = 0;
  while (total == 0) {
    if (const auto running = node.service->running(id)) running->log(0, total);
  }
  CancelJob::Body body;
  body.job_id = id;
  ASSERT_TRUE(node.submit(1, "mesh.cancel", codec::to_json(body)).ok());
  EXPECT_EQ(node.wait(id).status, JobStatus::kCancelled);
  while (node.service->running(id)) std::this_thread::yield();
  EXPECT_EQ(to_text(node.service->notes().log(id, person(1)).value()), "info: so far\n");
  node.reopen();
  EXPECT_EQ(to_text(node.service->notes().log(id, person(1)).value()), "info: so far\n");
  EXPECT_TRUE(node.service->notes().log(JobId("another"), person(1)).value().empty());
}

// Power goes while jobs run: what the ledger had not synced is gone, and every job it knows ends once.
TEST(Service, LeavesNoJobHangingAfterAPowerLoss) {
  const auto script = std::make_shared<storage::FaultScript>();
  const auto storage =
      std::make_shared<storage::FaultEngine>(std::make_unique<storage::MemoryEngine>(), script);
  FakeEngine engine([](const wasm::RunRequest&) { return success("done"); });
  TestNode node(engine, {.workers = 2, .queue_max = 1'000}, storage);
  const JobSpec spec = wasm_spec(node, Bytes{0});
  std::vector<JobId> jobs;
  for (int i = 0; i < 40; ++i) jobs.push_back(node.submit_job(1, spec));
  script->lose_power();
  node.reopen();
  for (const JobId& id : jobs) {
    const Job job = node.wait(id);  // each submission was answered, so each is there
    EXPECT_EQ(job.status, JobStatus::kCompleted);
    EXPECT_EQ(job.escrow.paid + job.escrow.refunded, job.escrow.locked);
  }
  EXPECT_EQ(node.account(1).locked.value, 0);
  const auto supply = economics::count_supply(*node.ledger->store().value()).value();
  EXPECT_TRUE(supply.is_consistent) << supply.detail;
}

TEST(Service, CompilesAModuleOnceForAHundredJobs) {
  const auto engine = wasm::testing::make_engine();
  TestNode node(*engine, {.workers = 4, .queue_max = 1'000});
  const JobSpec spec = wasm_spec(node, program("echo"));
  std::vector<JobId> jobs;
  for (int i = 0; i < 100; ++i) jobs.push_back(node.submit_job(1 + i % 2, spec));
  // The module is private to person 1: jobs of person 2 end as if it were missing.
  int completed = 0;
  for (const JobId& id : jobs) completed += node.wait(id).status == JobStatus::kCompleted ? 1 : 0;
  EXPECT_EQ(completed, 50);
  EXPECT_EQ(engine->stats().compiles, 1u);
}

TEST(JobQueue, PrefersBandsButEveryFifthGoesByAge) {
  const SystemClock clock;
  JobQueue queue(clock);
  const auto push = [&](std::uint64_t number, Band band) {
    queue.push({JobId("job" + std::to_string(number)), 1, number, 0, band, 0});
  };
  push(1, Band::kLow);
  for (std::uint64_t number = 2; number <= 9; ++number) push(number, Band::kHigh);
  push(10, Band::kNormal);
  std::vector<std::uint64_t> order;
  while (const auto job = queue.try_pop()) order.push_back(job->number);
  EXPECT_EQ(order, (std::vector<std::uint64_t>{2, 3, 4, 5, 1, 6, 7, 8, 9, 10}));
}

// Six old jobs of one account, then two of another and one of a third: they take turns; the fifth goes by
// age.
TEST(JobQueue, AccountsOfABandTakeTurns) {
  ManualClock clock;
  JobQueue queue(clock);
  const auto push = [&](std::uint64_t number, const char* account) {
    QueuedJob job;
    job.id = JobId("job-" + std::to_string(number));
    job.number = number;
    job.account = Did(account);
    queue.push(job);
  };
  for (std::uint64_t number = 1; number <= 6; ++number) push(number, "did:key:many");
  push(7, "did:key:few");
  push(8, "did:key:few");
  push(9, "did:key:one");
  EXPECT_TRUE(queue.remove(JobId("job-2")));
  std::vector<std::uint64_t> order;
  while (auto job = queue.try_pop()) order.push_back(job->number);
  EXPECT_EQ(order, (std::vector<std::uint64_t>{7, 1, 9, 8, 3, 4, 5, 6}));
}

TEST(JobQueue, HoldsBackWhatMayNotStartYet) {
  ManualClock clock(1'000'000);
  JobQueue queue(clock);
  queue.push({JobId("later"), 2, 1, 1'010, Band::kHigh, 0});
  queue.push({JobId("later"), 2, 1, 1'010, Band::kHigh, 0});  // told twice
  queue.push({JobId("now"), 1, 2, 0, Band::kLow, 0});
  EXPECT_EQ(queue.size(), 2u);
  EXPECT_EQ(queue.try_pop()->id, JobId("now"));
  EXPECT_FALSE(queue.try_pop());
  clock.advance(std::chrono::seconds(10));
  EXPECT_EQ(queue.try_pop()->id, JobId("later"));
  EXPECT_FALSE(queue.try_pop());
}

TEST(JobQueue, AnAttemptThatAnotherNodeHasNowIsTakenOut) {
  ManualClock clock(1'000'000);
  JobQueue queue(clock);
  queue.push({JobId("ready"), 1, 1, 0, Band::kHigh, 0});
  queue.push({JobId("delayed"), 2, 2, 1'010, Band::kHigh, 0});
  EXPECT_FALSE(queue.remove_before(JobId("ready"), 1));
  EXPECT_TRUE(queue.remove_before(JobId("ready"), 2));
  EXPECT_TRUE(queue.remove_before(JobId("delayed"), 3));
  EXPECT_EQ(queue.size(), 0u);
}

TEST(JobQueue, TheNewestAttemptTakesThePlaceOfAnOlderOne) {
  ManualClock clock(1'000'000);
  JobQueue queue(clock);
  queue.push({JobId("job"), 1, 1, 0, Band::kHigh, 0});
  queue.push({JobId("job"), 2, 1, 0, Band::kLow, 0});
  queue.push({JobId("job"), 1, 1, 0, Band::kHigh, 0});  // told late
  queue.push({JobId("later"), 1, 2, 1'010, Band::kHigh, 0});
  queue.push({JobId("later"), 2, 2, 1'010, Band::kHigh, 0});
  EXPECT_EQ(queue.size(), 2u);
  EXPECT_EQ(queue.try_pop()->attempt, 2u);
  EXPECT_FALSE(queue.try_pop());
  clock.advance(std::chrono::seconds(10));
  EXPECT_EQ(queue.try_pop()->attempt, 2u);
  EXPECT_FALSE(queue.try_pop());
}

}  // namespace
}  // namespace icn::mesh
