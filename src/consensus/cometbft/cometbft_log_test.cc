#include "consensus/cometbft/cometbft_log.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <filesystem>
#include <fstream>
#include <future>

#include "abci.pb.h"
#include "base/random.h"
#include "consensus/cometbft/frame.h"
#include "consensus/cometbft/own_engine.h"
#include "ledger/errors.h"
#include "ledger/gateway.h"
#include "ledger/toy_domain.h"
#include "storage/memory/memory_engine.h"

namespace icn::consensus {
namespace {

namespace toy = ledger::toy;
using namespace std::chrono_literals;

bool eventually(const std::function<bool()>& condition) {
  for (int i = 0; i < 1'000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

// The log of one node whose engine is a program that sleeps: the test makes its calls, and answers its RPC.
class CometbftLogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = "/tmp/icn-log-test-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    const std::string program = folder_ + "/engine";
    std::ofstream(program) << "#!/bin/sh\ntouch " << folder_ << "/runs\nexec sleep 1000\n";
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    auto tables = toy::tables();
    for (const auto& table : cometbft_tables()) tables.push_back(table);
    ledger_ = ledger::Ledger::open(std::make_unique<storage::MemoryEngine>(), tables, rules_, toy::genesis())
                  .value();
    OwnEngineOptions options;
    options.chain = "toy-net";
    options.program = program;
    options.signed_file = folder_ + "/signed.json";
    options.engine.home = folder_ + "/home";
    options.engine.name = "test";
    options.engine.genesis = "{}";
    options.engine.listen = "127.0.0.1:0";
    auto started = CometbftLog::start(
        *ledger_, clock_, make_silent_log(), {.chain = "toy-net"}, [&](Application& application) {
          return OwnEngine::start(application, make_silent_log(), options, key_, key_);
        });
    ASSERT_TRUE(started.ok()) << started.error().detail();
    log_ = std::move(started).value();
    gateway_ = std::make_unique<ledger::Gateway>(*ledger_, *log_, clock_, 1);
    application_ = connect_to("unix://" + folder_ + "/home/abci.sock", 1'000).value();
  }
  void TearDown() override {
    log_->stop();
    log_.reset();
    is_over_ = true;
    if (rpc_thread_.joinable()) rpc_thread_.join();
    std::filesystem::remove_all(folder_);
  }

  // The engine's RPC from now on: it has all that the others have decided.
  void follow() {
    // Before it starts, the log removes the sockets of an engine that ran before.
    ASSERT_TRUE(eventually([&] { return std::filesystem::exists(folder_ + "/runs"); }));
    rpc_ = listen_at("unix://" + folder_ + "/home/rpc.sock").value();
    rpc_thread_ = std::thread([this] {
      while (!is_over_) {
        if (!is_readable(rpc_.socket.get(), 10)) continue;
        const Descriptor client(::accept(rpc_.socket.get(), nullptr, nullptr));
        std::string request;
        while (!is_over_ && receive_some(client.get(), request, 100) != 0) {
          if (!request.ends_with('}') && !request.ends_with(']')) continue;
          const std::string body =
              request.ends_with(']')
                  ? R"({"jsonrpc":"2.0","id":0,"result":{"code":0}})"
                  : R"({"jsonrpc":"2.0","id":0,"result":{"sync_info":{"catching_up":false},"n_peers":"1"}})";
          send_all(client.get(),
                   "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body,
                   1'000);
          request.clear();
        }
      }
    });
    ASSERT_TRUE(eventually([&] { return log_->status().is_writing && !log_->stale_secs(); }));
  }

  abci::Response call(const abci::Request& request) {
    std::string bytes;
    append_frame(bytes, request.SerializeAsString());
    EXPECT_TRUE(send_all(application_.get(), bytes, 1'000));
    std::string got;
    while (receive_some(application_.get(), got, 2'000) > 0) {
      reader_.feed(std::exchange(got, ""));
      const auto message = reader_.next();
      if (!message.ok() || !*message) continue;
      abci::Response response;
      EXPECT_TRUE(response.ParseFromArray((*message)->data(), static_cast<int>((*message)->size())));
      return response;
    }
    ADD_FAILURE() << "the application does not answer";
    return {};
  }
  // The next block of the engine, of this time.
  void decide(TimestampSecs time, const std::vector<std::string>& wires = {}) {
    if (height_ == 0) {
      abci::Request begin;
      begin.mutable_init_chain()->set_chain_id("toy-net");
      begin.mutable_init_chain()->set_app_state_bytes(codec::canonical_json(codec::to_json(toy::genesis())));
      EXPECT_TRUE(call(begin).has_init_chain());
    }
    abci::Request block;
    block.mutable_finalize_block()->set_height(++height_);
    block.mutable_finalize_block()->mutable_time()->set_seconds(static_cast<std::int64_t>(time));
    for (const std::string& each : wires) block.mutable_finalize_block()->add_txs(each);
    EXPECT_TRUE(call(block).has_finalize_block());
    abci::Request commit;
    commit.mutable_commit();
    EXPECT_TRUE(call(commit).has_commit());
  }

  std::shared_ptr<ledger::CheckedTransaction> raise() {
    const ledger::Transaction transaction = toy::signed_raise(key_, random_, clock_.now_secs() + 300);
    return ledger::CheckedTransaction::from_json(rules_.types, codec::to_json(transaction)).value();
  }
  std::future<std::string> send(const std::shared_ptr<ledger::CheckedTransaction>& transaction) {
    auto answer = std::make_shared<std::promise<std::string>>();
    gateway_->submit_now(executor_, transaction, [answer](const Result<ledger::Commitment>& result) {
      answer->set_value(result.ok() ? "committed" : std::string(result.error().code()));
    });
    return answer->get_future();
  }

  std::string folder_;
  ledger::Rules rules_ = toy::rules();
  ManualClock clock_{toy::kStart * 1'000 + 5'000};
  SeededRandom random_{7};
  crypto::SecretKey key_ = crypto::SecretKey::from_seed(Bytes(32, 1));
  InlineExecutor executor_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<CometbftLog> log_;
  std::unique_ptr<ledger::Gateway> gateway_;
  Descriptor application_;
  FrameReader reader_;
  std::int64_t height_ = 0;
  Listening rpc_;
  std::atomic<bool> is_over_{false};
  std::thread rpc_thread_;
};

TEST_F(CometbftLogTest, IsStaleUntilItsEngineFollows) {
  const ledger::LogStatus before = log_->status();
  EXPECT_FALSE(before.is_writing);
  EXPECT_TRUE(before.has_quorum);
  EXPECT_EQ(log_->stale_secs(), 5u) << "as old as the genesis";
  follow();
  EXPECT_EQ(log_->status().time, toy::kStart);
}

TEST_F(CometbftLogTest, SilenceLongerThanAnIdleNetworkIsAWantOfQuorum) {
  follow();
  decide(clock_.now_secs());
  clock_.advance(15s);
  EXPECT_TRUE(log_->status().has_quorum);
  clock_.advance(1s);
  const ledger::LogStatus status = log_->status();
  EXPECT_FALSE(status.has_quorum);
  EXPECT_FALSE(status.is_writing);
  EXPECT_NE(status.reason.find("16 s"), std::string::npos) << status.reason;
  EXPECT_EQ(log_->stale_secs(), 16u);
  EXPECT_EQ(send(raise()).get(), "no_quorum");
  EXPECT_EQ(log_->status().waiting, 0u);
  // Validators are back.
  decide(clock_.now_secs());
  EXPECT_TRUE(log_->status().is_writing);
  EXPECT_TRUE(eventually([&] { return !log_->stale_secs(); }));
}

TEST_F(CometbftLogTest, WhoWaitsTooLongFindsItSooner) {
  follow();
  decide(clock_.now_secs());
  clock_.advance(1s);
  const auto waiting = raise();
  auto answer = send(waiting);
  clock_.advance(6s);
  EXPECT_FALSE(log_->status().has_quorum);
  EXPECT_TRUE(eventually([&] { return log_->stale_secs() == 7u; }));
  EXPECT_EQ(send(raise()).get(), "no_quorum");
  decide(clock_.now_secs(), {wire_bytes(*waiting)});
  EXPECT_EQ(answer.get(), "committed");
  EXPECT_TRUE(log_->status().has_quorum);
}

TEST_F(CometbftLogTest, WhatOthersDecidedMeanwhileIsStaleYet) {
  follow();
  decide(clock_.now_secs());
  const TimestampSecs parted = clock_.now_secs();
  clock_.advance(120s);
  decide(parted + 10);
  EXPECT_TRUE(log_->status().has_quorum);
  EXPECT_EQ(log_->stale_secs(), 110u);
  EXPECT_EQ(log_->status().time, parted + 10);
  decide(parted + 90);
  EXPECT_EQ(log_->stale_secs(), 30u);
  decide(parted + 119);
  EXPECT_TRUE(eventually([&] { return !log_->stale_secs(); }));
}

TEST_F(CometbftLogTest, WhatNoBlockTookInItsTimeHasExpired) {
  follow();
  decide(clock_.now_secs());
  auto answer = send(raise());
  clock_.advance(299s);
  decide(clock_.now_secs());
  EXPECT_EQ(answer.wait_for(0s), std::future_status::timeout);
  clock_.advance(2s);
  decide(clock_.now_secs());
  EXPECT_EQ(answer.get(), "expired");
}

}  // namespace
}  // namespace icn::consensus
