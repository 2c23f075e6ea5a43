#include "ledger/api/pending.h"

#include <vector>

namespace icn::ledger {
namespace {

// Late by at most this much; in return a burst of short waits costs no wake-up each.
constexpr auto kStep = std::chrono::milliseconds(20);

}  // namespace

Deadlines::Deadlines() : thread_([this] { run(); }) {}

Deadlines::~Deadlines() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Deadlines::after(std::chrono::milliseconds delay, Executor& executor, std::weak_ptr<const void> owner,
                      std::function<void()> task) {
  const Time at = std::chrono::steady_clock::now() + delay;
  const std::lock_guard lock(mutex_);
  const bool was_empty = entries_.empty();
  entries_.emplace_hint(entries_.end(), at, Entry{&executor, std::move(owner), std::move(task)});
  if (was_empty) wake_.notify_one();
}

void Deadlines::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (entries_.empty()) {
      wake_.wait(lock);
      continue;
    }
    wake_.wait_for(lock, kStep);
    const Time now = std::chrono::steady_clock::now();
    // Waits mostly end long before their deadline, in the order they began.
    while (!entries_.empty() &&
           (entries_.begin()->first <= now || entries_.begin()->second.owner.expired())) {
      Entry entry = std::move(entries_.begin()->second);
      entries_.erase(entries_.begin());
      if (!entry.owner.expired()) entry.executor->post(std::move(entry.task));
    }
  }
}

}  // namespace icn::ledger
