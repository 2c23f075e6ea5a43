#include <gtest/gtest.h>

#include <future>

#include "consensus/cometbft/cometbft_log.h"
#include "consensus/cometbft/followed_engine_testing.h"
#include "ledger/gateway.h"

namespace icn::consensus::followed {
namespace {

using namespace std::chrono_literals;
using Way = FakeEngine::Way;
using Wires = std::vector<std::string>;

// The log of a node that runs no engine.
class FollowedLogTest : public FollowedEngineTest {
 protected:
  void TearDown() override {
    if (log_) log_->stop();
    log_.reset();
  }

  void open_log() {
    log_.reset();
    auto started = CometbftLog::start(
        *ledger_, clock_, make_silent_log(), {.chain = "toy-net"}, [this](Application& application) {
          return FollowedEngine::start(*ledger_, application, clock_, make_silent_log(), options_);
        });
    ASSERT_TRUE(started.ok()) << started.error().detail();
    log_ = std::move(started).value();
    gateway_ = std::make_unique<ledger::Gateway>(*ledger_, *log_, clock_, 1);
  }
  void follow() {
    open_log();
    ASSERT_TRUE(eventually([&] { return log_->status().is_writing && !log_->stale_secs(); }));
  }
  // What the caller is told: "done", "failed: " and why, "refused: " and why.
  std::future<std::string> send(const ledger::Transaction& transaction) {
    auto answer = std::make_shared<std::promise<std::string>>();
    const auto checked =
        ledger::CheckedTransaction::from_json(chain_.rules().types, codec::to_json(transaction)).value();
    gateway_->submit_now(executor_, checked, [answer](const Result<ledger::Commitment>& result) {
      if (!result.ok())
        answer->set_value("refused: " + std::string(result.error().code()));
      else
        answer->set_value(result->outcome.ok ? "done" : "failed: " + result->outcome.code);
    });
    return answer->get_future();
  }
  static bool is_waiting(const std::future<std::string>& answer) {
    return answer.wait_for(0s) == std::future_status::timeout;
  }
  static std::string get(std::future<std::string>& answer) {
    return answer.wait_for(15s) == std::future_status::ready ? answer.get() : "nothing";
  }
  static std::size_t times_received(const FakeEngine& server, const ledger::Transaction& transaction) {
    const Wires received = server.received();
    return static_cast<std::size_t>(
        std::count(received.begin(), received.end(), DecidedChain::wire(transaction)));
  }

