#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>

#include "telemetry/metrics.h"

namespace icn::telemetry {

// Durations in log-linear buckets: 16 of equal width to each power of two, so that a percentile is
// right to 1 in 16 (1 ns below 16 ns); above 18 minutes all count as that. 5 KB each.
// Recording takes a few ns. Thread: any; a reader beside writers may see a count without its neighbours.
class PerformanceHistogram {
 public:
  void record_ns(std::uint64_t duration_ns);
  // Adds what `other` has counted.
  void merge(const PerformanceHistogram& other);

  std::uint64_t count() const;
  std::uint64_t max_ns() const { return max_ns_.load(std::memory_order_relaxed); }
  double mean_ns() const;
  // The smallest bucket bound that at least `percent` of all durations do not exceed, never above
  // max_ns(); 0 when there are none. 0 < percent <= 100.
  std::uint64_t percentile_ns(double percent) const;

  // Adds what was counted to the buckets of a Prometheus histogram. A duration within 1 in 16 of a bound
  // may fall beside it.
  void add_to(HistogramValue& sum) const;

 private:
  static constexpr int kLinearBits = 4;
  static constexpr std::uint64_t kLinear = 1u << kLinearBits;
  static constexpr int kPowerMax = 40;  // 2^40 ns = 18.3 minutes
  static constexpr std::size_t kBuckets = (kPowerMax - kLinearBits + 1) * kLinear;

  static std::size_t bucket_of(std::uint64_t value);
  static std::uint64_t largest_of(std::size_t bucket);

  std::array<std::atomic<std::uint64_t>, kBuckets> counts_{};
  std::atomic<std::uint64_t> sum_ns_{0};
  std::atomic<std::uint64_t> max_ns_{0};
};

}  // namespace icn::telemetry
