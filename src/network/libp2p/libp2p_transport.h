#pragma once

#include <memory>

#include "base/clock.h"
#include "base/log.h"
#include "crypto/ed25519.h"
#include "network/transport.h"
#include "telemetry/metrics.h"

namespace icn::network {

// Settings p2p.* of the same names; what they mean stands in config/settings.def.
struct Libp2pOptions {
  std::vector<std::string> listen{"/ip4/127.0.0.1/tcp/0"};
  std::vector<std::string> external;
  std::vector<std::string> bootstrap;  // dialled again whenever they are gone
  std::string agent = "icn";
  std::uint32_t threads = 1;
  std::uint32_t peers_max = 100;
  std::uint32_t connections_per_address_max = 5;  // loopback is free of it
  std::uint32_t dial_timeout_ms = 30'000;
  std::uint32_t request_timeout_ms = 10'000;
  std::uint32_t request_bytes_max = 4'194'304;
  std::uint32_t ping_interval_ms = 15'000;
  std::uint32_t gossip_heartbeat_ms = 500;
  std::uint32_t gossip_mesh = 8;
  std::uint32_t gossip_mesh_low = 4;
  std::uint32_t gossip_mesh_high = 12;
  std::uint32_t gossip_lazy = 6;
  std::uint32_t gossip_duplicate_secs = 120;
  std::uint32_t gossip_bytes_max = 1'114'112;  // 1 MiB and what gossipsub puts around it
  std::int32_t score_gossip_min = -10;
  std::int32_t score_publish_min = -50;
  std::int32_t score_graylist_min = -80;
  std::uint32_t kad_bucket = 20;
  std::uint32_t kad_replication = 10;
  std::uint32_t kad_query_timeout_ms = 30'000;
  std::uint32_t kad_record_ttl_secs = 36 * 3600;
  std::uint32_t kad_publish_interval_secs = 300;
  std::uint32_t kad_bootstrap_interval_secs = 300;
  std::uint32_t kad_records_max = 16'384;
  bool mdns = false;
  bool dht = true;
  bool autonat = true;
  bool relay_server = false;
  bool hide_listen = false;
};

struct Libp2pParts {
  const crypto::SecretKey& key;  // the node's own: its peer id follows from it
  const Clock& clock;
  std::shared_ptr<Log> log;
  telemetry::Histogram* ping = nullptr;
};

// rust-libp2p behind native/include/icn_network.h. start() fails with network_failed, which says why.
std::unique_ptr<Transport> make_libp2p_transport(const Libp2pParts& parts, Libp2pOptions options);

// For tests: the network of one that was made here and runs ends as by an error of the library.
void fail_libp2p_transport(Transport& transport);

}  // namespace icn::network
