#pragma once

#include "bench/area.h"

namespace icn::bench {

// A node that holds 100,000 proposals, and a vote of a million ballots that is closed while others vote.
// Proposals and ballots are written beside those of the stopped node, as the ledger's tables hold them: its
// blocks do not tell of them, so that this store starts and serves, and does not verify.
Result<void> measure_large_votes(const Bench& bench);

}  // namespace icn::bench
