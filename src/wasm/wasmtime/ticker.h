#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace icn::wasm {

// Calls `tick` every 2 ms while somebody is inside, so that running code can be stopped; sleeps when
// nobody has been for a second. Thread: any for enter and leave; `tick` comes from a thread of its own.
class Ticker {
 public:
  explicit Ticker(std::function<void()> tick);
  ~Ticker();
  Ticker(const Ticker&) = delete;
  Ticker& operator=(const Ticker&) = delete;

  void enter();
  void leave() { inside_.fetch_sub(1); }

 private:
  void loop();

  std::function<void()> tick_;
  std::atomic<int> inside_{0};
  std::atomic<bool> asleep_{false};
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stop_ = false;
  std::thread thread_;  // last: started when the rest is there
};

}  // namespace icn::wasm
