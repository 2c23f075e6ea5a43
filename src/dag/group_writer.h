#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "base/executor.h"
#include "dag/hot_rows.h"

namespace icn::dag {

// What changes did to the set of blocks held.
struct Delta {
  std::int64_t blocks = 0;
  std::int64_t bytes = 0;
  std::int64_t pins = 0;
  std::vector<Cid> added;
  std::vector<Cid> removed;
  std::vector<Cid> altered;  // their records changed

  void merge(Delta other);
};

// Where a change writes: an overlay on the store that shows what earlier changes of the group did.
struct Batch {
  ledger::View& view;
  Delta delta;
};

struct GroupWriterOptions {
  std::size_t queue_max = 20'000;  // waiting changes; more are refused with dag_queue_full
  std::size_t queue_bytes_max = std::size_t{64} << 20;
  std::size_t group_changes_max = 1'000;
  std::size_t group_bytes_max = std::size_t{8} << 20;
};

// The one writer of the blocks' tables: takes all that waits as a group, runs each change on an overlay and
// writes the group with one synced batch; while that syncs the next group gathers. A change that fails is
// undone alone. No reader sees a change before it is durable.
// Errors that a change did not make itself: E008 (nothing happened, later ones are tried again as they come),
// dag_queue_full, dag_stopped, outcome_unknown (a sync failed and the store could not tell what became of the
// group; a store that opens itself again says not_applied), and what the store says.
class GroupWriter {
 public:
  using Change = std::function<Result<void>(Batch&)>;
  using Done = std::function<void(const Result<void>&)>;
  // `finish` adds the group's own rows before it is written; `committed` runs once it is durable and before
  // anybody is answered. Both on the writer thread.
  struct Hooks {
    std::function<Result<void>(ledger::View&, const Delta&)> finish;
    std::function<void(const Delta&)> committed;
  };

  // Starts the thread. The store outlives the writer.
  GroupWriter(storage::Store& store, Hooks hooks, GroupWriterOptions options);
  ~GroupWriter();  // stop()

  // Writes and answers what waits, and takes no more. Before the executors end.
  void stop();

  // `bytes`: about how much the change holds in memory. `done` runs on `executor`, exactly once; the executor
  // outlives this writer. Thread: any.
  void submit(Executor& executor, std::size_t bytes, Change change, Done done);
  // Waits until the change is durable or refused. Thread: any but the writer's and an io thread.
  Result<void> run(std::size_t bytes, Change change);

  // The store as of the newest durable group.
  const ledger::Reader& rows() const { return rows_; }
  // False while the newest group's sync has failed.
  bool is_writing() const;
  std::size_t waiting() const;
  // How full the queue is, by changes or by bytes, in parts per million.
  std::int64_t load_ppm() const;

 private:
  struct Waiting {
    Executor* executor;
    std::size_t bytes;
    Change change;
    Done done;
  };
  using Group = std::vector<Waiting>;

  void run_thread();
  Group take_group();
  void write_group(Group group);
  Result<void> commit(ledger::View& view, const Delta& delta);

  storage::Store& store_;
  HotRows rows_;
  Hooks hooks_;
  GroupWriterOptions options_;
  InlineExecutor inline_executor_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Waiting> queue_;
  std::size_t queue_bytes_ = 0;
  bool stopping_ = false;
  bool sync_failed_ = false;
  std::thread thread_;
};

}  // namespace icn::dag
