#pragma once

#include "federation/records.h"

namespace icn::federation {

inline constexpr std::size_t kPeerAddressesMax = 16;

// All a node needs to join: the file of `icn federation invite`. Holds no secret but the right of its ticket
// to join once, where the policy asks for one.
struct Invitation {
  Ticket ticket;
  std::string name;                    // of the federation
  codec::HexBytes genesis_hash;        // SHA-256 of the genesis file
  std::vector<std::string> api;        // HTTP interfaces of its nodes, "http://host:port"
  std::vector<std::string> peers;      // engines of its validators, "node id@host:port"
  std::vector<std::string> rpc;        // of engines, for a light client, "host:port"; may be empty
  std::vector<std::string> addresses;  // of its nodes in the peer network, multiaddresses with /p2p/ID
  std::uint64_t trusted_height = 0;    // of the engine; 0: none
  codec::HexBytes trusted_hash;        // of the engine's block there
  TimestampSecs trusted_time = 0;      // when it was the newest one
  static constexpr std::string_view schema_name = "FederationInvitation";
  static constexpr auto fields() {
    using codec::field, codec::defaulted_field;
    return described(
        field("ticket", &Invitation::ticket), field("name", &Invitation::name, "of the federation", {1, 100}),
        field("genesis_hash", &Invitation::genesis_hash, "SHA-256 of the genesis file", {32, 32}),
        field("api", &Invitation::api, "HTTP interfaces of its nodes", {1, 16}),
        field("peers", &Invitation::peers, "node id@host:port of its engines", {1, 100}),
        defaulted_field("rpc", &Invitation::rpc, "of engines, host:port, for a light client", {0, 16}),
        defaulted_field("addresses", &Invitation::addresses,
                        "multiaddresses with /p2p/ID where its nodes are reached as peers, to run jobs and "
                        "exchange blocks",
                        {0, kPeerAddressesMax}),
        defaulted_field("trusted_height", &Invitation::trusted_height, "of the engine"),
        defaulted_field("trusted_hash", &Invitation::trusted_hash, "of the engine's block there", {0, 32}),
        defaulted_field("trusted_time", &Invitation::trusted_time, "when it was the newest, Unix seconds"));
  }
};

// Of a node's own multiaddresses those that an invitation names: none that leads back to whoever dials it,
// unless every one of `api` does so too (all nodes are on one machine).
std::vector<std::string> told_addresses(const std::vector<std::string>& own,
                                        const std::vector<std::string>& api);

// That each address of peers names the peer it leads to.   malformed
Result<void> check_addresses(const Invitation& invitation);

}  // namespace icn::federation
