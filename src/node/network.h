#pragma once

#include <memory>

#include "config/settings.h"
#include "network/network.h"

namespace icn::node {

struct PeerNetworkParts {
  const crypto::SecretKey& key;
  const Clock& clock;
  Random& random;
  std::shared_ptr<Log> log;
  telemetry::Metrics& metrics;
  network::FindKey find_key;
  std::unique_ptr<network::BanStore> bans;
};

// The peer network as the settings p2p.* want it; not started.
std::unique_ptr<network::Network> make_network(const config::Settings& settings, PeerNetworkParts parts);

}  // namespace icn::node
