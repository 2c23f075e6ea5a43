#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "base/executor.h"

namespace icn::ledger {

// Runs tasks after a while, each on its executor; one thread for all of them. A task that is no longer
// wanted is dropped when its owner is gone.
// Thread: any.
class Deadlines {
 public:
  Deadlines();
  ~Deadlines();  // drops what has not run

  // Posts `task` to `executor` after `delay` if `owner` still lives then.
  void after(std::chrono::milliseconds delay, Executor& executor, std::weak_ptr<const void> owner,
             std::function<void()> task);

 private:
  struct Entry {
    Executor* executor;
    std::weak_ptr<const void> owner;
    std::function<void()> task;
  };
  using Time = std::chrono::steady_clock::time_point;

  void run();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::multimap<Time, Entry> entries_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace icn::ledger
