#pragma once

#include <icn_network.h>

#include "network/libp2p/libp2p_transport.h"

namespace icn::network {

// icn_network_start() with these options.   network_failed
Result<icn_network*> start_native(const Libp2pOptions& options, const crypto::SecretKey& key);

}  // namespace icn::network
