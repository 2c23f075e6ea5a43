#pragma once

#include <string>
#include <vector>

#include "devnet/control.h"
#include "devnet/world.h"

namespace icn::devnet {

// What nodes say of their part in the peer network (GET /network/stats); all of them together.
struct PeerFigures {
  std::size_t peers_min = 0;  // of the node that has fewest
  std::uint64_t messages_received = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t heartbeats_received = 0;
  std::uint64_t heartbeats_missing = 0;
  double gossip_mean_ms = 0;  // over nodes: the mean, and the worst 95th percentile
  double gossip_p95_ms = 0;
  bool has_gossip = false;
};
// unavailable: a node that is up does not answer.
Result<PeerFigures> read_peer_figures(const World& world);

// Until every node is connected to all others: seconds since `start`. unavailable: not within `timeout_ms` of
// the call, says how far it came.
Result<double> wait_for_peers(const World& world, std::chrono::steady_clock::time_point start,
                              std::uint64_t timeout_ms, const Control& control);

struct ConnectionSetup {
  std::vector<double> times_ms;  // of each connection that came about
  std::size_t failures = 0;
  std::string first_failure;
};
// Each node but the first disconnects from the one before it and connects again, one after the other: TCP,
// Noise, Yamux and identify as for any peer.
ConnectionSetup measure_connection_setup(const World& world, const Control& control);

struct DhtQueries {
  std::size_t asked = 0;
  std::size_t answered = 0;  // the answer held who was looked for
  std::string first_failure;
};
// Each node asks the DHT for every other one.
DhtQueries measure_dht(const World& world, const Control& control);

}  // namespace icn::devnet
