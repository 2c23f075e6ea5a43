#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "base/executor.h"
#include "storage/store.h"

namespace icn::storage {

// Durable writes for threads that must not wait for a disk: takes all that waits as one synced batch, on a
// thread of its own; while that is synced the next batch gathers.
// What is written together also fails together, with the error of the store.
class GroupCommit {
 public:
  using Done = std::function<void(const Result<void>&)>;

  // Starts the thread. The store outlives this.
  explicit GroupCommit(Store& store, std::size_t waiting_max = 20'000);
  ~GroupCommit();  // stop()
  GroupCommit(const GroupCommit&) = delete;
  GroupCommit& operator=(const GroupCommit&) = delete;

  // `done` runs on `executor`, exactly once. unavailable: `waiting_max` writes wait already, or it has
  // stopped. Thread: any.
  void submit(std::vector<Row> rows, Executor& executor, Done done);
  // Writes and answers what waits, and takes no more. Before the executors end.
  void stop();

 private:
  struct Waiting {
    std::vector<Row> rows;
    Executor* executor;
    Done done;
  };
  void run();
  void write(std::vector<Waiting> group);

  Store& store_;
  std::size_t waiting_max_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Waiting> waiting_;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace icn::storage
