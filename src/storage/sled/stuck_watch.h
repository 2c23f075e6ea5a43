#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

// Inside this folder only.
namespace icn::storage {

// Calls `free_it` when a turn takes longer than `limit`: once a turn, from a thread of its own.
class StuckWatch {
 public:
  StuckWatch(std::chrono::milliseconds limit, std::function<void()> free_it);
  StuckWatch(const StuckWatch&) = delete;
  StuckWatch& operator=(const StuckWatch&) = delete;
  ~StuckWatch();

  // From its making to its end. Several at a time: the one that began first counts until all have ended.
  class Turn {
   public:
    explicit Turn(StuckWatch& watch);
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn();

   private:
    StuckWatch& watch_;
  };

 private:
  using Clock = std::chrono::steady_clock;
  void run();

  const std::chrono::milliseconds limit_;
  const std::function<void()> free_it_;
  std::mutex mutex_;
  std::condition_variable ends_;
  bool is_ending_ = false;
  int turns_ = 0;
  std::optional<Clock::time_point> began_;  // none: no turn, or freed already
  std::thread thread_;
};

}  // namespace icn::storage
