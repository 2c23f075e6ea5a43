#include "storage/sled/stuck_watch.h"

#include <utility>

namespace icn::storage {

StuckWatch::StuckWatch(std::chrono::milliseconds limit, std::function<void()> free_it)
    : limit_(limit), free_it_(std::move(free_it)), thread_([this] { run(); }) {}

StuckWatch::~StuckWatch() {
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  ends_.notify_all();
  thread_.join();
}

StuckWatch::Turn::Turn(StuckWatch& watch) : watch_(watch) {
  const std::lock_guard lock(watch_.mutex_);
  if (watch_.turns_++ == 0) watch_.began_ = Clock::now();
}

StuckWatch::Turn::~Turn() {
  const std::lock_guard lock(watch_.mutex_);
  if (--watch_.turns_ == 0) watch_.began_.reset();
}

// Looks from time to time, so that a turn wakes nobody.
void StuckWatch::run() {
  const std::chrono::milliseconds pause = limit_ / 8 + std::chrono::milliseconds(1);
  std::unique_lock lock(mutex_);
  while (!ends_.wait_for(lock, pause, [this] { return is_ending_; })) {
    if (!began_ || Clock::now() - *began_ < limit_) continue;
    began_.reset();
    lock.unlock();
    free_it_();
    lock.lock();
  }
}

}  // namespace icn::storage