  InlineExecutor executor_;
  std::unique_ptr<CometbftLog> log_;
  std::unique_ptr<ledger::Gateway> gateway_;
};

TEST_F(FollowedLogTest, ASubmissionIsAnsweredWhenItsBlockComes) {
  follow();
  const auto good = chain_.raise(5), bad = chain_.raise(99);
  auto good_answer = send(good);
  EXPECT_TRUE(eventually([&] { return first_.received() == Wires{DecidedChain::wire(good)}; }));
  auto bad_answer = send(bad);
  EXPECT_TRUE(eventually([&] { return times_received(first_, bad) == 1; }));
  EXPECT_TRUE(is_waiting(good_answer));
  EXPECT_EQ(log_->status().waiting, 2u);
  chain_.decide(now(), {DecidedChain::wire(good), DecidedChain::wire(bad)});
  EXPECT_EQ(get(good_answer), "done");
  EXPECT_EQ(get(bad_answer), "failed: rule_broken");
  EXPECT_TRUE(has_all());
  EXPECT_EQ(second_.requests(), 0u);
  auto again = send(good);
  EXPECT_EQ(get(again), "done") << "the first outcome";
  EXPECT_EQ(first_.received().size(), 2u);
}

TEST_F(FollowedLogTest, WhatCheckTxRefusesIsNeverSent) {
  follow();
  auto refused = send(chain_.pay(5));
  EXPECT_EQ(get(refused), "refused: poor");
  const auto next = chain_.raise(1);
  auto answer = send(next);
  EXPECT_TRUE(eventually([&] { return !first_.received().empty(); }));
  EXPECT_EQ(first_.received(), Wires{DecidedChain::wire(next)});
  chain_.decide(now(), {DecidedChain::wire(next)});
  EXPECT_EQ(get(answer), "done");
}

TEST_F(FollowedLogTest, WhatWaitsIsHandedToTheNextServer) {
  follow();
  const auto waiting = chain_.raise(1);
  auto answer = send(waiting);
  EXPECT_TRUE(eventually([&] { return times_received(first_, waiting) == 1; }));
  first_.behave(Way::kCloses);
  EXPECT_TRUE(eventually([&] { return times_received(second_, waiting) == 1; }));
  EXPECT_TRUE(is_waiting(answer));
  chain_.decide(now(), {DecidedChain::wire(waiting)});
  EXPECT_EQ(get(answer), "done");
}

// What was handed over may be in a block that is not here yet: nobody is told that it was refused.
TEST_F(FollowedLogTest, WhoWaitsIsNotRefusedForWhatBecameOfThePurse) {
  follow();
  chain_.decide(now(), {DecidedChain::wire(chain_.raise(100, "purse"))});
  ASSERT_TRUE(eventually([&] { return has_all(); }));
  const auto waiting = chain_.pay(60);
  auto answer = send(waiting);
  EXPECT_TRUE(eventually([&] { return times_received(first_, waiting) == 1; }));
  chain_.decide(now() + 1, {DecidedChain::wire(chain_.pay(60))});
  ASSERT_TRUE(eventually([&] { return has_all() && counter("purse") == 40; }));
  clock_.advance(std::chrono::milliseconds(options_.repeat_ms));
  chain_.decide(now());
  EXPECT_TRUE(eventually([&] {
    return times_received(first_, waiting) + times_received(second_, waiting) == 2;
  })) << "and it is sent again";
  EXPECT_TRUE(is_waiting(answer));
  ASSERT_TRUE(eventually([&] { return has_all(); }));
  auto fresh = send(chain_.pay(60));
  EXPECT_EQ(get(fresh), "refused: poor");
  chain_.decide(now(), {DecidedChain::wire(waiting)});
  EXPECT_EQ(get(answer), "failed: poor");
}

// Nobody may be told that nothing happened by who may have handed it on.
TEST_F(FollowedLogTest, WhatItsServerRefusesStillWaitsForItsBlock) {
  follow();
  for (const char* const why : {"Tx too large", "mempool is full: number of txs 5000"}) {
    first_.refuse(why);
    const auto waiting = chain_.raise(1);
    auto answer = send(waiting);
    EXPECT_TRUE(eventually([&] { return times_received(first_, waiting) == 1; }));
    std::this_thread::sleep_for(50ms);
    EXPECT_TRUE(is_waiting(answer)) << why;
    chain_.decide(now(), {DecidedChain::wire(waiting)});
    EXPECT_EQ(get(answer), "done") << why;
  }
}

TEST_F(FollowedLogTest, TakesNothingWhileItsServerLies) {
  first_.spoil([](DecidedBlock& block) { block.transactions.emplace_back("more"); });
  use_only(first_);
  follow();
  chain_.decide(now());
  EXPECT_TRUE(eventually([&] { return !log_->status().is_writing && log_->stale_secs(); }));
  EXPECT_NE(log_->status().reason.find("data_hash"), std::string::npos) << log_->status().reason;
  auto refused = send(chain_.raise(1));
  EXPECT_EQ(get(refused), "refused: not_writing");
  first_.spoil({});
  EXPECT_TRUE(eventually([&] { return log_->status().is_writing && !log_->stale_secs(); }));
  EXPECT_TRUE(has_all());
}

TEST_F(FollowedLogTest, ClosesWhileBlocksCome) {
  constexpr std::uint64_t kRounds = 20, kBlocks = 6;  // in each
  for (std::uint64_t i = 0; i < kRounds * kBlocks; ++i) chain_.decide(now(), {wire(i % 2 == 0 ? 1 : -1)});
  use_only(first_);
  for (std::uint64_t round = 1; round <= kRounds; ++round) {
    std::promise<void> in_the_middle;
    bool is_told = false;
    first_.has(1, round * kBlocks);
    first_.spoil([&](const DecidedBlock& block) {
      if (block.attestation.header.height + 3 >= round * kBlocks && !std::exchange(is_told, true))
        in_the_middle.set_value();
    });
    open_log();
    EXPECT_EQ(in_the_middle.get_future().wait_for(15s), std::future_status::ready);
    log_->stop();
    log_.reset();
    first_.spoil({});
  }
  open_log();
  EXPECT_TRUE(eventually([&] { return has_all(); }));
}

}  // namespace
}  // namespace icn::consensus::followed
