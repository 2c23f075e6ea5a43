#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "http/route.h"
#include "telemetry/metrics.h"

namespace icn::http {

// Sees every answered request. Called on the io threads: must not block or lock.
class RequestObserver {
 public:
  virtual ~RequestObserver() = default;
  // `route_index`: of Router::routes(), or kNoRoute for paths that do not exist.
  virtual void on_request(std::size_t thread_index, std::size_t route_index, Method method, int status,
                          std::uint64_t duration_ns) = 0;
  // Credentials that were given are wrong, or too many were; and: refused by a rate limit. Both are answered
  // requests too.
  virtual void on_bad_credentials() {}
  virtual void on_rate_limited() {}
};
inline constexpr std::size_t kNoRoute = ~std::size_t{0};

// Figures of one route over all threads since the start.
struct RouteFigures {
  const Route* route;  // null: requests that found none
  std::uint64_t requests = 0;
  std::uint64_t errors = 0;  // status 500 and above
  double mean_ms = 0, p50_ms = 0, p95_ms = 0, p99_ms = 0, max_ms = 0;
};

// Counts requests and their durations: one histogram per thread, route and status, made at its first
// request and written by its thread alone; added up when somebody asks.
class RequestStatistics final : public RequestObserver {
 public:
  // `routes` must outlive this.
  RequestStatistics(const std::vector<Route>& routes, std::size_t threads);
  ~RequestStatistics() override;

  void on_request(std::size_t thread_index, std::size_t route_index, Method method, int status,
                  std::uint64_t duration_ns) override;
  void on_bad_credentials() override { bad_credentials_.add(); }
  void on_rate_limited() override { rate_limited_.add(); }

  // Routes without requests are left out. Thread: any.
  std::vector<RouteFigures> figures() const;
  // icn_api_requests_total, icn_api_request_duration_seconds, icn_auth_failures_total and
  // icn_rate_limited_total; a telemetry::Collector. Thread: any.
  std::vector<telemetry::Family> families() const;

 private:
  struct Slot;
  struct Row;
  std::vector<Row> rows() const;
  Slot& slot(std::size_t thread_index, std::size_t route_index) const;

  const std::vector<Route>& routes_;
  std::size_t threads_;
  std::unique_ptr<Slot[]> slots_;
  telemetry::Counter bad_credentials_;
  telemetry::Counter rate_limited_;
};

}  // namespace icn::http
