#include "base/housekeeper.h"

#include <algorithm>

namespace icn {

Housekeeper::Housekeeper(std::vector<Task> tasks) : tasks_(std::move(tasks)) {
  for (const Task& task : tasks_) due_.push_back(std::chrono::steady_clock::now() + task.every);
  thread_ = std::thread([this] { run(); });
}

Housekeeper::~Housekeeper() { stop(); }

void Housekeeper::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Housekeeper::post(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    posted_.push_back(std::move(task));
  }
  wake_.notify_one();
}

void Housekeeper::run() {
  while (const auto task = next()) task();
}

std::function<void()> Housekeeper::next() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (!posted_.empty()) {
      auto task = std::move(posted_.front());
      posted_.pop_front();
      return task;
    }
    const auto soonest = std::min_element(due_.begin(), due_.end());
    if (soonest == due_.end()) {
      wake_.wait(lock);
    } else if (*soonest <= std::chrono::steady_clock::now()) {
      const auto place = static_cast<std::size_t>(soonest - due_.begin());
      *soonest = std::chrono::steady_clock::now() + tasks_[place].every;
      return tasks_[place].run;
    } else {
      wake_.wait_until(lock, *soonest);
    }
  }
  return {};
}

}  // namespace icn
