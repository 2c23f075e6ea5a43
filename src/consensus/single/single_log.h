#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
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

// One node that orders its own transactions. One writer thread takes all that waits as a block, executes
// it, and writes it with one synced batch; while that syncs, the next block gathers.
//
// No room on the disk: the block is refused with storage_full; later ones are tried again as they come.
// Should the store have to be opened again to get over it, that happens before the next block. A failed sync
// is never retried: the store is opened again and its newest block decides (design.md 4).
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

  void run();
  Batch take_batch();
  void write_block(Batch batch);
  // Answers what needs no execution and leaves the rest; `repeats` name one of the rest by its index.
  void sort_out(Batch& batch, Batch& repeats, std::vector<std::size_t>& repeat_of);
  // Executes and writes; none: nothing was to do. kMustReopen: nothing was tried.
  Result<std::optional<ledger::ExecutedBlock>> make_block(const Transactions& transactions);
  Result<void> reopen();
  Result<void> recover(const ledger::Head& attempted);
  void refuse(const Batch& batch, const Error& error);
  // The writer wakes when a row is due, but not before `pause_ms` have passed.
  void plan_next_due(std::uint64_t pause_ms);
  void set_not_writing(std::string reason);
  void give_way(const ledger::OrderRecord& order);

  ledger::Ledger& ledger_;
  const Clock& clock_;
  std::shared_ptr<Log> log_;
  SingleLogOptions options_;
  ledger::BlockExecutor executor_;
  ledger::StateCache cache_;
  std::shared_ptr<storage::Store> cached_store_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<ledger::Submission> queue_;
  bool stopping_ = false;
  std::string not_writing_reason_;  // for good
  std::string closed_reason_;       // until the store could be opened
  std::optional<std::uint64_t> next_due_ms_;
  std::thread writer_;
};

}  // namespace icn::consensus
