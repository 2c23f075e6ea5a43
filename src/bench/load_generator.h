#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace icn::bench {

// What to send, over how many connections, for how long.
struct Load {
  std::uint16_t port = 0;
  std::size_t connections = 64;
  std::uint64_t duration_ms = 5'000;
  // Requests a second over all connections, sent on schedule whether or not answers come (open loop); the
  // latency of a request counts from when it was due. 0: each connection sends as soon as it is answered.
  std::uint64_t rate_per_second = 0;
  // Whole HTTP/1.1 requests, given out in order; when they are used up the run ends. With `is_cyclic` they
  // start again from the first.
  const std::vector<std::string>* requests = nullptr;
  bool is_cyclic = true;
};

struct LoadResult {
  std::uint64_t answers = 0;
  std::uint64_t errors = 0;  // statuses of 400 and above, broken connections
  std::string first_error;   // what one of them was
  double seconds = 0;
  double per_second = 0;
  double mean_ms = 0;
  double p50_ms = 0;
  double p95_ms = 0;
  double p99_ms = 0;
  double max_ms = 0;
};

// Fills the latencies of `out` from how long each answer took, in any order. Percentiles by nearest rank: p99
// is the smallest latency that 99 % of the answers do not exceed.
void summarize(std::vector<std::uint32_t> latencies_us, LoadResult& out);

// Runs the load from this thread over loopback. Errors: unavailable (cannot connect).
Result<LoadResult> run_load(const Load& load);

// A whole request as run_load() sends it.
std::string http_request(std::string_view method, std::string_view target, std::string_view body = {},
                         std::string_view extra_headers = {});

}  // namespace icn::bench
