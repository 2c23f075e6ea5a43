#include "storage/sync_gate.h"

#include "storage/errors.h"

namespace icn::storage {

Result<void> SyncGate::pass() {
  std::unique_lock lock(mutex_);
  // A sync that runs already may have begun before the caller's write: only one that begins from now on
  // counts.
  const std::uint64_t needed = started_ + 1;
  while (failure_.empty() && finished_ < needed) {
    if (running_) {
      finished_sync_[needed % 2].wait(lock);
      continue;
    }
    running_ = true;
    const std::uint64_t mine = ++started_;
    lock.unlock();
    std::string problem = sync_();
    lock.lock();
    running_ = false;
    if (problem.empty()) {
      finished_ = mine;
      finished_sync_[(mine + 1) % 2].notify_one();
    } else if (failure_.empty()) {
      failure_ = std::move(problem);
      finished_sync_[(mine + 1) % 2].notify_all();
    }
    finished_sync_[mine % 2].notify_all();
  }
  if (finished_ >= needed) return {};
  return failure();
}

void SyncGate::latch(std::string reason) {
  const std::lock_guard lock(mutex_);
  if (failure_.empty()) failure_ = std::move(reason);
  for (auto& each : finished_sync_) each.notify_all();
}

Result<void> SyncGate::check() const {
  const std::lock_guard lock(mutex_);
  if (failure_.empty()) return {};
  return failure();
}

Error SyncGate::failure() const {
  return Error(kSyncFailed, failure_ + "; open the store again to see what it holds");
}

}  // namespace icn::storage
