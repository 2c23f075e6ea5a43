#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>

#include "base/clock.h"
#include "consensus/answers.h"
#include "consensus/cometbft/application.h"
#include "consensus/cometbft/engine.h"
#include "ledger/ordered_log.h"

namespace icn::consensus {

struct CometbftLogOptions {
  std::string chain;
  std::size_t queue_max = 20'000;  // callers that may wait
  std::size_t sender_waiting_max = 5'000;
  std::uint64_t no_quorum_after_ms = 5'000;        // without a commit although something waits
  std::uint64_t empty_block_interval_ms = 10'000;  // an idle network makes a block that often
};

// The log of a node in a federation: hands transactions to CometBFT, whose application this ledger is, and
// answers when the block that holds them is durable here.
//
// Refused by CheckTx: answered at once with that error. Taken and not yet in a block: waits; the engine's
// pool is filled again after the engine has ended. Past its expiry and in no block: expired. No commit for
// too long: no_quorum for whatever is new; what waits keeps waiting.
class CometbftLog final : public ledger::OrderedLog {
 public:
  // Makes the engine, which may call the application from then on.
  using StartEngine = std::function<Result<std::unique_ptr<Engine>>(Application& application)>;

  // All outlive it. Errors: of `start_engine`.
  static Result<std::unique_ptr<CometbftLog>> start(ledger::Ledger& ledger, const Clock& clock,
                                                    std::shared_ptr<Log> log, CometbftLogOptions options,
                                                    const StartEngine& start_engine);
  ~CometbftLog() override;

  void submit(std::vector<ledger::Submission> group) override;
  ledger::LogStatus status() const override;
  // Stale: without a block for longer than an idle network takes for one, catching up, or without an engine.
  std::optional<std::uint64_t> stale_secs() const override;
  // Waits 2 s for what waits; whoever still does is answered outcome_unknown: other validators may commit it.
  void stop() override;

  const Engine& engine() const { return *engine_; }

 private:
  struct Waiting {
    std::vector<ledger::Submission> submissions;
    std::uint64_t since_ns = 0;
  };
  using WaitingById = std::unordered_map<crypto::Hash, Waiting, crypto::HashOfHash>;

  CometbftLog(ledger::Ledger& ledger, const Clock& clock, std::shared_ptr<Log> log,
              CometbftLogOptions options);

  void hand_over();
  std::vector<TransactionPtr> take_outgoing();
  void handle(const std::vector<TransactionPtr>& sent, const std::vector<BroadcastAnswer>& answers);
  void refill_after_loss();
  void look_whether_it_follows();
  // The newest checkpoint, when no signatures of its header are kept.
  struct Unattested {
    std::uint64_t epoch = 0;
    std::uint64_t engine_height = 0;
    crypto::Hash header_hash{};
  };
  Result<std::optional<Unattested>> unattested_checkpoint() const;
  void attest_checkpoint();
  void on_committed(const CommittedBlock& block);
  void refuse(const crypto::Hash& id, const Error& error);
  // True: the ledger holds it already, and whoever waits for it has the first outcome.
  bool answer_if_known(const TransactionPtr& transaction);
  void answer(const crypto::Hash& id, const Result<ledger::Commitment>& result);
  // With mutex_ held: takes the entry out and gives back the one behind it.
  WaitingById::iterator answer_waiting(Answers& answers, WaitingById::iterator entry,
                                       const Result<ledger::Commitment>& result);
  std::optional<Error> refusal() const;  // with mutex_ held: why nothing new is taken
  bool lacks_quorum() const;             // with mutex_ held
  std::uint64_t quiet_ns_max() const;    // between two blocks of an engine that has a quorum
  void note_newest_of_store();
  void note_commit(TimestampSecs time);
  void note_staleness();

  ledger::Ledger& ledger_;
  const Clock& clock_;
  std::shared_ptr<Log> log_;
  CometbftLogOptions options_;
  Application application_;
  std::unique_ptr<Engine> engine_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable emptied_;
  bool stopping_ = false;
  WaitingById waiting_;
  std::deque<TransactionPtr> outgoing_;
  std::uint64_t last_commit_ns_ = 0;
  TimestampSecs time_ = 0;  // of the newest block of the engine
  bool is_behind_ = false;  // a silence has ended; the blocks that come are not yet of now
  std::uint64_t losses_seen_ = 0;
  std::uint64_t attest_at_ns_ = 0;             // when to look for a checkpoint without signatures; 0: none
  bool follows_ = false;                       // the engine answers and has all the others have decided
  mutable std::atomic<bool> is_stale_ = true;  // as the sending thread found it
  std::atomic<std::int64_t> newest_ns_ = 0;    // when the newest block was of now, by the monotonic clock
  std::thread sender_;
};

}  // namespace icn::consensus
