#pragma once

#include "base/log.h"
#include "federation/joining/federation_client.h"
#include "ledger/block_executor.h"
#include "storage/store.h"

namespace icn::federation {

// Fetches the blocks from before a federation's engine began (0 to continues.height) from a node of the
// federation, replays them into the empty store `into`, and believes nothing but what comes to the header and
// state that the genesis names. `fetched` holds the blocks meanwhile; empty, with the same tables.
//   unavailable: the node does not answer; malformed: another history, and the first difference
Result<void> fetch_earlier_blocks(FederationClient& federation, const ledger::Rules& rules,
                                  const std::vector<storage::TableSchema>& tables,
                                  const ledger::Continuation& continues, storage::Store& fetched,
                                  storage::Store& into, const std::shared_ptr<Log>& log);

}  // namespace icn::federation
