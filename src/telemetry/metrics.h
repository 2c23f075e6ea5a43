#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace icn::telemetry {

// One for each row of metrics.def: Metric::api_requests.
enum class Metric : std::size_t {
#define METRIC(kind, id, name, labels, help) id,
#include "telemetry/metrics.def"
#undef METRIC
};

enum class MetricKind { kCounter, kGauge, kHistogram };

// Upper bounds of the buckets of every histogram, in seconds; the last bucket has no bound.
inline constexpr std::array kBucketBounds = {0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025,
                                             0.005,   0.01,   0.025,   0.05,   0.1,   0.25,
                                             0.5,     1.0,    2.5,     5.0,    10.0,  30.0};

// Adding takes a few ns also when all cores add: each thread has its own of a few cells. Thread: any.
class Counter {
 public:
  void add(std::uint64_t amount = 1) {
    cells_[cell_of_this_thread()].value.fetch_add(amount, std::memory_order_relaxed);
  }
  std::uint64_t value() const;

 private:
  static constexpr std::size_t kCells = 8;
  struct alignas(64) Cell {
    std::atomic<std::uint64_t> value{0};
  };
  static std::size_t cell_of_this_thread();
  std::array<Cell, kCells> cells_;
};

// Thread: any.
class Gauge {
 public:
  void set(double value) { value_.store(value, std::memory_order_relaxed); }
  void add(double amount) { value_.fetch_add(amount, std::memory_order_relaxed); }
  double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_{0};
};

struct HistogramValue {
  std::array<std::uint64_t, kBucketBounds.size() + 1> counts{};  // of each bucket alone
  double sum_seconds = 0;
};

// Thread: any.
class Histogram {
 public:
  void observe_ns(std::uint64_t duration_ns);
  HistogramValue value() const;

 private:
  std::array<std::atomic<std::uint64_t>, kBucketBounds.size() + 1> counts_{};
  std::atomic<std::uint64_t> sum_ns_{0};
};

// What a collector reports of one metric. `label_values` as in metrics.def; `histogram` for histograms.
struct Sample {
  std::vector<std::string> label_values;
  double value = 0;
  HistogramValue histogram;
};
struct Family {
  Metric metric;
  std::vector<Sample> samples;
};
using Collector = std::function<std::vector<Family>()>;

// The metrics of a node. References it hands out live as long as it does; keep them, since finding one
// takes a lock. Label values come from code, never from a stranger's text: after 1,000 of them a
// metric counts the rest together as "other".
// The kind must be that of the row, and there must be a value for each of its labels (asserted).
// Thread: any.
class Metrics {
 public:
  explicit Metrics(const Clock& clock);
  ~Metrics();

  Counter& counter(Metric metric, std::initializer_list<std::string_view> label_values = {});
  Gauge& gauge(Metric metric, std::initializer_list<std::string_view> label_values = {});
  Histogram& histogram(Metric metric, std::initializer_list<std::string_view> label_values = {});

  // Calls `collector` at each render(), for whoever keeps counters of its own. It is removed when the
  // handle goes, which must be before the Metrics go; removal waits for a render() in progress.
  using Handle = std::unique_ptr<void, std::function<void(void*)>>;
  [[nodiscard]] Handle add_collector(Collector collector);

  // Prometheus text format 0.0.4, "text/plain; version=0.0.4", with the metrics of the process.
  std::string render();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

struct MetricInfo {
  MetricKind kind;
  std::string_view name;
  std::vector<std::string_view> labels;
  std::string_view help;
};
std::span<const MetricInfo> metric_table();

}  // namespace icn::telemetry
