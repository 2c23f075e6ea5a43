#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace icn {

// One thread for what may wait for the disk or the ledger: tasks that come round, one row each, and tasks
// handed to it. A task runs first when its time has passed once. A task must not throw.
class Housekeeper {
 public:
  struct Task {
    std::chrono::milliseconds every;
    std::function<void()> run;
  };

  explicit Housekeeper(std::vector<Task> tasks);
  ~Housekeeper();  // stop()

  // Runs `task` once, soon. After stop() it is dropped. Thread: any.
  void post(std::function<void()> task);
  // Waits for the task that runs and drops the rest.
  void stop();

 private:
  using Time = std::chrono::steady_clock::time_point;

  void run();
  std::function<void()> next();  // empty: stopping

  std::vector<Task> tasks_;
  std::vector<Time> due_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> posted_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace icn
