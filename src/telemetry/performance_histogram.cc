#include "telemetry/performance_histogram.h"

#include <algorithm>
#include <cmath>

#include "base/assert.h"

namespace icn::telemetry {
namespace {

void raise(std::atomic<std::uint64_t>& maximum, std::uint64_t value) {
  std::uint64_t seen = maximum.load(std::memory_order_relaxed);
  while (seen < value && !maximum.compare_exchange_weak(seen, value, std::memory_order_relaxed)) {
  }
}

}  // namespace

// Values below 16 have a bucket each; above, the bucket is the power of two and the four bits after its
// highest.
std::size_t PerformanceHistogram::bucket_of(std::uint64_t value) {
  value = std::min(value, (std::uint64_t{1} << kPowerMax) - 1);
  if (value < kLinear) return static_cast<std::size_t>(value);
  const int shift = std::bit_width(value) - 1 - kLinearBits;
  return static_cast<std::size_t>(shift) * kLinear + static_cast<std::size_t>(value >> shift);
}

std::uint64_t PerformanceHistogram::largest_of(std::size_t bucket) {
  if (bucket < kLinear) return bucket;
  const std::size_t shift = bucket / kLinear - 1;
  const std::uint64_t leading = bucket - shift * kLinear;
  return ((leading + 1) << shift) - 1;
}

void PerformanceHistogram::record_ns(std::uint64_t duration_ns) {
  counts_[bucket_of(duration_ns)].fetch_add(1, std::memory_order_relaxed);
  sum_ns_.fetch_add(duration_ns, std::memory_order_relaxed);
  raise(max_ns_, duration_ns);
}

void PerformanceHistogram::merge(const PerformanceHistogram& other) {
  for (std::size_t i = 0; i < kBuckets; ++i) {
    const std::uint64_t count = other.counts_[i].load(std::memory_order_relaxed);
    if (count != 0) counts_[i].fetch_add(count, std::memory_order_relaxed);
  }
  sum_ns_.fetch_add(other.sum_ns_.load(std::memory_order_relaxed), std::memory_order_relaxed);
  raise(max_ns_, other.max_ns());
}

std::uint64_t PerformanceHistogram::count() const {
  std::uint64_t total = 0;
  for (const auto& count : counts_) total += count.load(std::memory_order_relaxed);
  return total;
}

double PerformanceHistogram::mean_ns() const {
  const std::uint64_t total = count();
  return total == 0
             ? 0
             : static_cast<double>(sum_ns_.load(std::memory_order_relaxed)) / static_cast<double>(total);
}

std::uint64_t PerformanceHistogram::percentile_ns(double percent) const {
  ICN_ASSERT(percent > 0 && percent <= 100);
  const auto rank = static_cast<std::uint64_t>(std::ceil(static_cast<double>(count()) * percent / 100));
  if (rank == 0) return 0;
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    seen += counts_[i].load(std::memory_order_relaxed);
    if (seen >= rank) return std::min(largest_of(i), max_ns());
  }
  return max_ns();
}

void PerformanceHistogram::add_to(HistogramValue& sum) const {
  // Which of the larger buckets each falls into: asked for hundreds of them whenever metrics are rendered.
  static const std::array<std::uint8_t, kBuckets> bounds = [] {
    std::array<std::uint8_t, kBuckets> out;
    for (std::size_t i = 0; i < kBuckets; ++i) {
      const double largest = static_cast<double>(largest_of(i)) * 1e-9;
      const auto bound = std::lower_bound(kBucketBounds.begin(), kBucketBounds.end(), largest);
      out[i] = static_cast<std::uint8_t>(bound - kBucketBounds.begin());
    }
    return out;
  }();
  for (std::size_t i = 0; i < kBuckets; ++i)
    sum.counts[bounds[i]] += counts_[i].load(std::memory_order_relaxed);
  sum.sum_seconds += static_cast<double>(sum_ns_.load(std::memory_order_relaxed)) * 1e-9;
}

}  // namespace icn::telemetry
