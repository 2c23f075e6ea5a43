#include "http/statistics.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <numeric>

#include "base/assert.h"
#include "telemetry/performance_histogram.h"

namespace icn::http {
namespace {

using telemetry::PerformanceHistogram;

constexpr std::array<int, 26> kStatuses{200, 201, 202, 204, 206, 301, 304, 400, 401, 402, 403, 404, 405,
                                        406, 408, 409, 410, 412, 413, 416, 422, 429, 431, 500, 503, 507};
constexpr std::size_t kStatusSlots = kStatuses.size() + 1;  // the last: any other
constexpr std::size_t kMethods = 8;

std::size_t status_slot(int status) {
  const auto* found = std::lower_bound(kStatuses.begin(), kStatuses.end(), status);
  return found != kStatuses.end() && *found == status ? static_cast<std::size_t>(found - kStatuses.begin())
                                                      : kStatuses.size();
}

double ms(std::uint64_t ns) { return static_cast<double>(ns) / 1e6; }

}  // namespace

struct RequestStatistics::Slot {
  static_assert(kStatusSlots <= 32);
  std::atomic<std::uint32_t> used{0};  // a bit for each of by_status that is there: most never are
  std::array<std::atomic<PerformanceHistogram*>, kStatusSlots> by_status{};         // for readers
  std::array<std::unique_ptr<PerformanceHistogram>, kStatusSlots> owned_by_status;  // the writer's alone
};

// A route (or none) and a status: what each thread has counted.
struct RequestStatistics::Row {
  const Route* route;
  Method method;
  std::size_t status_slot;
  std::vector<const PerformanceHistogram*> durations;  // not empty
};

RequestStatistics::RequestStatistics(const std::vector<Route>& routes, std::size_t threads)
    : routes_(routes),
      threads_(threads),
      slots_(std::make_unique<Slot[]>((routes.size() + kMethods) * threads)) {}

RequestStatistics::~RequestStatistics() = default;

// Routes first, then one slot a method for requests that found none.
RequestStatistics::Slot& RequestStatistics::slot(std::size_t thread_index, std::size_t route_index) const {
  return slots_[thread_index * (routes_.size() + kMethods) + route_index];
}

void RequestStatistics::on_request(std::size_t thread_index, std::size_t route_index, Method method,
                                   int status, std::uint64_t duration_ns) {
  ICN_ASSERT(thread_index < threads_);
  const std::size_t index =
      route_index == kNoRoute ? routes_.size() + static_cast<std::size_t>(method) : route_index;
  Slot& mine = slot(thread_index, index);
  const std::size_t at = status_slot(status);
  PerformanceHistogram* durations = mine.by_status[at].load(std::memory_order_relaxed);
  if (durations == nullptr) {
    mine.owned_by_status[at] = std::make_unique<PerformanceHistogram>();
    durations = mine.owned_by_status[at].get();
    mine.by_status[at].store(durations, std::memory_order_release);
    mine.used.fetch_or(1u << at, std::memory_order_release);
  }
  durations->record_ns(duration_ns);
}

std::vector<RequestStatistics::Row> RequestStatistics::rows() const {
  std::vector<Row> rows;
  for (std::size_t index = 0; index < routes_.size() + kMethods; ++index) {
    const Route* route = index < routes_.size() ? &routes_[index] : nullptr;
    const Method method = route ? route->method : static_cast<Method>(index - routes_.size());
    std::uint32_t used = 0;
    for (std::size_t thread = 0; thread < threads_; ++thread)
      used |= slot(thread, index).used.load(std::memory_order_acquire);
    for (; used != 0; used &= used - 1) {
      const auto status = static_cast<std::size_t>(std::countr_zero(used));
      Row row{route, method, status, {}};
      for (std::size_t thread = 0; thread < threads_; ++thread) {
        const auto* each = slot(thread, index).by_status[status].load(std::memory_order_acquire);
        if (each != nullptr) row.durations.push_back(each);
      }
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

std::vector<RouteFigures> RequestStatistics::figures() const {
  std::vector<RouteFigures> all;
  std::vector<std::unique_ptr<PerformanceHistogram>> sums;
  for (const Row& row : rows()) {
    if (all.empty() || all.back().route != row.route) {
      all.push_back({row.route});
      sums.push_back(std::make_unique<PerformanceHistogram>());
    }
    const bool is_error = row.status_slot < kStatuses.size() && kStatuses[row.status_slot] >= 500;
    for (const PerformanceHistogram* each : row.durations) {
      sums.back()->merge(*each);
      if (is_error) all.back().errors += each->count();
    }
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].requests = sums[i]->count();
    all[i].mean_ms = sums[i]->mean_ns() / 1e6;
    all[i].p50_ms = ms(sums[i]->percentile_ns(50));
    all[i].p95_ms = ms(sums[i]->percentile_ns(95));
    all[i].p99_ms = ms(sums[i]->percentile_ns(99));
    all[i].max_ms = ms(sums[i]->max_ns());
  }
  return all;
}

std::vector<telemetry::Family> RequestStatistics::families() const {
  telemetry::Family requests{telemetry::Metric::api_requests, {}};
  telemetry::Family durations{telemetry::Metric::api_request_duration, {}};
  for (const Row& row : rows()) {
    std::vector<std::string> labels{
        std::string(method_name(row.method)), row.route ? row.route->path : "none",
        row.status_slot < kStatuses.size() ? std::to_string(kStatuses[row.status_slot]) : "other"};
    telemetry::HistogramValue seconds;
    for (const PerformanceHistogram* each : row.durations) each->add_to(seconds);
    const std::uint64_t count =
        std::accumulate(seconds.counts.begin(), seconds.counts.end(), std::uint64_t{0});
    requests.samples.push_back({labels, static_cast<double>(count), {}});
    durations.samples.push_back({std::move(labels), 0, seconds});
  }
  const auto count = [](telemetry::Metric metric, const telemetry::Counter& counter) {
    return telemetry::Family{metric, {{{}, static_cast<double>(counter.value()), {}}}};
  };
  return {std::move(requests), std::move(durations),
          count(telemetry::Metric::auth_failures, bad_credentials_),
          count(telemetry::Metric::rate_limited, rate_limited_)};
}

}  // namespace icn::http
