#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/clock.h"
#include "consensus/cometbft/application.h"
#include "consensus/cometbft/decided_block.h"
#include "consensus/cometbft/engine.h"
#include "consensus/cometbft/network_genesis.h"

namespace icn::consensus {

struct FollowedEngineOptions {
  NetworkGenesis genesis;
  std::vector<std::string> servers;   // RPC of validators' engines, "host:port"; not empty
  std::uint32_t look_ms = 25;         // between two looks for a block that is not there yet
  std::uint32_t pause_ms = 500;       // before the next server is asked, after one that failed
  std::uint32_t silence_ms = 15'000;  // without a block, before the next server is asked
  std::uint32_t age_max_secs = 30;    // of the newest block, the same; by this node's clock
  std::uint32_t repeat_ms = 10'000;   // what waits so long is handed over again
  int timeout_ms = 3'000;             // of RpcClient; stop() waits for what is asked just then
};

// The engines of validators elsewhere, of a node that runs none: it fetches what they decided from the RPC of
// one of them, believes nothing but signatures of more than two thirds of the validators (decided_block.h),
// and has the application execute it; transactions go to the same RPC, after the checks of CheckTx here, and
// to the next server's when no block has come of them. A
// server that is gone, lags or tells what does not verify is left for the next one. It begins at the genesis,
// or where the newest block here stands; blocks that no server has any more cannot be followed.
//
// A lying server can hold back blocks and transactions, and nothing else.
class FollowedEngine final : public Engine {
  struct Key {  // start() alone constructs it
    explicit Key() = default;
  };

 public:
  // All outlive it. Begins at once. Errors: wrong_genesis; those of the store.
  static Result<std::unique_ptr<Engine>> start(ledger::Ledger& ledger, Application& application,
                                               const Clock& clock, std::shared_ptr<Log> log,
                                               FollowedEngineOptions options);
  FollowedEngine(Key, ledger::Ledger& ledger, Application& application, const Clock& clock,
                 std::shared_ptr<Log> log, FollowedEngineOptions options);
  ~FollowedEngine() override { stop(); }

  std::uint64_t losses() const override { return losses_.load(); }
  std::string problem() const override;
  bool follows() override { return is_caught_up_.load(); }
  Result<std::vector<BroadcastAnswer>> hand_over(std::span<const std::string> wires) override;
  // Of blocks that the validators of the newest one signed.   engine_failed: also for others
  Result<EngineAttestation> attestation(std::uint64_t height) override;
  Result<EngineTip> newest_block() const override;
  void stop() override;

 private:
  void run();
  Result<TrustedTip> read_tip();
  // False: there is no next block yet.
  Result<bool> take_next();
  Result<void> begin_chain();
  Result<void> execute(const DecidedBlock& block);
  Result<void> call(const tendermint::abci::Request& request);
  std::uint32_t note_answer(bool is_block);
  void leave_server(const Error& error);
  void next_server();
  void repeat_now_and_then();
  bool pause(std::uint32_t ms);  // false: stop() was called meanwhile
  RpcClient& writing();

  ledger::Ledger& ledger_;
  Application& application_;
  const Clock& clock_;
  const std::shared_ptr<Log> log_;
  const FollowedEngineOptions options_;

  std::atomic<std::uint64_t> losses_{1};
  std::atomic<bool> is_caught_up_{false};
  std::atomic<std::size_t> server_{0};
  // The following thread's.
  std::optional<TrustedTip> tip_;
  std::optional<RpcClient> reading_;
  std::vector<EngineValidator> validators_;
  std::size_t failed_in_turn_ = 0;
  std::uint64_t repeated_ms_ = 0;
  std::uint64_t heard_ms_ = 0;  // of a new block
  std::uint64_t turned_ms_ = 0;
  TimestampSecs tip_time_ = 0;
  bool is_at_end_ = false;  // the server had no next block when it was asked last
  // The handing thread's.
  std::optional<RpcClient> writing_;
  std::size_t turn_ = 0;  // how many servers after the one that is read from
  std::size_t writes_to_ = 0;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool is_stopping_ = false;
  std::string problem_;
  std::optional<EngineAttestation> newest_;  // what was signed of the newest block
  std::thread thread_;
};

}  // namespace icn::consensus
