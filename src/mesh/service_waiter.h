#pragma once

#include "mesh/service.h"

namespace icn::mesh {

// Somebody who waits for the end of a job; answered once. Thread: any.
struct Service::Waiter {
  Executor& executor;
  WhenEnded done;
  std::atomic<bool> is_answered{false};

  Waiter(Executor& where, WhenEnded what) : executor(where), done(std::move(what)) {}
  void answer(std::shared_ptr<const EndedJob> ended) {
    if (is_answered.exchange(true)) return;
    executor.post([done = std::move(done), ended = std::move(ended)] { done(ended); });
  }
};

}  // namespace icn::mesh
