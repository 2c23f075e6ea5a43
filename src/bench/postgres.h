#pragma once

#include <string>

#include "base/result.h"

namespace icn::bench {

// The peer of durable writes: transactions a second of pgbench TPC-B (scale 10, 16 clients, fsync on) on a
// cluster of its own in a temporary folder, reached by a socket in it. As root it runs as `postgres`, else
// `nobody`, since PostgreSQL refuses root.
// Errors: unavailable, naming what is missing or what failed.
Result<double> measure_tpcb(std::size_t seconds);

}  // namespace icn::bench
