#pragma once

#include "dag/dag_testing.h"
#include "http/exchange.h"

namespace icn::dag::testing {

// The status of what `handle` answers to a POST that `prepare` has filled.
template <typename Prepare, typename Handle>
int answered_status(WaitingExecutor& executor, const Prepare& prepare, const Handle& handle) {
  std::optional<int> status;
  const auto exchange = std::make_shared<http::Exchange>(
      executor, [&](const http::Response& response) { status = response.status; });
  http::Request& request = exchange->request();
  request.method = http::Method::kPost;
  ICN_ASSERT(request.set_target("/x"));
  prepare(request);
  handle(exchange);
  executor.run_until([&] { return status.has_value(); });
  return *status;
}

}  // namespace icn::dag::testing
