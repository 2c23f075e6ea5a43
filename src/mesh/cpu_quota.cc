#include "mesh/cpu_quota.h"

#include <ctime>

#include <algorithm>

namespace icn::mesh {
namespace {

using Clock = std::chrono::steady_clock;

std::uint64_t thread_cpu_ns() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(time.tv_nsec);
}

}  // namespace

bool CpuQuota::wait() {
  std::unique_lock lock(mutex_);
  while (!is_closed_ && Clock::now() < free_at_) wake_.wait_until(lock, free_at_);
  return !is_closed_;
}

void CpuQuota::close() {
  const std::lock_guard lock(mutex_);
  is_closed_ = true;
  wake_.notify_all();
}

void CpuQuota::pay(Clock::time_point start, std::uint64_t cpu_ns) {
  if (percent_ == 0) return;
  const std::lock_guard lock(mutex_);
  free_at_ = std::max(free_at_, start) + std::chrono::nanoseconds(pause_ns(cpu_ns));
}

std::uint64_t CpuQuota::owed_ms() const {
  const Clock::time_point now = Clock::now();
  const std::lock_guard lock(mutex_);
  if (free_at_ <= now) return 0;
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(free_at_ - now).count());
}

CpuQuota::Run::Run(CpuQuota& quota) : quota_(quota), start_(Clock::now()), cpu_start_ns_(thread_cpu_ns()) {}

CpuQuota::Run::~Run() { quota_.pay(start_, cpu_ns()); }

std::uint64_t CpuQuota::Run::cpu_ns() const { return thread_cpu_ns() - cpu_start_ns_; }

}  // namespace icn::mesh
