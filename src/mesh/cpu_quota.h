#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace icn::mesh {

// Holds the jobs of this node to a share of one core: what a run has taken is paid by a pause before the
// next. Thread: any; the share is that of all workers together.
class CpuQuota {
 public:
  // Per cent of a core; 0: no limit.
  explicit CpuQuota(std::uint64_t percent) : percent_(percent) {}

  // Until the next run may start; false: closed.
  bool wait();
  void close();

  // How long a run keeps the next one waiting, from its start, by what it takes of a processor.
  std::uint64_t pause_ns(std::uint64_t cpu_ns) const { return percent_ == 0 ? 0 : cpu_ns * 100 / percent_; }
  // From now until the next run may start.
  std::uint64_t owed_ms() const;

  // A run on this thread, from here to its end: its time on the processor is counted.
  class Run {
   public:
    explicit Run(CpuQuota& quota);
    ~Run();
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;
    // So far. Thread: the run's.
    std::uint64_t cpu_ns() const;

   private:
    CpuQuota& quota_;
    const std::chrono::steady_clock::time_point start_;
    const std::uint64_t cpu_start_ns_;
  };

 private:
  void pay(std::chrono::steady_clock::time_point start, std::uint64_t cpu_ns);

  const std::uint64_t percent_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::chrono::steady_clock::time_point free_at_;
  bool is_closed_ = false;
};

}  // namespace icn::mesh
