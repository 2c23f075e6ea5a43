#pragma once

#include "network/api/context.h"

namespace icn::network::api {

// GET /network/local-peer-id
struct GetLocalPeerId {
  struct Input {
    static constexpr auto fields() { return codec::described(); }
  };
  struct Output {
    PeerId peer_id;
    Did did;
    std::vector<std::string> addresses;
    bool enabled = false;
    static constexpr std::string_view schema_name = "LocalPeer";
    static constexpr auto fields() {
      using codec::field;
      return described(field("peer_id", &Output::peer_id), field("did", &Output::did, "of the same key"),
                       field("addresses", &Output::addresses, "multiaddresses others may use"),
                       field("enabled", &Output::enabled, "false: takes no part in the peer network"));
    }
  };
  static constexpr std::string_view summary = "Peer id and addresses of this node";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

// GET /network/stats
struct GetNetworkStats {
  using Input = GetLocalPeerId::Input;
  struct Latency {
    std::optional<double> min_ms, mean_ms, max_ms;
    static constexpr std::string_view schema_name = "PeerLatency";
    static constexpr auto fields() {
      using codec::field;
      return described(field("min_ms", &Latency::min_ms), field("mean_ms", &Latency::mean_ms),
                       field("max_ms", &Latency::max_ms));
    }
  };
  struct Gossip {
    std::uint64_t received = 0;
    std::uint64_t missing = 0;
    std::optional<double> mean_ms, p95_ms;
    static constexpr std::string_view schema_name = "GossipHealth";
    static constexpr auto fields() {
      using codec::field;
      return described(
          field("received", &Gossip::received, "heartbeats of other nodes"),
          field("missing", &Gossip::missing, "that never came, or not yet, though later ones did"),
          field("mean_ms", &Gossip::mean_ms,
                "from sent to received, the newest 1,000, clocks' difference included"),
          field("p95_ms", &Gossip::p95_ms));
    }
  };
  struct Output {
    std::uint64_t peers = 0;
    std::uint64_t kademlia_peers = 0;
    std::uint64_t bytes_sent = 0;
    std::uint64_t bytes_received = 0;
    std::uint64_t messages_sent = 0;
    std::uint64_t messages_received = 0;
    std::uint64_t invalid_messages = 0;
    std::uint64_t banned = 0;
    std::string reachability = "unknown";
    Latency latency;
    Gossip gossip;
    static constexpr std::string_view schema_name = "NetworkStats";
    static constexpr auto fields() {
      using codec::field;
      return described(
          field("peers", &Output::peers, "connected"), field("kademlia_peers", &Output::kademlia_peers),
          field("bytes_sent", &Output::bytes_sent), field("bytes_received", &Output::bytes_received),
          field("messages_sent", &Output::messages_sent, "on topics"),
          field("messages_received", &Output::messages_received),
          field("invalid_messages", &Output::invalid_messages), field("banned", &Output::banned, "peers"),
          field("reachability", &Output::reachability,
                "public: peers that were asked to could dial this node; private: they could not; unknown: "
                "none was asked yet, or it listens on this machine only"),
          field("latency", &Output::latency, "round trips of the last pings"),
          field("gossip", &Output::gossip, "told from heartbeats"));
    }
  };
  static constexpr std::string_view summary = "Traffic and latency of the peer network";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

}  // namespace icn::network::api
