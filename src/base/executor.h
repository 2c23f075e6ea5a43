#pragma once

#include <cstddef>
#include <functional>

namespace icn {

// One thread that runs what it is given, later and in the order of post(). Each io thread of the HTTP
// server is one; its state needs no lock as long as only tasks on it touch it.
// A task must not block and must not throw. Tasks posted after the thread has stopped are dropped.
class Executor {
 public:
  virtual ~Executor() = default;
  // Thread: any.
  virtual void post(std::function<void()> task) = 0;
  // True on the thread that runs the tasks.
  virtual bool is_current() const = 0;
  // 0 .. count of io threads - 1: the slot of per-thread state.
  virtual std::size_t index() const = 0;
};

// Runs each task at once on the calling thread. For tests and tools without a server.
class InlineExecutor final : public Executor {
 public:
  void post(std::function<void()> task) override { task(); }
  bool is_current() const override { return true; }
  std::size_t index() const override { return 0; }
};

}  // namespace icn
