#pragma once

#include "bench/area.h"

namespace icn::devnet {

// `icn bench federation`: signed transfers a second through four validators whose clients wait until they are
// final, against CometBFT's own kvstore with as many clients that wait for the commit. Errors: what kept our
// network from running.
Result<void> run_transfers(const bench::Bench& bench);

const bench::Area& federation_area();

}  // namespace icn::devnet
