#pragma once

#include "federation/api/context.h"

namespace icn::federation::api {

// An engine that takes part in ordering the ledger, or follows it, as this node knows it.
struct FederationPeer {
  std::string peer;
  std::string node_id;
  std::optional<std::string> name;
  std::optional<Did> organization;
  std::optional<Did> operator_did;
  bool is_validator = false;
  bool is_connected = false;
  std::optional<bool> is_inbound;
  static constexpr std::string_view schema_name = "FederationPeer";
  static constexpr auto fields() {
    using codec::field;
    return described(field("peer", &FederationPeer::peer, "node id@host:port of its engine"),
                     field("node_id", &FederationPeer::node_id, "40 hex digits, of its engine's key"),
                     field("name", &FederationPeer::name, "of its validator, else what it calls itself"),
                     field("organization", &FederationPeer::organization, "of its validator"),
                     field("operator_did", &FederationPeer::operator_did, "of its validator"),
                     field("is_validator", &FederationPeer::is_validator),
                     field("is_connected", &FederationPeer::is_connected, "with this node's engine, now"),
                     field("is_inbound", &FederationPeer::is_inbound, "it dialled; of a connected one"));
  }
};

// The others: validators of the ledger, those the engine was told of, and those it is connected to; each
// once, in order of their node ids.
std::vector<FederationPeer> federation_peers(const ReadApi& api, const std::vector<Validator>& validators,
                                             const consensus::EngineFacts& facts);

// GET /federation/peers
struct ListFederationPeers {
  struct Input {
    static constexpr auto fields() { return codec::described(); }
  };
  using Output = http::Page<FederationPeer>;
  static constexpr std::string_view summary = "Engines of the federation's other nodes";
  static void handle(const ReadApi& api, const http::Call& call, Input input, http::Reply<Output> reply);
};

// POST /federation/peers: the engine dials it from now on, also after a restart. With consensus.rpc_listen
// set the engine takes no such order while it runs and dials it from its next start on.
//   no_federation, bad_peer, peer_exists (also this node itself), federation_peers_max
struct PostFederationPeer {
  struct Input {
    std::string peer;
    static constexpr std::string_view schema_name = "NewFederationPeer";
    static constexpr auto fields() {
      return described(
          codec::field("peer", &Input::peer, "node id@host:port, as the others' node prints it", {1, 300}));
    }
  };
  using Output = FederationPeer;
  static constexpr std::string_view summary = "Tell this node's engine of another one";
  static constexpr int success_status = 201;
  static void handle(const Api& api, const http::Call& call, Input input, http::Reply<Output> reply);
};

// POST /federation/sync: the engine dials whom it knows and is not connected to, and fetches what it lacks.
//   no_federation; E009: no such checkpoint; F002: this node dropped, or never had, blocks from there on
struct PostSync {
  struct Input {
    std::optional<std::uint64_t> from_epoch;
    static constexpr std::string_view schema_name = "SyncRequest";
    static constexpr auto fields() {
      return described(codec::field("from_epoch", &Input::from_epoch,
                                    "checkpoint from which on this node must have every block"));
    }
  };
  struct Output {
    bool started = false;
    std::uint64_t behind = 0;
    static constexpr std::string_view schema_name = "SyncAnswer";
    static constexpr auto fields() {
      using codec::field;
      return described(field("started", &Output::started, "there is something to fetch"),
                       field("behind", &Output::behind, "blocks of the engine"));
    }
  };
  static constexpr std::string_view summary = "Fetch what other nodes have and this one lacks";
  static constexpr bool changes_state = false;
  static void handle(const Api& api, const http::Call& call, Input input, http::Reply<Output> reply);
};

}  // namespace icn::federation::api
