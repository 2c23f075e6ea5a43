#include "mesh/loop.h"

namespace icn::mesh {

Loop::Loop() : thread_([this] { run(); }) {}

Loop::~Loop() { stop(); }

void Loop::post(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    if (is_stopping_) return;
    tasks_.push_back(std::move(task));
  }
  wake_.notify_one();
}

void Loop::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Loop::run() {
  std::deque<std::function<void()>> taken;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return is_stopping_ || !tasks_.empty(); });
      if (tasks_.empty()) return;
      taken.swap(tasks_);
    }
    for (const auto& task : taken) task();
    taken.clear();
  }
}

}  // namespace icn::mesh
