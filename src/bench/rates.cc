#include "bench/rates.h"

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

#include "base/errors.h"
#include "bench/area.h"

namespace icn::bench {

Result<double> rate_of(std::size_t threads, std::size_t seconds,
                       const std::function<Result<void>(SeededRandom&)>& once) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point start = Clock::now();
  const Clock::time_point end = start + std::chrono::seconds(seconds);
  std::atomic<std::uint64_t> done = 0;
  std::atomic<bool> has_failed = false;
  std::mutex mutex;
  std::string failure;
  std::vector<std::thread> running;
  for (std::size_t i = 0; i < threads; ++i) {
    running.emplace_back([&, i] {
      SeededRandom random(i + 1);
      std::uint64_t count = 0;
      for (; Clock::now() < end && !has_failed; ++count) {
        const Result<void> result = once(random);
        if (result.ok()) continue;
        const std::lock_guard lock(mutex);
        failure = result.error().detail();
        has_failed = true;
      }
      done += count;
    });
  }
  for (std::thread& each : running) each.join();
  if (has_failed) return Error(errors::kInternal, "the store failed: " + failure);
  return static_cast<double>(done) / std::chrono::duration<double>(Clock::now() - start).count();
}

Result<Row> against(TargetId id, const std::function<Result<double>()>& measure_peer,
                    const std::function<Result<double>()>& measure_ours, const std::string& note) {
  const Result<double> before = measure_peer();
  ICN_TRY_ASSIGN(ours, measure_ours());
  const Result<double> after = measure_peer();
  if (!before.ok() || !after.ok()) {
    const Error& error = before.ok() ? after.error() : before.error();
    return peer_row(id, ours, std::nullopt, note + "peer not measured: " + error.detail());
  }
  return peer_row(id, ours, (*before + *after) / 2, note + load_average());
}

}  // namespace icn::bench
