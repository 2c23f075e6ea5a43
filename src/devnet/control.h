#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <thread>

namespace icn::devnet {

// How a run is told to end, and tells how far it is. Thread: any.
struct Control {
  std::atomic<bool> is_stopping{false};
  // Something happened: one line. Something goes on: a line that the next one may replace. Neither is empty.
  std::function<void(const std::string&)> say;
  std::function<void(const std::string&)> show;

  // False: the run was told to end meanwhile.
  bool pause_ms(std::uint64_t duration_ms) const {
    using Clock = std::chrono::steady_clock;
    const Clock::time_point end = Clock::now() + std::chrono::milliseconds(duration_ms);
    while (!is_stopping) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
      if (left.count() <= 0) return true;
      std::this_thread::sleep_for(std::min(left, std::chrono::milliseconds(50)));
    }
    return false;
  }
};

}  // namespace icn::devnet
