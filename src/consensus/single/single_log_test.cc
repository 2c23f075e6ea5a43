#include "consensus/single/single_log.h"

#include <gtest/gtest.h>

#include <future>

#include "base/random.h"
#include "ledger/errors.h"
#include "ledger/gateway.h"
#include "ledger/toy_domain.h"
#include "ledger/verify.h"
#include "storage/fault/fault_engine.h"
#include "storage/memory/memory_engine.h"
#include "storage/shared_engine_testing.h"

namespace icn::consensus {
namespace {

using ledger::Commitment;
namespace toy = ledger::toy;

// A toy network over a memory engine that fails on demand.
class SingleLogTest : public ::testing::Test {
 protected:
  void start(SingleLogOptions options = {}) {
    auto faulty = std::make_unique<storage::FaultEngine>(
        std::make_unique<storage::testing::SharedEngine>(memory_), script_);
    auto opened = ledger::Ledger::open(std::move(faulty), toy::tables(), rules_, toy::genesis());
    ASSERT_TRUE(opened.ok()) << opened.error().detail();
    ledger_ = std::move(opened).value();
    log_ = std::make_unique<SingleLog>(*ledger_, clock_, make_silent_log(), options);
    gateway_ = std::make_unique<ledger::Gateway>(*ledger_, *log_, clock_, 1);
  }
  void restart() {
    gateway_.reset();
    log_.reset();
    ledger_.reset();
    start();
  }

  ledger::Transaction raise(const std::string& name, std::int64_t by,
                            std::optional<std::uint64_t> reset = {}) {
    return toy::signed_raise(key_, random_, clock_.now_secs() + 300, name, by, reset);
  }

