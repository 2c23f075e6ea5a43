#pragma once

#include <memory>

#include "base/kept_value.h"
#include "federation/directory/trust_graph.h"
#include "ledger/ledger.h"

namespace icn::federation {

// The ranks of the newest block when somebody asks; good for a minute. The ledger outlives it.
std::unique_ptr<KeptValue<TrustRanks>> keep_trust_ranks(const ledger::Ledger& ledger, const Clock& clock);

}  // namespace icn::federation
