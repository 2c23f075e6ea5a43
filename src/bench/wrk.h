#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace icn::bench {

struct WrkFigures {
  double requests_per_second = 0;
  double p99_ms = 0;
  std::uint64_t errors = 0;  // socket errors, time-outs and statuses above 399
};

// Runs the load generator wrk against `url`. Errors: unavailable when wrk is not installed, internal
// when its answer cannot be read.
// `script`: a Lua file that makes the requests; it is given `argument`.
Result<WrkFigures> run_wrk(const std::string& url, std::size_t threads, std::size_t connections,
                           std::size_t seconds, const std::string& script = {},
                           const std::string& argument = {});

// The figures in what `wrk --latency` prints.
Result<WrkFigures> read_wrk(const std::string& text);

}  // namespace icn::bench
