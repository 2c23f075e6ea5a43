#pragma once

#include "bench/area.h"

namespace icn::devnet {

// `icn bench scale`: 1, 3, 5 and 10 nodes whose executors have a fixed share of a core each, jobs of 20 ms of
// processor time in a closed loop; the rate against that of one node. Errors: what kept a network from
// running.
Result<void> run_scale(const bench::Bench& bench);

// The area, beside those of bench::areas().
const bench::Area& scale_area();

}  // namespace icn::devnet
