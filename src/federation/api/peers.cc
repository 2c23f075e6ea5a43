#include "federation/api/peers.h"

#include <algorithm>
#include <map>

#include "base/errors.h"
#include "federation/errors.h"
#include "ledger/checkpoint.h"
#include "ledger/light_proof.h"
#include "ledger/pruning.h"

namespace icn::federation::api {
namespace {

constexpr std::size_t kPeersMax = 256;

std::string node_id_of(const std::string& peer) { return peer.substr(0, peer.find('@')); }

Result<std::vector<Validator>> validators_of(const Api& api) {
  ICN_TRY_ASSIGN(store, api.ledger.store());
  ICN_TRY(load_federation(*store));
  return load_validators(*store);
}

Result<void> check_new_peer(const Api& api, const std::string& peer) {
  ICN_TRY_ASSIGN(validators, validators_of(api));
  if (!consensus::is_engine_address(peer))
    return Error(kBadPeer, "peer: must be 40 lower case hex digits, @, host and port");
  const std::vector<std::string> known = api.known_peers();
  if (std::ranges::find(known, node_id_of(peer), &node_id_of) != known.end())
    return Error(kPeerExists, "the engine was told of " + node_id_of(peer) + " before");
  for (const Validator& each : validators) {
    if (each.operator_did == api.node_did && node_id_of(each.peer) == node_id_of(peer))
      return Error(kPeerExists, node_id_of(peer) + " is this node itself");
  }
  if (known.size() < kPeersMax) return {};
  return Error(kTooManyPeers, "at most " + std::to_string(kPeersMax) + " peers may be");
}

// Whether this node has the bodies of all blocks after checkpoint `epoch`.
Result<void> check_held_from(const Api& api, std::uint64_t epoch) {
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  ICN_TRY_ASSIGN(checkpoint, ledger::kCheckpoints.get(*snapshot, epoch));
  if (!checkpoint)
    return Error(ledger::kCheckpointMissing, "from_epoch: there is no checkpoint " + std::to_string(epoch));
  ICN_TRY_ASSIGN(gone, ledger::pruned_height(*snapshot));
  if (gone <= checkpoint->height) return {};
  return Error(kSyncFailed, "from_epoch: checkpoint " + std::to_string(epoch) + " is block " +
                                std::to_string(checkpoint->height) + "; the oldest here is " +
                                std::to_string(gone + 1) +
                                ". A node that follows from the first block needs a data folder of its own");
}

}  // namespace

std::vector<FederationPeer> federation_peers(const ReadApi& api, const std::vector<Validator>& validators,
                                             const consensus::EngineFacts& facts) {
  std::map<std::string, FederationPeer> by_id;
  const auto entry = [&](const std::string& id, const std::string& peer) -> FederationPeer& {
    FederationPeer& out = by_id[id];
    if (out.peer.empty()) out.peer = peer;
    out.node_id = id;
    return out;
  };
  std::string own = facts.id;
  for (const Validator& each : validators) {
    if (each.operator_did == api.node_did) own = node_id_of(each.peer);
    FederationPeer& peer = entry(node_id_of(each.peer), each.peer);
    peer.name = each.name;
    peer.organization = each.organization;
    peer.operator_did = each.operator_did;
    peer.is_validator = true;
  }
  for (const std::string& each : api.known_peers()) entry(node_id_of(each), each);
  for (const consensus::EnginePeer& each : facts.peers) {
    FederationPeer& peer = entry(each.id, each.id + "@" + each.address);
    if (!peer.name && !each.name.empty()) peer.name = each.name;
    peer.is_connected = true;
    peer.is_inbound = each.is_inbound;
  }
  by_id.erase(own);
  std::vector<FederationPeer> out;
  for (auto& [id, peer] : by_id) out.push_back(std::move(peer));
  return out;
}

void ListFederationPeers::handle(const ReadApi& api, const http::Call&, Input, http::Reply<Output> reply) {
  const auto store = api.ledger.store();
  if (!store.ok()) return reply(store.error());
  auto validators = load_validators(**store);
  if (!validators.ok()) return reply(validators.error());
  api.engine_facts(
      [&api, reply, validators = std::move(*validators)](const Result<consensus::EngineFacts>& facts) {
        Output out;
        out.items = federation_peers(api, validators, facts.ok() ? *facts : consensus::EngineFacts{});
        out.total = out.items.size();
        reply(Result<Output>(std::move(out)));
      });
}

void PostFederationPeer::handle(const Api& api, const http::Call&, Input input, http::Reply<Output> reply) {
  if (auto allowed = check_new_peer(api, input.peer); !allowed.ok()) return reply(allowed.error());
  auto validators = validators_of(api);
  if (!validators.ok()) return reply(validators.error());
  api.engine.add_peer(input.peer, [&api, reply, peer = input.peer, validators = std::move(*validators)](
                                      const Result<consensus::EngineFacts>& facts) {
    if (!facts.ok()) return reply(facts.error());
    const auto peers = federation_peers(api, validators, *facts);
    const auto found = std::ranges::find(peers, node_id_of(peer), &FederationPeer::node_id);
    if (found == peers.end()) return reply(Error(kPeerExists, node_id_of(peer) + " is this node itself"));
    api.tell("NewFederationPeer", codec::write_json(codec::Json::object(
                                      {{"peer", found->peer}, {"is_connected", found->is_connected}})));
    reply(*found);
  });
}

void PostSync::handle(const Api& api, const http::Call&, Input input, http::Reply<Output> reply) {
  if (auto validators = validators_of(api); !validators.ok()) return reply(validators.error());
  if (input.from_epoch) {
    if (auto held = check_held_from(api, *input.from_epoch); !held.ok()) return reply(held.error());
  }
  api.engine.meet_peers([reply](const Result<consensus::EngineFacts>& facts) {
    if (!facts.ok()) return reply(facts.error());
    reply(Output{facts->behind > 0 || facts->is_catching_up, facts->behind});
  });
}

}  // namespace icn::federation::api
