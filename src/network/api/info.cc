#include "network/api/info.h"

#include <algorithm>
#include <cmath>

namespace icn::network::api {
namespace {

// No clock of a network is finer than a microsecond.
double rounded(double milliseconds) { return std::round(milliseconds * 1000) / 1000; }
std::optional<double> rounded(const std::optional<double>& milliseconds) {
  return milliseconds ? std::optional(rounded(*milliseconds)) : std::nullopt;
}

}  // namespace

Result<GetLocalPeerId::Output> GetLocalPeerId::handle(const Api& api, const http::Call&, const Input&) {
  return Output{api.network.peer_id(), api.node_did, api.network.addresses(), api.network.is_on()};
}

Result<GetNetworkStats::Output> GetNetworkStats::handle(const Api& api, const http::Call&, const Input&) {
  Output output;
  const std::vector<Peer> peers = api.network.peers();
  output.peers = peers.size();
  output.banned = api.network.standing().bans().size();
  if (const Transport* transport = api.network.transport()) {
    const TransportStats stats = transport->stats();
    output.kademlia_peers = stats.dht_peers;
    output.bytes_sent = stats.bytes_sent;
    output.bytes_received = stats.bytes_received;
    output.reachability = stats.reachability;
    output.messages_sent = api.network.gossip()->sent();
    output.messages_received = api.network.gossip()->received();
    output.invalid_messages = api.network.gossip()->invalid();
  }
  const HeartbeatFigures heartbeats = api.network.heartbeats();
  output.gossip = {heartbeats.received, heartbeats.missing, rounded(heartbeats.mean_ms),
                   rounded(heartbeats.p95_ms)};
  double sum = 0;
  std::size_t count = 0;
  for (const Peer& peer : peers) {
    if (!peer.rtt_us) continue;
    const double rtt_ms = static_cast<double>(*peer.rtt_us) / 1000;
    sum += rtt_ms;
    ++count;
    output.latency.min_ms = std::min(output.latency.min_ms.value_or(rtt_ms), rtt_ms);
    output.latency.max_ms = std::max(output.latency.max_ms.value_or(rtt_ms), rtt_ms);
  }
  if (count > 0) output.latency.mean_ms = rounded(sum / static_cast<double>(count));
  return output;
}

}  // namespace icn::network::api
