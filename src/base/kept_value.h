#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/errors.h"
#include "base/result.h"

namespace icn {

// A value that takes long to compute: a thread of its own computes it when somebody asks, and every `every`
// by itself; an answer is good for `good_for_ns`. All who ask meanwhile wait for one computation.
// Thread: any. Stopped before the executors of who waits end, destroyed before what `compute` uses.
template <typename T>
class KeptValue {
 public:
  using Answer = std::function<void(const Result<T>&)>;

  KeptValue(const Clock& clock, std::uint64_t good_for_ns, std::optional<std::chrono::seconds> every,
            std::function<Result<T>()> compute)
      : clock_(clock),
        good_for_ns_(good_for_ns),
        every_(every),
        compute_(std::move(compute)),
        thread_([this] { run(); }) {}
  ~KeptValue() { stop(); }
  KeptValue(const KeptValue&) = delete;
  KeptValue& operator=(const KeptValue&) = delete;

  // Calls `answer` at once with a value that is still good, else later on this object's thread.
  void ask(Answer answer) {
    std::shared_ptr<const Result<T>> good;
    {
      std::unique_lock lock(mutex_);
      if (stopping_) {
        lock.unlock();
        return answer(stopped());
      }
      const bool is_good = last_ && last_->ok() && clock_.monotonic_ns() - computed_ns_ < good_for_ns_;
      if (is_good)
        good = last_;
      else
        waiting_.push_back(std::move(answer));
    }
    if (good) return answer(*good);
    wake_.notify_all();
  }

  // Waits for the computation that runs. Who waits, and who asks later, hears unavailable.
  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
    for (const Answer& answer : std::exchange(waiting_, {})) answer(stopped());
  }

 private:
  static Result<T> stopped() { return Error(errors::kUnavailable, "the node is stopping"); }

  void run() {
    std::unique_lock lock(mutex_);
    const auto is_due = [this] { return stopping_ || !waiting_.empty(); };
    while (!stopping_) {
      if (every_)
        wake_.wait_for(lock, *every_, is_due);
      else
        wake_.wait(lock, is_due);
      if (stopping_) return;
      lock.unlock();
      auto computed = std::make_shared<const Result<T>>(compute_());
      lock.lock();
      last_ = computed;
      computed_ns_ = clock_.monotonic_ns();
      const std::vector<Answer> waiting = std::exchange(waiting_, {});
      lock.unlock();
      for (const Answer& answer : waiting) answer(*computed);
      lock.lock();
    }
  }

  const Clock& clock_;
  const std::uint64_t good_for_ns_;
  const std::optional<std::chrono::seconds> every_;
  const std::function<Result<T>()> compute_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Answer> waiting_;
  std::shared_ptr<const Result<T>> last_;
  std::uint64_t computed_ns_ = 0;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses all others
};

}  // namespace icn
