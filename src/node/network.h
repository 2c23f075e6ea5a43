#pragma once

#include <memory>

#include "config/settings.h"
#include "http/event_stream.h"
#include "network/block_exchange.h"
#include "network/ledger_comparison.h"
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

// What this node and its peers ask each other for beside messages and jobs. Made before the network starts;
// its callbacks use it.
struct PeerServices {
  PeerServices(network::Network& network, dag::BlockStore& blocks, const ledger::Ledger& ledger,
               const Clock& clock)
      : exchange(network, blocks, clock),
        ledgers(network.transport(), network::compared(ledger), clock,
                [&network](const network::PeerId& peer) { network.standing().strike(peer); }) {}

  network::BlockExchange exchange;
  network::LedgerComparison ledgers;
};

// Tells an operator's event stream how the peer network fares, as events of type NetworkEvent: {kind:
// "peers_changed", peers} and {kind: "bans_changed", banned}. Whoever follows the stream may read them: they
// name nobody. look() is called about once a second, so that a peer that comes and goes again and again
// fills no stream. Thread: one.
class PeerEvents {
 public:
  PeerEvents(network::Network& network, http::EventStream& events) : network_(network), events_(events) {}
  void look();

 private:
  void tell(std::string_view kind, std::string_view name, std::uint64_t count, std::uint64_t& before);

  network::Network& network_;
  http::EventStream& events_;
  std::uint64_t peers_ = 0;
  std::uint64_t banned_ = 0;
};

}  // namespace icn::node
