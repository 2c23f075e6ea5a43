#pragma once

#include <gtest/gtest.h>

#include <chrono>

#include "consensus/cometbft/fake_engine_testing.h"
#include "consensus/cometbft/followed_engine.h"

namespace icn::consensus::followed {

inline bool eventually(const std::function<bool()>& condition) {
  for (int i = 0; i < 3'000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

// A node that runs no engine, and two validators that tell it what they decided.
class FollowedEngineTest : public ::testing::Test {
 protected:
  void SetUp() override {
    options_.genesis = chain_.genesis();
    options_.servers = {first_.address(), second_.address()};
    options_.look_ms = 2;
    options_.pause_ms = 2;
    ledger_ = chain_.open_ledger();
    application_ = std::make_unique<Application>(
        *ledger_, clock_, make_silent_log(), ApplicationOptions{.chain = "toy-net"},
        ApplicationListener{[this](const CommittedBlock& block) {
                              const std::lock_guard lock(mutex_);
                              committed_.push_back(block);
                            },
                            [](const crypto::Hash&, const Error&) {}});
  }
  void TearDown() override { engine_.reset(); }

  void use_only(const FakeEngine& server) { options_.servers = {server.address()}; }
  Result<std::unique_ptr<Engine>> try_start() {
    return FollowedEngine::start(*ledger_, *application_, clock_, make_silent_log(), options_);
  }
  void start() {
    engine_.reset();
    auto started = try_start();
    ASSERT_TRUE(started.ok()) << started.error().detail();
    engine_ = std::move(started).value();
  }
  std::string refusal() {
    const auto started = try_start();
    return started.ok() ? "started" : std::string(started.error().code()) + ": " + started.error().detail();
  }

  // Of the newest block of the engine that was executed here; 0: none was.
  std::uint64_t height() const {
    const auto note = kEngineNote.get(*ledger_->store().value(), kEngineKey).value();
    return note ? note->height : 0;
  }
  bool has_all() const {
    return height() == chain_.height() && ledger_->published()->head.hash == chain_.head();
  }
  std::int64_t counter(const std::string& name) const {
    const auto found = toy::kCounters.get(*ledger_->store().value(), name).value();
    return found ? found->value : 0;
  }
  bool tells_problem(const std::string& part) const {
    return eventually([&] { return engine_->problem().find(part) != std::string::npos; });
  }
  // Until `server` was asked for the block that often from now on.
  static bool asks_again(const FakeEngine& server, std::uint64_t height, std::size_t times = 3) {
    const std::string text = std::to_string(height);
    const std::size_t before = server.asked("block", text);
    return eventually([&] { return server.asked("block", text) >= before + times; });
  }
  std::string wire(std::int64_t by, const std::string& name = "a") {
    return DecidedChain::wire(chain_.raise(by, name));
  }
  TimestampSecs now() const { return clock_.now_secs(); }

  ManualClock clock_{toy::kStart * 1'000 + 5'000};
  DecidedChain chain_;
  FakeEngine first_{chain_};
  FakeEngine second_{chain_};
  FollowedEngineOptions options_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::mutex mutex_;
  std::vector<CommittedBlock> committed_;
  std::unique_ptr<Application> application_;
  std::unique_ptr<Engine> engine_;
};

}  // namespace icn::consensus::followed
