#include "bench/rates.h"

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

#include "base/errors.h"
#include "bench/area.h"

namespace icn::bench {

Result<double> rate_of_each(std::size_t threads, std::size_t seconds, const std::function<Once()>& make,
                            double* latency_ms) {
  using Clock = std::chrono::steady_clock;
  constexpr std::uint64_t kLookEvery = 8;  // db_bench looks at the clock every 1,000th time
  std::vector<Once> made;
  for (std::size_t i = 0; i < threads; ++i) made.push_back(make());
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
      for (; !has_failed; ++count) {
        if (count % kLookEvery == 0 && Clock::now() >= end) break;
        const Result<void> result = made[i](random);
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
  const double secs = std::chrono::duration<double>(Clock::now() - start).count();
  // Every thread was busy all the time.
  if (latency_ms != nullptr)
    *latency_ms = 1e3 * secs * static_cast<double>(threads) / static_cast<double>(done);
  return static_cast<double>(done) / secs;
}

std::vector<Row> with_guide(Row row, TargetId guide) {
  std::vector<Row> out{row};
  out.push_back(row.figure ? fixed_row(guide, *row.figure) : missing_row(guide, row.note));
  return out;
}

Result<Row> against(TargetId id, const std::function<Result<double>()>& measure_peer,
                    const std::function<Result<double>()>& measure_ours, const std::string& note) {
  constexpr int kTimes = 2;
  double ours = 0;
  Result<double> peer = measure_peer();
  for (int i = 0; i < kTimes; ++i) {
    ICN_TRY_ASSIGN(once, measure_ours());
    ours += once / kTimes;
    const Result<double> next = measure_peer();
    if (peer.ok()) peer = next.ok() ? Result<double>(*peer + *next) : next;
  }
  if (!peer.ok())
    return peer_row(id, ours, std::nullopt, note + "peer not measured: " + peer.error().detail());
  return peer_row(id, ours, *peer / (kTimes + 1), note + load_average());
}

}  // namespace icn::bench
