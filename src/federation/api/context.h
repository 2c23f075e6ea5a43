#pragma once

#include <functional>

#include "base/kept_value.h"
#include "consensus/cometbft/network_genesis.h"
#include "dag/block_store.h"
#include "federation/directory/trust_graph.h"
#include "federation/engine_desk.h"
#include "federation/joining/joiner.h"
#include "federation/validators.h"
#include "http/paging.h"
#include "ledger/api/writer.h"
#include "ledger/ordered_log.h"

namespace icn::federation {

// A block of the engine that a light client may begin at.
struct TrustedBlock {
  std::uint64_t height = 0;
  Bytes hash;
};

// What reads of /federation, /cooperative and /trust work with, on a node and on its gateways.
struct ReadApi {
  const ledger::Ledger& ledger;
  const http::Cursors& cursors;
  const Clock& clock;
  const ledger::OrderedLog& log;
  Did node_did;
  dag::BlockStore& blocks;
  KeptValue<TrustRanks>& trust_ranks;
  // Asks the node's engine, or says why nothing is known of it.
  std::function<void(EngineDesk::Done<consensus::EngineFacts>)> engine_facts;
  std::function<std::vector<std::string>()> known_peers;  // which the engine was told of
  // Looks for a block at other nodes, then calls `done`, whatever came of it.
  std::function<void(const codec::Cid&, Executor&, std::function<void()> done)> fetch;
  // Whether this node was restored from a backup, and signs nothing until confirm_validator() of the engine's
  // newest height, and its next start.
  std::function<bool()> awaits_confirmation;
};

// What all their endpoints work with.
struct Api : ReadApi {
  ledger::Writer& writer;
  Random& random;
  Joiner& joiner;
  EngineDesk& engine;
  std::string own_rpc;  // where this node's engine answers others, "host:port"; empty: nowhere
  std::function<void(const codec::Cid&)> announce = {};  // tells peers that this node has a public block
  // This node's own validator, for an organisation (none: the node itself), with its proof for this network.
  // An error says in one line why this node cannot order a federation's ledger.
  std::function<Result<consensus::ValidatorInfo>(const std::optional<Did>& organization)> own_validator = {};
  // To whoever follows this node's events.
  std::function<void(std::string_view type, const std::string& data)> tell = {};
  // The newest block of the engine; unavailable while there is none.
  std::function<Result<TrustedBlock>()> trusted_block = {};
  // Makes it durable that the node goes on alone, from its next start on, as that network.
  std::function<Result<void>(const std::string& network)> go_alone = {};
  // The genesis file of the federation's engine; not_found while this node is alone.
  std::function<Result<std::string>()> genesis_text = {};
  std::function<std::vector<std::string>()> peer_addresses = {};  // multiaddresses of this node, with /p2p/ID
  std::function<Result<void>(std::uint64_t height)> confirm_validator = {};
};

}  // namespace icn::federation