  std::future<Result<Commitment>> send(const ledger::Transaction& transaction) {
    auto promise = std::make_shared<std::promise<Result<Commitment>>>();
    auto checked = ledger::CheckedTransaction::from_json(rules_.types, codec::to_json(transaction));
    if (!checked.ok()) {
      promise->set_value(checked.error());
    } else {
      gateway_->submit_now(executor_, *checked,
                           [promise](const Result<Commitment>& result) { promise->set_value(result); });
    }
    return promise->get_future();
  }
  Result<Commitment> run(const ledger::Transaction& transaction) { return send(transaction).get(); }
  std::string code(const Result<Commitment>& result) {
    return !result.ok()         ? std::string(result.error().code())
           : result->outcome.ok ? "ok"
                                : result->outcome.code;
  }
  std::int64_t counter(const std::string& name) {
    const auto found = toy::kCounters.get(*ledger_->store().value(), name).value();
    return found ? found->value : 0;
  }
  // In the store, durable or not.
  void wait_for_counter(const std::string& name, std::int64_t value) {
    for (int i = 0; i < 5'000 && counter(name) != value; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    ASSERT_EQ(counter(name), value);
  }
  // It tries to open a store again once a second.
  void wait_until_it_writes() {
    for (int i = 0; i < 200 && !log_->status().is_writing; ++i) {
      clock_.advance(std::chrono::seconds(1));
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }
  std::optional<std::string> difference() {
    storage::MemoryEngine scratch;
    auto store = scratch.open(toy::tables()).value();
    auto report = ledger::verify_ledger(rules_, *ledger_->store().value(), toy::tables(), *store);
    return report.ok() ? report->difference : std::optional(report.error().detail());
  }

  ledger::Rules rules_ = toy::rules();
  ManualClock clock_{toy::kStart * 1000 + 5'000};
  SeededRandom random_{7};
  crypto::SecretKey key_ = crypto::SecretKey::from_seed(Bytes(32, 1));
  InlineExecutor executor_;
  std::shared_ptr<storage::MemoryEngine> memory_ = std::make_shared<storage::MemoryEngine>();
  std::shared_ptr<storage::FaultScript> script_ = std::make_shared<storage::FaultScript>();
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<SingleLog> log_;
  std::unique_ptr<ledger::Gateway> gateway_;
};

TEST_F(SingleLogTest, CommitsAndSurvivesARestart) {
  start();
  const auto result = run(raise("a", 5));
  EXPECT_EQ(code(result), "ok");
  EXPECT_EQ(result->outcome.output, R"({"value":5})");
  EXPECT_EQ(result->height, 1u);
  restart();
  EXPECT_EQ(counter("a"), 5);
  EXPECT_EQ(run(raise("a", 1))->height, 2u);
  EXPECT_EQ(difference(), std::nullopt);
}

TEST_F(SingleLogTest, AFailedTransactionLeavesOnlyItsOutcome) {
  start();
  ASSERT_EQ(code(run(raise("a", 90))), "ok");
  EXPECT_EQ(code(run(raise("a", 20))), "rule_broken");
  EXPECT_EQ(code(run(raise("b", 13))), "invariant_broken");
  EXPECT_EQ(counter("a"), 90);
  EXPECT_EQ(counter("b"), 0);
  EXPECT_EQ(difference(), std::nullopt);
}

TEST_F(SingleLogTest, ARepeatAnswersTheFirstOutcomeUntilItExpires) {
  start();
  const auto transaction = raise("a", 60);
  EXPECT_EQ(run(transaction)->height, 1u);
  EXPECT_EQ(run(transaction)->height, 1u);
  EXPECT_EQ(counter("a"), 60);
  const auto refused = raise("a", 60);
  EXPECT_EQ(code(run(refused)), "rule_broken");
  EXPECT_EQ(code(run(refused)), "rule_broken");
  restart();
  EXPECT_EQ(run(transaction)->height, 1u);
  clock_.advance(std::chrono::seconds(301));
  EXPECT_EQ(code(run(transaction)), "expired");
  EXPECT_EQ(counter("a"), 60);
}

TEST_F(SingleLogTest, RepeatsInOneBlockShareAnOutcome) {
  start();
  const auto transaction = raise("a", 7);
  auto first = send(transaction), second = send(transaction), third = send(transaction);
  EXPECT_EQ(code(first.get()), "ok");
  EXPECT_EQ(code(second.get()), "ok");
  EXPECT_EQ(code(third.get()), "ok");
  EXPECT_EQ(counter("a"), 7);
}

// Each is answered by its own outcome: of the block before, or of the one that they make together.
TEST_F(SingleLogTest, KnownAndFreshTransactionsMayComeTogetherAndTwice) {
  start();
  const auto known = raise("a", 5), fresh = raise("b", 1), other = raise("c", 2);
  ASSERT_EQ(run(known)->height, 1u);
  std::vector<std::promise<Result<Commitment>>> answers(6);
  std::vector<ledger::Submission> group;
  for (const auto* each : {&known, &fresh, &known, &other, &fresh, &other}) {
    auto checked = ledger::CheckedTransaction::from_json(rules_.types, codec::to_json(*each));
    ASSERT_TRUE(checked.ok());
    (*checked)->set_verified_key(key_.public_key());
    auto* const answer = &answers[group.size()];
    group.push_back(
        {*checked, &executor_, [answer](const Result<Commitment>& result) { answer->set_value(result); }});
  }
  log_->submit(std::move(group));
  std::string found;
  for (auto& each : answers) {
    const auto answer = each.get_future().get();
    ASSERT_TRUE(answer.ok()) << answer.error().detail();
    found += std::to_string(answer->height) + answer->outcome.output + " ";
  }
  EXPECT_EQ(found, R"(1{"value":5} 2{"value":1} 1{"value":5} 2{"value":2} 2{"value":1} 2{"value":2} )");
  EXPECT_EQ(counter("a") + counter("b") + counter("c"), 8);
}

TEST_F(SingleLogTest, RefusesWhatIsNotForThisLedger) {
  start();
  auto other = raise("a", 1);
  other.network = "else";
  ledger::sign(other, key_);
  EXPECT_EQ(code(run(other)), "wrong_network");
  auto late = raise("a", 1);
  late.expires = clock_.now_secs();
  ledger::sign(late, key_);
  EXPECT_EQ(code(run(late)), "expired");
  auto early = raise("a", 1);
  early.expires = clock_.now_secs() + 601;
  ledger::sign(early, key_);
  EXPECT_EQ(code(run(early)), "expires_too_late");
  auto forged = raise("a", 1);
  forged.body.set("by", 2);
  EXPECT_EQ(code(run(forged)), "bad_signature");
  auto unknown = raise("a", 1);
  unknown.type = "toy.fly";
  EXPECT_EQ(code(run(unknown)), "unknown_transaction_type");
  auto extra = raise("a", 1);
  extra.body.set("extra", 2);
  EXPECT_EQ(code(run(extra)), "malformed");
  EXPECT_EQ(ledger_->published()->head.header.height, 0u);
}

TEST_F(SingleLogTest, AFullDiskRefusesWritesAndServesReadsAndResumes) {
  start();
  ASSERT_EQ(code(run(raise("a", 1))), "ok");
  script_->set_full(true);
  const auto transaction = raise("a", 2);
  EXPECT_EQ(run(transaction).error().category(), Category::kStorageFull);
  EXPECT_EQ(counter("a"), 1);
  script_->set_full(false);
  EXPECT_EQ(code(run(transaction)), "ok");
  EXPECT_EQ(counter("a"), 3);
  EXPECT_EQ(difference(), std::nullopt);
}

// A log that met the full disk is opened again before the first block there is room for.
TEST_F(SingleLogTest, AFullLogIsGotOverWithoutARefusal) {
  start();
  ASSERT_EQ(code(run(raise("a", 1))), "ok");
  script_->fill_log();
  EXPECT_EQ(run(raise("a", 2)).error().category(), Category::kStorageFull);
  EXPECT_EQ(counter("a"), 1);
  script_->set_full(false);
  EXPECT_EQ(code(run(raise("a", 4))), "ok");
  EXPECT_EQ(code(run(raise("a", 7))), "ok");
  EXPECT_EQ(counter("a"), 12);
  EXPECT_EQ(difference(), std::nullopt);
}

TEST_F(SingleLogTest, WithoutRoomToOpenTheStoreItIsTriedAgain) {
  start();
  ASSERT_EQ(code(run(raise("a", 1))), "ok");
  script_->fill_log();
  script_->set_full(false);
  script_->fail_opens(2, storage::kFull);
  EXPECT_EQ(run(raise("a", 2)).error().category(), Category::kStorageFull);
  EXPECT_FALSE(log_->status().is_writing);
  EXPECT_NE(log_->status().reason.find("yet"), std::string::npos);
  EXPECT_EQ(run(raise("a", 4)).error().category(), Category::kUnavailable);
  wait_until_it_writes();
  EXPECT_TRUE(log_->status().is_writing);
  EXPECT_EQ(code(run(raise("a", 8))), "ok");
  EXPECT_EQ(counter("a"), 9);
  EXPECT_EQ(difference(), std::nullopt);
}

TEST_F(SingleLogTest, AfterAFailedSyncTheDiskDecides) {
  start();
  ASSERT_EQ(code(run(raise("a", 1))), "ok");
  script_->fail_syncs(1, storage::FaultScript::Unsynced::kKept);
  EXPECT_EQ(code(run(raise("a", 2))), "ok");
  EXPECT_EQ(counter("a"), 3);
  script_->fail_syncs(1, storage::FaultScript::Unsynced::kLost);
  const auto lost = raise("a", 4);
  EXPECT_EQ(code(run(lost)), "not_applied");
  EXPECT_EQ(counter("a"), 3);
  EXPECT_EQ(code(run(lost)), "ok");
  EXPECT_EQ(counter("a"), 7);
  EXPECT_EQ(difference(), std::nullopt);
}

// So says an engine whose disk failed on the way, or whose server was cut off at the commit.
TEST_F(SingleLogTest, AfterAWriteOfUnknownOutcomeTheDiskDecides) {
  start();
  ASSERT_EQ(code(run(raise("a", 1))), "ok");
  script_->doubt_writes(1, storage::FaultScript::Unsynced::kKept);
  const auto kept = run(raise("a", 2));
  EXPECT_EQ(code(kept), "ok");
  EXPECT_EQ(kept->height, 2u);
  EXPECT_EQ(counter("a"), 3);
  script_->doubt_writes(1, storage::FaultScript::Unsynced::kLost);
  const auto lost = raise("a", 4);
  EXPECT_EQ(code(run(lost)), "not_applied");
  EXPECT_EQ(counter("a"), 3);
  EXPECT_EQ(run(lost)->height, 3u);
  EXPECT_EQ(counter("a"), 7);
  script_->doubt_writes(1, storage::FaultScript::Unsynced::kKept);
  script_->fail_opens(1, storage::kFull);
  const auto unknown = raise("a", 8);
  EXPECT_EQ(code(run(unknown)), "outcome_unknown");
  wait_until_it_writes();
  EXPECT_EQ(run(unknown)->height, 4u);
  EXPECT_EQ(counter("a"), 15);
  EXPECT_EQ(difference(), std::nullopt);
}

// While readers hold the old store nobody can say what the disk has.
TEST_F(SingleLogTest, UntilTheStoreIsOpenedAgainNothingIsCalledNotApplied) {
  start();
  ASSERT_EQ(code(run(raise("a", 1))), "ok");
  script_->hold_syncs();
  const auto below = raise("a", 2), above = raise("a", 4);
  auto first = send(below);
  wait_for_counter("a", 3);
  auto second = send(above);
  wait_for_counter("a", 7);
  auto reader = ledger_->store().value();
  script_->fail_syncs(1, storage::FaultScript::Unsynced::kKept);
  script_->release_syncs();
  EXPECT_EQ(code(first.get()), "outcome_unknown");
  EXPECT_EQ(code(second.get()), "outcome_unknown");
  reader.reset();
  wait_until_it_writes();
  EXPECT_EQ(run(below)->height, 2u);
  EXPECT_EQ(run(above)->height, 3u);
  EXPECT_EQ(counter("a"), 7);
  EXPECT_EQ(difference(), std::nullopt);
}

// The block after the one that is being synced is executed meanwhile, and answered after it.
TEST_F(SingleLogTest, TheNextBlockIsExecutedWhileOneIsSynced) {
  start();
  script_->hold_syncs();
  auto first = send(raise("a", 1));
  wait_for_counter("a", 1);
  auto second = send(raise("a", 2));
  wait_for_counter("a", 3);
  EXPECT_EQ(first.wait_for(std::chrono::milliseconds(20)), std::future_status::timeout);
  EXPECT_EQ(second.wait_for(std::chrono::milliseconds(20)), std::future_status::timeout);
  EXPECT_EQ(ledger_->published()->head.header.height, 0u);
  script_->release_syncs();
  EXPECT_EQ(first.get()->height, 1u);
  EXPECT_EQ(second.get()->height, 2u);
  EXPECT_EQ(difference(), std::nullopt);
}

// A repeat of what is not durable yet waits for it.
TEST_F(SingleLogTest, ARepeatIsAnsweredNoSoonerThanTheFirst) {
  start();
  script_->hold_syncs();
  const auto transaction = raise("a", 1);
  auto first = send(transaction);
  wait_for_counter("a", 1);
  auto repeat = send(transaction);
  EXPECT_EQ(repeat.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  script_->release_syncs();
  EXPECT_EQ(first.get()->height, 1u);
  EXPECT_EQ(repeat.get()->height, 1u);
}

TEST_F(SingleLogTest, AFailedSyncDecidesForTheBlockAboveToo) {
  start();
  for (const auto unsynced : {storage::FaultScript::Unsynced::kKept, storage::FaultScript::Unsynced::kLost}) {
    const bool is_kept = unsynced == storage::FaultScript::Unsynced::kKept;
    SCOPED_TRACE(is_kept ? "kept" : "lost");
    const std::int64_t before = counter("a");
    script_->hold_syncs();
    auto first = send(raise("a", 1));
    wait_for_counter("a", before + 1);
    auto second = send(raise("a", 2));
    wait_for_counter("a", before + 3);
    script_->fail_syncs(1, unsynced);
    script_->release_syncs();
    EXPECT_EQ(code(first.get()), is_kept ? "ok" : "not_applied");
    EXPECT_EQ(code(second.get()), is_kept ? "ok" : "not_applied");
    EXPECT_EQ(code(run(raise("a", 4))), "ok");
    EXPECT_EQ(counter("a"), before + (is_kept ? 7 : 4));
    EXPECT_EQ(difference(), std::nullopt);
  }
}

TEST_F(SingleLogTest, StopsWritingWhenTheStoreCannotBeOpenedAgain) {
  start();
  script_->fail_syncs(1, storage::FaultScript::Unsynced::kLost);
  script_->fail_opens(1);
  EXPECT_EQ(code(run(raise("a", 2))), "outcome_unknown");
  EXPECT_FALSE(log_->status().is_writing);
  EXPECT_EQ(log_->status().reason.find("the store could not be opened again"), 0u);
  log_->stop();
}

TEST_F(SingleLogTest, PowerLossLosesNothingThatWasAnswered) {
  start();
  for (int i = 0; i < 20; ++i) ASSERT_EQ(code(run(raise("a", 2))), "ok");
  script_->lose_power();
  restart();
  EXPECT_EQ(counter("a"), 40);
  EXPECT_EQ(difference(), std::nullopt);
}

TEST_F(SingleLogTest, RunsDueRowsWithoutATransaction) {
  start();
  ASSERT_EQ(code(run(raise("a", 5, 30))), "ok");
  clock_.advance(std::chrono::seconds(31));
  for (int i = 0; i < 200 && counter("a") != 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(counter("a"), 0);
  EXPECT_EQ(difference(), std::nullopt);
}

// design.md 4, standstill: nobody loses a deadline because the network stood still.
TEST_F(SingleLogTest, ANodeThatWasOffMovesEveryDeadline) {
  start();
  ASSERT_EQ(code(run(raise("a", 5, 100))), "ok");
  gateway_.reset();
  log_.reset();
  ledger_.reset();
  clock_.advance(std::chrono::hours(5));
  start();
  ASSERT_EQ(code(run(raise("b", 1))), "ok");
  EXPECT_EQ(counter("a"), 5);
  // The row was set 100 s before its time, of which none counts while the node was off.
  for (int i = 0; i < 101; i += 20) {
    clock_.advance(std::chrono::seconds(20));
    ASSERT_EQ(code(run(raise("b", 1))), "ok");
  }
  EXPECT_EQ(counter("a"), 0);
  EXPECT_EQ(difference(), std::nullopt);
}

// The node comes back and nobody sends a transaction: the time it runs counts all the same.
TEST_F(SingleLogTest, AStandstillEndsByItself) {
  start();
  ASSERT_EQ(code(run(raise("a", 5, 100))), "ok");
  gateway_.reset();
  log_.reset();
  ledger_.reset();
  clock_.advance(std::chrono::hours(5));
  start();
  const auto back_secs = clock_.now_secs();
  for (int i = 0; i < 500 && counter("a") != 0; ++i) {
    if (clock_.now_secs() < ledger_->published()->head.header.time + 80)
      clock_.advance(std::chrono::seconds(20));
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_EQ(counter("a"), 0);
  EXPECT_GE(clock_.now_secs(), back_secs + 100);
  EXPECT_EQ(difference(), std::nullopt);
}

TEST_F(SingleLogTest, VerifyFindsAChangedBalanceAndAChangedBlock) {
  start();
  ASSERT_EQ(code(run(raise("a", 5))), "ok");
  ASSERT_EQ(code(run(raise("b", 6))), "ok");
  auto store = ledger_->store().value();
  storage::StoreSpace space(*store, storage::Durability::kSynced);
  ASSERT_TRUE(toy::kCounters.put(space, "a", {50}).ok());
  EXPECT_EQ(difference(), "state differs from what the blocks say: table toy_counters, key 610001");
  ASSERT_TRUE(toy::kCounters.put(space, "a", {5}).ok());
  EXPECT_EQ(difference(), std::nullopt);
  auto body = ledger::kBodies.get(*store, 2).value().value();
  body.transactions[0].canonical.replace(body.transactions[0].canonical.find("\"by\":6"), 6, "\"by\":7");
  ASSERT_TRUE(ledger::kBodies.put(space, 2, body).ok());
  EXPECT_EQ(difference(), "block 2, transaction 0: the signature is not valid");
}

TEST_F(SingleLogTest, RefusesMoreThanItsQueueHolds) {
  start({.block_transactions_max = 10, .queue_max = 1});
  const auto checked = [&](const ledger::Transaction& t) {
    return ledger::CheckedTransaction::from_json(rules_.types, codec::to_json(t)).value();
  };
  std::vector<ledger::Submission> group;
  std::vector<std::string> codes;
  std::mutex mutex;
  for (int i = 0; i < 3; ++i) {
    group.push_back({checked(raise("a", 1)), &executor_, [&](const Result<Commitment>& result) {
                       const std::lock_guard lock(mutex);
                       codes.push_back(code(result));
                     }});
  }
  log_->submit(std::move(group));
  const std::lock_guard lock(mutex);
  EXPECT_EQ(codes, (std::vector<std::string>{"queue_full", "queue_full", "queue_full"}));
}

}  // namespace
}  // namespace icn::consensus
