#pragma once

#include "bench/wrk.h"

namespace icn::bench {

struct HttpComparison {
  // Processor time of the server's process per answered request. Where other programs share the cores,
  // this still compares the two servers when their rates no longer do.
  double our_cpu_us = 0;
  double bare_cpu_us = 0;
  WrkFigures ours;  // GET of a cached answer through router, dispatcher and statistics
  WrkFigures bare;  // the same bytes from BareEpollServer
  double ratio() const { return ours.requests_per_second / bare.requests_per_second; }
};

// Runs both servers one after the other with one thread per core, wrk -t2. Errors: those of run_wrk.
Result<HttpComparison> compare_with_bare_server(std::size_t connections, std::size_t seconds);

}  // namespace icn::bench
