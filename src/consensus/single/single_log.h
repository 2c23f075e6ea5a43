#pragma once

#include <array>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

#include "base/clock.h"
#include "base/log.h"
#include "ledger/ledger.h"
#include "ledger/ordered_log.h"
#include "ledger/state.h"
#include "ledger/state_cache.h"

namespace icn::consensus {

struct SingleLogOptions {
  std::size_t block_transactions_max = 1'000;
  std::size_t queue_max = 50'000;  // waiting transactions; more are refused with queue_full
  std::size_t cache_bytes_max = 64 << 20;
  bool takes_over = false;  // begins although the state says that a federation orders: the node has left it
};

// One node that orders its own transactions. Two writer threads take turns: one takes all that waits as a
// block, executes it and puts it into the store; while it makes that durable and answers, the other has its
// turn. A block is answered when it and all before it are durable.
//
// No room on the disk: the block is refused with storage_full; later ones are tried again as they come.
// Should the store have to be opened again to get over it, that happens before the next block. A failed sync
// is never retried, nor a write whose outcome the store does not know: the store is opened again and its newest
// block decides for all that were not yet durable (design.md 4). Until it could be opened: outcome_unknown.
class SingleLog final : public ledger::OrderedLog {
 public:
  // Starts the writer. All arguments outlive it.
  SingleLog(ledger::Ledger& ledger, const Clock& clock, std::shared_ptr<Log> log, SingleLogOptions options);
  ~SingleLog() override;

  void submit(std::vector<ledger::Submission> group) override;
  ledger::LogStatus status() const override;
  std::optional<std::uint64_t> stale_secs() const override { return std::nullopt; }
  void stop() override;

 private:
  using Batch = std::vector<ledger::Submission>;
  using Transactions = std::vector<std::shared_ptr<const ledger::CheckedTransaction>>;

  struct WrittenBlock {
    ledger::ExecutedBlock block;
    ledger::Parameters parameters;  // after it
    bool is_doubtful = false;       // whether the store took it shows when it is opened again
  };
  // What one turn made, until it is answered.
  struct Round {
    std::uint64_t number = 0;   // rounds finish in this order
    std::uint64_t opening = 0;  // of the store
    std::optional<WrittenBlock> written;
    Batch batch;                         // whose outcomes are the block's
    Batch repeats;                       // of some in the batch
    std::vector<std::size_t> repeat_of;  // their indexes
    Batch known;                         // which blocks before hold
  };

  void run();
  // All that waits, and the turn. None: the log has stopped.
  std::optional<Batch> begin_turn();
  void end_turn();
  Round make_round(Batch batch);
  // Leaves in the round's batch what is to be executed.
  void sort_out(Round& round) const;
  // Executes and writes; none: nothing was to do. Errors: nothing of it is in the store; kMustReopen: nor was
  // it tried.
  Result<std::optional<WrittenBlock>> make_block(const Transactions& transactions);
  // Waits for the rounds before it.
  void finish(Round round);
  Result<void> make_durable(const Round& round);
  void answer(Round& round, const Result<void>& durable);
  // Of a transaction that a block before held.
  Result<ledger::Commitment> known_outcome(const ledger::CheckedTransaction& transaction,
                                           TimestampSecs now) const;
  bool is_reopened_since(const Round& round) const;
  // After the store was opened again.
  Result<void> look_for(const ledger::Head& attempted) const;

  // These need the turn.
  Result<void> reopen();
  Result<void> recover(const Round& round);
  // A writer wakes when a row is due, but not before `pause_ms` have passed.
  void plan_next_due(std::uint64_t pause_ms);
  void give_way(const ledger::OrderRecord& order);

  static void refuse(const Batch& batch, const Error& error);
  void set_not_writing(std::string reason);

  ledger::Ledger& ledger_;
  const Clock& clock_;
  std::shared_ptr<Log> log_;
  SingleLogOptions options_;

  // Of whoever has the turn.
  ledger::BlockExecutor executor_;
  ledger::StateCache cache_;
  std::shared_ptr<storage::Store> cached_store_;
  ledger::Head head_;  // of the newest block in the store

  mutable std::mutex mutex_;
  std::condition_variable wake_;      // of who waits for the turn
  std::condition_variable finished_;  // of who waits for rounds before
  std::deque<ledger::Submission> queue_;
  bool is_turn_taken_ = false;
  std::uint64_t rounds_begun_ = 0;
  std::uint64_t rounds_finished_ = 0;
  std::uint64_t openings_ = 0;
  bool stopping_ = false;
  std::string not_writing_reason_;  // for good
  std::string closed_reason_;       // until the store could be opened
  std::optional<std::uint64_t> next_due_ms_;
  std::array<std::thread, 2> writers_;
};

}  // namespace icn::consensus
