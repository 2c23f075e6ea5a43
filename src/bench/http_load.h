#pragma once

#include "bench/wrk.h"

namespace icn::bench {

struct HttpComparison {
  WrkFigures ours;  // GET of a cached answer through router, dispatcher and statistics
  WrkFigures bare;  // the same bytes from BareEpollServer
  double ratio() const { return ours.requests_per_second / bare.requests_per_second; }
};

// Runs both servers one after the other with one thread per core, wrk -t2. Errors: those of run_wrk.
Result<HttpComparison> compare_with_bare_server(std::size_t connections, std::size_t seconds);

}  // namespace icn::bench
