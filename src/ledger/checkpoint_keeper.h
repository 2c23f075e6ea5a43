#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "base/log.h"
#include "ledger/block_executor.h"
#include "storage/store.h"
#include "telemetry/metrics.h"

namespace icn::ledger {

struct CheckpointOptions {
  std::string folder;              // of the snapshots; empty: none are kept, only roots are computed
  std::size_t snapshots_kept = 2;  // newest
  std::uint64_t blocks_kept = 0;   // newest blocks whose bodies are kept; 0: all
  std::shared_ptr<Log> log;        // null: silent
  bool is_for_joiners = false;     // snapshots name the transactions that have not expired: other nodes join
  const Clock* clock = nullptr;    // with `time`: how long roots take to compute; null: not measured
  telemetry::Histogram* time = nullptr;
};

// Computes the roots of checkpoints on a thread of its own, while blocks go on: from a snapshot of the store
// and the rows as they were before later blocks changed them (past_state.h), so that a crash between a
// checkpoint and its header loses nothing. Then writes the snapshot's files, and drops what is too old.
// Thread: old_rows_for(), committed(), pause() and resume() the ledger's writer; root() any.
class CheckpointKeeper {
 public:
  CheckpointKeeper(const Rules& rules, std::vector<storage::TableSchema> tables, CheckpointOptions options);
  ~CheckpointKeeper();

  // `store` is the ledger's, from now on: goes on with a checkpoint that is pending in it.
  void resume(std::shared_ptr<storage::Store> store);
  // Lets go of the store; returns when no work is running.
  void pause();

  // What must be written together with `rows`; empty when no root is being computed.
  Result<std::vector<storage::Row>> old_rows_for(const Reader& store, const std::vector<storage::Row>& rows);
  // After the store has taken the block, and before it takes the next one.
  void committed(const ExecutedBlock& block);

  // Waits until it is known. Errors: what the state cannot be read for; unavailable: paused.
  Result<crypto::Hash> root(std::uint64_t height);

  const CheckpointOptions& options() const { return options_; }
  // Of a checkpoint whose root is being computed now; 0: none.
  std::uint64_t computing_height() const;
  // Returns when there is nothing to do. For tests.
  void wait_until_idle();

 private:
  struct Work {
    std::uint64_t height = 0;  // of a checkpoint to compute; 0: none
    std::uint64_t epoch = 0;
    bool has_header = false;  // a header with a root has come: the tail can be written, old blocks dropped
  };

  void run();
  void compute(const Work& work, const std::shared_ptr<storage::Store>& store);
  Result<CheckpointSummary> scan(const Work& work, const std::shared_ptr<storage::Store>& store);
  Result<void> keep(const CheckpointSummary& summary, storage::Store& store);
  static Result<void> erase_spent_rows(storage::Store& store);
  Result<bool> is_ours(const Reader& store, std::uint64_t epoch) const;
  void finish_snapshots(const std::shared_ptr<storage::Store>& store);

  const Rules& rules_;
  const std::vector<storage::TableSchema> tables_;
  const CheckpointOptions options_;
  std::shared_ptr<Log> log_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;     // of the thread
  std::condition_variable changed_;  // of those who wait for it
  std::shared_ptr<storage::Store> store_;
  std::optional<Work> work_;
  bool is_working_ = false;
  bool is_stopping_ = false;
  std::uint64_t unsafe_height_ = 0;                      // old rows of this height must be kept; 0: none
  std::map<std::uint64_t, Result<crypto::Hash>> roots_;  // by height
  std::thread thread_;
};

}  // namespace icn::ledger
