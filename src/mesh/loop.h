#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "base/executor.h"

namespace icn::mesh {

// A thread of its own that runs what it is given.
class Loop final : public Executor {
 public:
  Loop();
  ~Loop() override;  // stop()
  void post(std::function<void()> task) override;
  bool is_current() const override { return std::this_thread::get_id() == thread_.get_id(); }
  std::size_t index() const override { return 0; }
  // Runs what was posted before and ends the thread. Later posts are dropped. Thread: not the loop's.
  void stop();

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> tasks_;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace icn::mesh
