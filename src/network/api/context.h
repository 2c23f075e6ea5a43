#pragma once

#include "http/call.h"
#include "http/paging.h"
#include "network/block_exchange.h"

namespace icn::network {

// What the endpoints of the network work with.
struct Api {
  Network& network;
  BlockExchange& exchange;
  Did node_did;
};

}  // namespace icn::network
