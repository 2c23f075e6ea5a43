#pragma once

#include <cstddef>
#include <cstdint>

namespace icn::http {

// Whether a peer takes what waits for it fast enough: so many bytes, or all there are, in each period. Only
// time in which bytes wait counts, so a stream that has nothing to say is never too slow. Times in ms of one
// clock.
class SendPace {
 public:
  SendPace(std::size_t bytes_min, std::uint64_t period_ms) : bytes_min_(bytes_min), period_ms_(period_ms) {}

  void begin_wait(std::uint64_t now_ms) { since_ms_ = now_ms; }
  void end_wait(std::uint64_t now_ms) { waited_ms_ += now_ms - since_ms_; }
  void add_sent(std::size_t bytes) { sent_ += bytes; }
  // All there is has been sent.
  void restart() { waited_ms_ = sent_ = 0; }
  // To be asked while bytes wait; after a period that was fast enough the next one begins.
  bool is_too_slow(std::uint64_t now_ms) {
    if (waited_ms_ + (now_ms - since_ms_) <= period_ms_) return false;
    if (sent_ < bytes_min_) return true;
    restart();
    since_ms_ = now_ms;
    return false;
  }

 private:
  std::size_t bytes_min_;
  std::uint64_t period_ms_;
  std::uint64_t since_ms_ = 0;   // the wait that goes on
  std::uint64_t waited_ms_ = 0;  // of this period, before it
  std::uint64_t sent_ = 0;       // in this period
};

}  // namespace icn::http
