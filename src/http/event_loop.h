#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <vector>

namespace icn::http {

// Waits on one thread for sockets (epoll, edge-triggered), tasks of other threads and a tick. In place of an
// io_context, which asks a socket once in vain after each request: a system call of seven.
class EventLoop {
 public:
  // Who is told of a descriptor.
  class Watcher {
   public:
    virtual ~Watcher() = default;
    // `events`: of epoll. They come when something changes: read, or write, until it would block.
    virtual void on_ready(std::uint32_t events) = 0;
  };
  struct Hooks {
    std::function<void()> on_tick;
    std::function<void()> after_round;                   // events and tasks of a round are done
    std::function<void(const std::exception&)> on_fail;  // a watcher or task threw; the loop goes on
  };

  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // False: the system refuses (errno). The watcher lives until the end of the round in which forget() was
  // called. Thread: any before run(), then the loop's.
  bool watch(int descriptor, Watcher& watcher);
  // Before the descriptor is closed. Closing it alone ends no watch while a child that was just forked, and
  // has not begun its program, holds it too.
  void forget(int descriptor);
  // Thread: any. Tasks run in order, after the events of their round. After run() they are dropped.
  void post(std::function<void()> task);
  // Until stop(); the first tick comes after `tick`.
  void run(std::chrono::milliseconds tick, const Hooks& hooks);
  // Ends run() after this round. Thread: the loop's.
  void stop() { is_stopping_ = true; }
  // Monotonic, of the beginning of this round, right to 4 ms. Thread: the loop's.
  std::uint64_t now_ms() const { return now_ms_; }

 private:
  int wait_ms(std::uint64_t next_tick_ms);
  void run_tasks(const Hooks& hooks);

  const int poller_;
  const int wake_;  // an eventfd, never read: each write makes an event
  bool is_stopping_ = false;
  std::uint64_t now_ms_;

  std::mutex mutex_;
  std::vector<std::function<void()>> tasks_;
  std::atomic<bool> is_asleep_{false};  // and nobody has written to wake_ since
  std::vector<std::function<void()>> taken_;
};

}  // namespace icn::http
