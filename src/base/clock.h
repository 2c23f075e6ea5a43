#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace icn {

using TimestampSecs = std::uint64_t;  // Unix seconds, UTC

// The one source of time. Everything that waits or expires takes a Clock, so that tests need not wait.
// Thread: any.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::uint64_t now_ms() const = 0;        // Unix milliseconds, UTC; may jump
  virtual std::uint64_t monotonic_ns() const = 0;  // never goes back; unrelated to the date
  TimestampSecs now_secs() const { return now_ms() / 1000; }
};

class SystemClock final : public Clock {
 public:
  std::uint64_t now_ms() const override;
  std::uint64_t monotonic_ns() const override;
};

// Stands still until a test moves it.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(std::uint64_t start_ms = 1'700'000'000'000) : ms_(start_ms) {}
  std::uint64_t now_ms() const override { return ms_; }
  std::uint64_t monotonic_ns() const override { return ms_ * 1'000'000; }
  void advance(std::chrono::milliseconds step) { ms_ += static_cast<std::uint64_t>(step.count()); }

 private:
  std::atomic<std::uint64_t> ms_;
};

}  // namespace icn
