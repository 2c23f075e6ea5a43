#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

#include "base/result.h"

namespace icn::storage {

// Makes many waiters share one sync. Whoever finds no sync under way runs it for all who wait by then.
// The first failed sync latches: it is never tried again, since the kernel may have dropped the pages
// and would report the next one as good. Thread: any.
class SyncGate {
 public:
  // `sync` makes everything written before its start durable; empty text = done, else what went wrong.
  explicit SyncGate(std::function<std::string()> sync) : sync_(std::move(sync)) {}

  // Returns once everything written before this call is durable. Errors: kSyncFailed.
  Result<void> pass();
  // Refuses everything from now on, with `reason`.
  void latch(std::string reason);
  // kSyncFailed once latched.
  Result<void> check() const;

 private:
  Error failure() const;

  std::function<std::string()> sync_;
  mutable std::mutex mutex_;
  // Who waits for sync n waits on n modulo 2: nobody waits for more than the next one, and a finished sync
  // wakes those it covers and one of the others, to run the next.
  std::array<std::condition_variable, 2> finished_sync_;
  std::uint64_t started_ = 0;   // syncs begun
  std::uint64_t finished_ = 0;  // syncs that succeeded
  bool running_ = false;
  std::string failure_;
};

}  // namespace icn::storage
