#include "telemetry/metrics.h"

#include <algorithm>
#include <map>
#include <mutex>

#include "base/assert.h"
#include "telemetry/exposition.h"
#include "telemetry/process.h"

namespace icn::telemetry {
namespace {

constexpr std::size_t kSeriesMax = 1000;

using LabelValues = std::vector<std::string>;

const MetricInfo& info_of(Metric metric) { return metric_table()[static_cast<std::size_t>(metric)]; }

// The series of one metric, found by their label values; never moved once made.
template <typename T>
class Series {
 public:
  T& find(Metric metric, LabelValues values) {
    auto& of_metric = series_[metric];
    if (auto found = of_metric.find(values); found != of_metric.end()) return *found->second;
    if (of_metric.size() >= kSeriesMax) std::fill(values.begin(), values.end(), "other");
    std::unique_ptr<T>& made = of_metric[std::move(values)];
    if (made == nullptr) made = std::make_unique<T>();
    return *made;
  }
  template <typename Visit>
  void for_each(Visit visit) const {
    for (const auto& [metric, of_metric] : series_) {
      for (const auto& [values, one] : of_metric) visit(metric, values, *one);
    }
  }

 private:
  std::map<Metric, std::map<LabelValues, std::unique_ptr<T>>> series_;
};

}  // namespace

std::span<const MetricInfo> metric_table() {
  auto split = [](std::string_view names) {
    std::vector<std::string_view> out;
    while (!names.empty()) {
      const std::size_t comma = std::min(names.find(','), names.size());
      out.push_back(names.substr(0, comma));
      names.remove_prefix(std::min(comma + 1, names.size()));
    }
    return out;
  };
  static const std::vector<MetricInfo> table = {
#define METRIC(kind, id, name, labels, help) {MetricKind::k##kind, name, split(labels), help},
#include "telemetry/metrics.def"
#undef METRIC
  };
  return table;
}

std::size_t Counter::cell_of_this_thread() {
  static std::atomic<std::size_t> next_thread{0};
  thread_local const std::size_t cell = next_thread.fetch_add(1, std::memory_order_relaxed) % kCells;
  return cell;
}

std::uint64_t Counter::value() const {
  std::uint64_t sum = 0;
  for (const Cell& cell : cells_) sum += cell.value.load(std::memory_order_relaxed);
  return sum;
}

void Histogram::observe_ns(std::uint64_t duration_ns) {
  const double seconds = static_cast<double>(duration_ns) * 1e-9;
  const auto bucket = std::lower_bound(kBucketBounds.begin(), kBucketBounds.end(), seconds);
  counts_[static_cast<std::size_t>(bucket - kBucketBounds.begin())].fetch_add(1, std::memory_order_relaxed);
  sum_ns_.fetch_add(duration_ns, std::memory_order_relaxed);
}

HistogramValue Histogram::value() const {
  HistogramValue out;
  for (std::size_t i = 0; i < counts_.size(); ++i) out.counts[i] = counts_[i].load(std::memory_order_relaxed);
  out.sum_seconds = static_cast<double>(sum_ns_.load(std::memory_order_relaxed)) * 1e-9;
  return out;
}

struct Metrics::State {
  explicit State(const Clock& clock) : process(clock) {}

  void collect(SamplesByMetric& out) {
    const std::lock_guard lock(mutex);
    counters.for_each([&](Metric metric, const LabelValues& values, const Counter& one) {
      out[metric].push_back({values, static_cast<double>(one.value()), {}});
    });
    gauges.for_each([&](Metric metric, const LabelValues& values, const Gauge& one) {
      out[metric].push_back({values, one.value(), {}});
    });
    histograms.for_each([&](Metric metric, const LabelValues& values, const Histogram& one) {
      out[metric].push_back({values, 0, one.value()});
    });
  }

  std::mutex mutex;  // of the series
  Series<Counter> counters;
  Series<Gauge> gauges;
  Series<Histogram> histograms;

  std::mutex collectors_mutex;  // also held while they run
  std::map<std::uint64_t, Collector> collectors;
  std::uint64_t next_collector = 0;
  ProcessMetrics process;
};

Metrics::Metrics(const Clock& clock) : state_(std::make_unique<State>(clock)) {}
Metrics::~Metrics() = default;

namespace {

LabelValues checked(Metric metric, MetricKind kind, std::initializer_list<std::string_view> values) {
  ICN_ASSERT(info_of(metric).kind == kind && info_of(metric).labels.size() == values.size());
  return {values.begin(), values.end()};
}

}  // namespace

Counter& Metrics::counter(Metric metric, std::initializer_list<std::string_view> label_values) {
  const std::lock_guard lock(state_->mutex);
  return state_->counters.find(metric, checked(metric, MetricKind::kCounter, label_values));
}

Gauge& Metrics::gauge(Metric metric, std::initializer_list<std::string_view> label_values) {
  const std::lock_guard lock(state_->mutex);
  return state_->gauges.find(metric, checked(metric, MetricKind::kGauge, label_values));
}

Histogram& Metrics::histogram(Metric metric, std::initializer_list<std::string_view> label_values) {
  const std::lock_guard lock(state_->mutex);
  return state_->histograms.find(metric, checked(metric, MetricKind::kHistogram, label_values));
}

Metrics::Handle Metrics::add_collector(Collector collector) {
  const std::lock_guard lock(state_->collectors_mutex);
  const std::uint64_t id = state_->next_collector++;
  state_->collectors.emplace(id, std::move(collector));
  return Handle(state_.get(), [id](void* state) {
    State& owner = *static_cast<State*>(state);
    const std::lock_guard removing(owner.collectors_mutex);
    owner.collectors.erase(id);
  });
}

std::string Metrics::render() {
  SamplesByMetric samples;
  auto take = [&](std::vector<Family> families) {
    for (Family& family : families) {
      for (Sample& sample : family.samples) samples[family.metric].push_back(std::move(sample));
    }
  };
  {
    const std::lock_guard lock(state_->collectors_mutex);
    take(state_->process.read());
    for (const auto& [id, collector] : state_->collectors) take(collector());
  }
  state_->collect(samples);
  return exposition(samples);
}

}  // namespace icn::telemetry
