#include "node/network.h"

#include <algorithm>
#include <utility>

#include "network/libp2p/libp2p_transport.h"
#include "network/libp2p/peer_table.h"

namespace icn::node {
namespace {

template <typename Number>
std::uint32_t small(Number value) {
  return static_cast<std::uint32_t>(value);
}

network::Libp2pOptions libp2p_options(const config::Settings& settings) {
  network::Libp2pOptions out;
  out.listen = settings.p2p_listen;
  if (out.listen.empty()) out.listen = {"/ip4/127.0.0.1/tcp/0", "/ip4/127.0.0.1/udp/0/quic-v1"};
  out.external = settings.p2p_external;
  out.bootstrap = settings.p2p_bootstrap;
  out.agent = std::string("icn/") + ICN_VERSION;
  out.threads = small(settings.p2p_threads);
  out.peers_max = small(settings.p2p_max_peers);
  out.connections_per_address_max = small(settings.p2p_max_per_address);
  out.dial_timeout_ms = small(settings.p2p_connect_timeout_ms);
  out.request_timeout_ms = small(settings.p2p_request_timeout_ms);
  out.request_bytes_max = small(settings.p2p_request_bytes_max);
  out.ping_interval_ms = small(settings.p2p_heartbeat_ms);
  out.gossip_heartbeat_ms = small(settings.p2p_gossip_heartbeat_ms);
  out.gossip_mesh = small(settings.p2p_gossip_mesh);
  out.gossip_mesh_low = small(settings.p2p_gossip_mesh_low);
  out.gossip_mesh_high = small(settings.p2p_gossip_mesh_high);
  out.gossip_lazy = small(settings.p2p_gossip_lazy);
  out.gossip_duplicate_secs = small(settings.p2p_gossip_duplicate_secs);
  out.score_gossip_min = static_cast<std::int32_t>(settings.p2p_score_gossip_min);
  out.score_publish_min = static_cast<std::int32_t>(settings.p2p_score_publish_min);
  out.score_graylist_min = static_cast<std::int32_t>(settings.p2p_score_graylist_min);
  out.kad_bucket = small(settings.p2p_kad_bucket);
  out.kad_replication = small(settings.p2p_kad_replication);
  out.kad_query_timeout_ms = small(settings.p2p_kad_query_timeout_ms);
  out.kad_record_ttl_secs = small(settings.p2p_kad_record_ttl_secs);
  out.kad_publish_interval_secs = small(settings.p2p_kad_publish_interval_secs);
  out.kad_records_max = small(settings.p2p_kad_records_max);
  const bool is_local = std::ranges::all_of(out.listen, [](const std::string& address) {
    return network::is_loopback_host(network::host_of_address(address));
  });
  out.mdns = settings.p2p_mdns && !is_local;
  out.autonat = !is_local;
  out.dht = settings.p2p_dht;
  out.relay_server = settings.p2p_relay;
  out.hide_listen = settings.p2p_hide_listen;
  return out;
}

network::NetworkOptions network_options(const config::Settings& settings) {
  network::NetworkOptions out;
  out.network_id = settings.network_id;
  out.topics = settings.p2p_topics;
  out.capabilities = config::executor_capabilities(settings);
  out.heartbeat_secs = std::max<std::uint64_t>(settings.p2p_heartbeat_ms / 1000, 1);
  out.discover_secs = settings.p2p_discover_secs;
  out.peers_max = settings.p2p_max_peers;
  out.standing.strikes_max = static_cast<int>(settings.p2p_strikes_max);
  out.standing.mute_secs = settings.p2p_mute_secs;
  out.standing.ban_secs = settings.p2p_ban_secs;
  out.gossip.rate = settings.p2p_gossip_rate;
  out.gossip.burst = settings.p2p_gossip_burst;
  out.gossip.peer_rate = settings.p2p_gossip_peer_rate;
  out.gossip.duplicate_secs = settings.p2p_gossip_duplicate_secs;
  return out;
}

}  // namespace

std::unique_ptr<network::Network> make_network(const config::Settings& settings, PeerNetworkParts parts) {
  std::unique_ptr<network::Transport> transport;
  if (settings.p2p_enabled) {
    transport = network::make_libp2p_transport(
        {parts.key, parts.clock, parts.log, &parts.metrics.histogram(telemetry::Metric::p2p_ping)},
        libp2p_options(settings));
  }
  return std::make_unique<network::Network>(
      network::NetworkParts{std::move(transport), parts.key, parts.clock, parts.random, parts.log,
                            parts.metrics, std::move(parts.find_key), std::move(parts.bans)},
      network_options(settings));
}

void PeerEvents::look() {
  tell("peers_changed", "peers", network_.peer_count(), peers_);
  tell("bans_changed", "banned", network_.standing().bans().size(), banned_);
}

void PeerEvents::tell(std::string_view kind, std::string_view name, std::uint64_t count,
                      std::uint64_t& before) {
  if (count == std::exchange(before, count)) return;
  events_.publish("NetworkEvent",
                  codec::write_json(codec::Json::object({{"kind", kind}, {std::string(name), count}})));
}

}  // namespace icn::node
