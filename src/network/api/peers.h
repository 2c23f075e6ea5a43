#pragma once

#include "network/api/context.h"

namespace icn::network::api {

// GET /network/peers: those connected now.
struct ListPeers {
  struct Input {
    static constexpr auto fields() { return codec::described(); }
  };
  struct Item {
    PeerId peer_id;
    Did did;
    std::vector<std::string> addresses;
    std::vector<std::string> connections;
    std::optional<double> rtt_ms;
    double score = 0;
    std::string direction;
    std::string agent;
    TimestampSecs connected_at = 0;
    static constexpr std::string_view schema_name = "Peer";
    static constexpr auto fields() {
      using codec::field;
      return described(field("peer_id", &Item::peer_id), field("did", &Item::did, "of the same key"),
                       field("addresses", &Item::addresses, "multiaddresses it listens on"),
                       field("connections", &Item::connections,
                             "the other end of each connection: /tcp/ or /quic-v1; /p2p-circuit, or "
                             "/p2p/ alone, goes through a relay"),
                       field("rtt_ms", &Item::rtt_ms, "of the last ping; absent: none yet"),
                       field("score", &Item::score, "0 is neutral, below it is worse"),
                       field("direction", &Item::direction, "inbound or outbound"),
                       field("agent", &Item::agent), field("connected_at", &Item::connected_at));
    }
  };
  using Output = http::Page<Item>;
  static constexpr std::string_view summary = "Peers this node is connected to";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

// POST /network/peers   bad_multiaddress, F008, network_off
struct ConnectPeer {
  struct Input {
    std::string address;
    static constexpr std::string_view schema_name = "PeerAddress";
    static constexpr auto fields() {
      return described(codec::field("address", &Input::address,
                                    "multiaddress, as /ip4/10.0.0.7/tcp/4001/p2p/12D3KooW...", {1, 512}));
    }
  };
  struct Output {
    bool connected = false;
    PeerId peer_id;
    static constexpr std::string_view schema_name = "ConnectedPeer";
    static constexpr auto fields() {
      return described(codec::field("connected", &Output::connected),
                       codec::field("peer_id", &Output::peer_id));
    }
  };
  static constexpr std::string_view summary = "Connect to a peer";
  static void handle(const Api& api, const http::Call& call, Input input, http::Reply<Output> reply);
};

// DELETE /network/peers/{id}   bad_peer_id, peer_not_found, network_off
struct DisconnectPeer {
  struct Input {
    PeerId id;
    std::uint64_t ban_secs = 0;
    static constexpr auto fields() {
      return described(codec::field("id", &Input::id),
                       codec::defaulted_field("ban_secs", &Input::ban_secs,
                                              "keep it out for so long, default 0", {0, 31'536'000}));
    }
  };
  struct Output {
    bool closed = false;
    PeerId peer_id;
    static constexpr std::string_view schema_name = "ClosedPeer";
    static constexpr auto fields() {
      return described(codec::field("closed", &Output::closed), codec::field("peer_id", &Output::peer_id));
    }
  };
  static constexpr std::string_view summary = "Disconnect a peer, and keep it out for a while if asked";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

// POST /network/peers/{id}/ping: one round trip now, and how the peer's ledger stands to this node's. What is
// no node of this network answers the first alone.   bad_peer_id, peer_not_found, F008,
// network_off
struct PingPeer {
  struct Input {
    PeerId id;
    static constexpr auto fields() { return described(codec::field("id", &Input::id)); }
  };
  struct Output {
    PeerId peer_id;
    double rtt_ms = 0;
    std::optional<LedgerRelation> ledger;
    std::optional<std::uint64_t> height;
    static constexpr std::string_view schema_name = "PeerRoundTrip";
    static constexpr auto fields() {
      return described(codec::field("peer_id", &Output::peer_id),
                       codec::field("rtt_ms", &Output::rtt_ms, "there and back, measured now"),
                       codec::field("ledger", &Output::ledger, "this node's beside the peer's"),
                       codec::field("height", &Output::height, "of the peer's newest block"));
    }
  };
  static constexpr std::string_view summary =
      "Measure the round trip to a connected peer, and compare its ledger with this node's";
  static constexpr bool changes_state = false;
  static void handle(const Api& api, const http::Call& call, Input input, http::Reply<Output> reply);
};

// POST /network/discover   bad_peer_id, F008, network_off
struct DiscoverPeers {
  struct Input {
    std::optional<PeerId> peer_id;
    static constexpr std::string_view schema_name = "PeerSearch";
    static constexpr auto fields() {
      return described(codec::field("peer_id", &Input::peer_id, "look for this one; absent: near this node"));
    }
  };
  struct Found {
    PeerId peer_id;
    std::vector<std::string> addresses;
    static constexpr std::string_view schema_name = "FoundPeer";
    static constexpr auto fields() {
      return described(codec::field("peer_id", &Found::peer_id),
                       codec::field("addresses", &Found::addresses));
    }
  };
  struct Output {
    std::vector<Found> found;
    static constexpr std::string_view schema_name = "FoundPeers";
    static constexpr auto fields() {
      return described(codec::field("found", &Output::found, "closest first"));
    }
  };
  static constexpr std::string_view summary = "Look for peers and connect to those found";
  static constexpr bool changes_state = false;
  static void handle(const Api& api, const http::Call& call, Input input, http::Reply<Output> reply);
};

}  // namespace icn::network::api
