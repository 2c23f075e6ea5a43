#include "network/libp2p/native_config.h"

#include <array>

#include "network/errors.h"

namespace icn::network {
namespace {

constexpr std::uint32_t kEventsMax = 8'192;
constexpr std::uint32_t kBlockAnswerTimeoutMs = 5'000;
// Two sides that dial each other at once, and a relayed connection that becomes a direct one.
constexpr std::uint32_t kConnectionsPerPeerMax = 3;

std::string joined(const std::vector<std::string>& list) {
  std::string out;
  for (const std::string& each : list) out += each + "\n";
  return out;
}

icn_network_config numbers_of(const Libp2pOptions& options) {
  icn_network_config out{};
  out.kad_protocol = "/icn/kad/1.0.0";
  out.protocols[0] = "/icn/sync/1";
  out.protocols[1] = "/icn/mesh/1";
  out.threads = options.threads;
  out.events_max = kEventsMax;
  out.connections_max = options.peers_max;
  out.connections_per_peer_max = kConnectionsPerPeerMax;
  out.connections_pending_max = options.peers_max;
  out.dial_timeout_ms = options.dial_timeout_ms;
  out.ping_interval_ms = options.ping_interval_ms;
  out.gossip_heartbeat_ms = options.gossip_heartbeat_ms;
  out.gossip_mesh = options.gossip_mesh;
  out.gossip_mesh_low = options.gossip_mesh_low;
  out.gossip_mesh_high = options.gossip_mesh_high;
  out.gossip_lazy = options.gossip_lazy;
  out.gossip_duplicate_secs = options.gossip_duplicate_secs;
  out.gossip_bytes_max = options.gossip_bytes_max;
  out.score_gossip_min = options.score_gossip_min;
  out.score_publish_min = options.score_publish_min;
  out.score_graylist_min = options.score_graylist_min;
  out.kad_bucket = options.kad_bucket;
  out.kad_replication = options.kad_replication;
  out.kad_query_timeout_ms = options.kad_query_timeout_ms;
  out.kad_record_ttl_secs = options.kad_record_ttl_secs;
  out.kad_publish_interval_secs = options.kad_publish_interval_secs;
  out.kad_bootstrap_interval_secs = options.kad_bootstrap_interval_secs;
  out.kad_records_max = options.kad_records_max;
  out.request_timeout_ms = options.request_timeout_ms;
  out.request_bytes_max = options.request_bytes_max;
  out.block_answer_timeout_ms = kBlockAnswerTimeoutMs;
  out.mdns = options.mdns;
  out.dht = options.dht;
  out.autonat = options.autonat;
  out.relay_server = options.relay_server;
  out.bitswap = true;
  out.hide_listen = options.hide_listen;
  return out;
}

}  // namespace

Result<icn_network*> start_native(const Libp2pOptions& options, const crypto::SecretKey& key) {
  const std::string listen = joined(options.listen);
  const std::string external = joined(options.external);
  const crypto::SecretBytes seed = key.seed();
  icn_network_config config = numbers_of(options);
  config.seed = seed.view().data();
  config.agent = options.agent.c_str();
  config.listen = listen.c_str();
  config.external = external.c_str();
  std::array<char, 256> reason{};
  icn_network* network = icn_network_start(&config, reason.data(), reason.size());
  if (network == nullptr)
    return Error(kFailed, std::string("the peer network does not start: ") + reason.data());
  return network;
}

}  // namespace icn::network
