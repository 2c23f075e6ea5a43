#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace icn::mesh {

// Of what this node has run since it started; 0: nothing yet.
struct MeanTimes {
  std::uint64_t wait_us = 0;  // in the queue, before a run
  std::uint64_t run_us = 0;
  std::uint64_t total_us = 0;  // from the queue to the settlement
};

struct ServiceStats {
  std::size_t queued = 0;
  std::size_t running = 0;
  std::size_t settling = 0;
  std::size_t workers = 0;
  std::size_t queue_max = 0;
  MeanTimes means;
  std::uint64_t mean_run_ms = 0;   // of the newest runs
  std::uint64_t mean_turn_ms = 0;  // how long each of them took a worker, with its share of a quota's pauses
  std::uint64_t busy_ms = 0;       // how long all workers have been busy
  std::uint64_t owed_ms = 0;       // until the quota lets the next run begin
};

// A mean that is kept up by adding. Thread: any.
class RunningMean {
 public:
  void add(std::uint64_t value) {
    sum_.fetch_add(value, std::memory_order_relaxed);
    count_.fetch_add(1, std::memory_order_relaxed);
  }
  std::uint64_t mean() const {
    const std::uint64_t count = count_.load(std::memory_order_relaxed);
    return count == 0 ? 0 : sum_.load(std::memory_order_relaxed) / count;
  }

 private:
  std::atomic<std::uint64_t> sum_{0};
  std::atomic<std::uint64_t> count_{0};
};

}  // namespace icn::mesh
