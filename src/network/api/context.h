#pragma once

#include "dag/api/context.h"
#include "http/call.h"
#include "http/paging.h"
#include "network/block_exchange.h"
#include "network/ledger_comparison.h"

namespace icn::network {

// What the endpoints of the network work with.
struct Api {
  Network& network;
  BlockExchange& exchange;
  const LedgerComparison& ledgers;
  Did node_did;
  const dag::Api& dag;
};

}  // namespace icn::network
