#include "http/event_loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>

#include "base/assert.h"

namespace icn::http {
namespace {

constexpr std::size_t kEventsMax = 256;
constexpr std::size_t kKeptTasksMax = 4'096;  // room that is kept from round to round

// A fifth of what the fine clock costs.
std::uint64_t coarse_ms() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000 +
         static_cast<std::uint64_t>(time.tv_nsec) / 1'000'000;
}

// What one throws is its own loss.
template <typename Task>
void run_guarded(const EventLoop::Hooks& hooks, Task&& task) {
  try {
    task();
  } catch (const std::exception& failure) {
    hooks.on_fail(failure);
  }
}

}  // namespace

EventLoop::EventLoop()
    : poller_(::epoll_create1(EPOLL_CLOEXEC)),
      wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      now_ms_(coarse_ms()) {
  ICN_ASSERT(poller_ >= 0 && wake_ >= 0);
  epoll_event interest{};
  interest.events = EPOLLIN | EPOLLET;
  ICN_ASSERT(::epoll_ctl(poller_, EPOLL_CTL_ADD, wake_, &interest) == 0);
}

EventLoop::~EventLoop() {
  const std::lock_guard lock(mutex_);
  ::close(poller_);
  ::close(wake_);
}

bool EventLoop::watch(int descriptor, Watcher& watcher) {
  epoll_event interest{};
  interest.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  interest.data.ptr = &watcher;
  return ::epoll_ctl(poller_, EPOLL_CTL_ADD, descriptor, &interest) == 0;
}

void EventLoop::forget(int descriptor) { ::epoll_ctl(poller_, EPOLL_CTL_DEL, descriptor, nullptr); }

// Wakes under the lock: whoever destroys the loop waits for that.
void EventLoop::post(std::function<void()> task) {
  const std::lock_guard lock(mutex_);
  tasks_.push_back(std::move(task));
  if (!is_asleep_.exchange(false)) return;
  const std::uint64_t one = 1;
  while (::write(wake_, &one, sizeof one) < 0 && errno == EINTR) {
  }
}

// 0 when tasks wait; else whoever posts one from now on writes to wake_.
int EventLoop::wait_ms(std::uint64_t next_tick_ms) {
  const std::lock_guard lock(mutex_);
  if (!tasks_.empty()) return 0;
  is_asleep_ = true;
  return static_cast<int>(next_tick_ms - std::min(now_ms_, next_tick_ms));
}

void EventLoop::run_tasks(const Hooks& hooks) {
  {
    const std::lock_guard lock(mutex_);
    taken_.swap(tasks_);
  }
  for (std::function<void()>& task : taken_) {
    run_guarded(hooks, task);
    task = nullptr;
  }
  taken_.clear();
  if (taken_.capacity() > kKeptTasksMax) taken_.shrink_to_fit();
}

void EventLoop::run(std::chrono::milliseconds tick, const Hooks& hooks) {
  std::array<epoll_event, kEventsMax> events;
  const auto tick_ms = static_cast<std::uint64_t>(tick.count());
  std::uint64_t next_tick_ms = now_ms_ + tick_ms;
  while (!is_stopping_) {
    const int wait = wait_ms(next_tick_ms);
    const int ready = ::epoll_wait(poller_, events.data(), static_cast<int>(events.size()), wait);
    is_asleep_ = false;
    now_ms_ = coarse_ms();
    for (int i = 0; i < ready; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      if (event.data.ptr == nullptr) continue;
      run_guarded(hooks, [&] { static_cast<Watcher*>(event.data.ptr)->on_ready(event.events); });
    }
    run_tasks(hooks);
    if (now_ms_ >= next_tick_ms) {
      run_guarded(hooks, hooks.on_tick);
      next_tick_ms = now_ms_ + tick_ms;
    }
    run_guarded(hooks, hooks.after_round);
  }
}

}  // namespace icn::http
