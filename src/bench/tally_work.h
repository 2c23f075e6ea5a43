#pragma once

#include "bench/area.h"

namespace icn::bench {

// The count of a million ballots and of a hundred thousand members who delegate, without a node. Ballots lie
// in memory as the ledger holds them; rankings are random, so that hardly two are equal.
Result<void> measure_tallies(const Bench& bench);

}  // namespace icn::bench
