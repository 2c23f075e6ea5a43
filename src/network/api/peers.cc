#include "network/api/peers.h"

#include "crypto/key_text.h"
#include "network/errors.h"

namespace icn::network::api {

Result<ListPeers::Output> ListPeers::handle(const Api& api, const http::Call&, const Input&) {
  Output output;
  for (Peer& peer : api.network.peers()) {
    Item item;
    item.score = api.network.score(peer);
    if (const auto key = public_key(peer.id); key.ok()) item.did = crypto::did_key(*key);
    if (peer.rtt_us) item.rtt_ms = static_cast<double>(*peer.rtt_us) / 1000;
    item.direction = peer.is_inbound ? "inbound" : "outbound";
    item.connected_at = peer.connected_ms / 1000;
    item.peer_id = std::move(peer.id);
    item.addresses = std::move(peer.addresses);
    item.connections = std::move(peer.connections);
    item.agent = std::move(peer.agent);
    output.items.push_back(std::move(item));
  }
  output.total = output.items.size();
  return output;
}

void ConnectPeer::handle(const Api& api, const http::Call&, Input input, http::Reply<Output> reply) {
  api.network.connect(input.address, [reply](const Result<PeerId>& peer) {
    if (!peer.ok()) return reply(peer.error());
    reply(Output{true, *peer});
  });
}

Result<DisconnectPeer::Output> DisconnectPeer::handle(const Api& api, const http::Call&, const Input& input) {
  ICN_TRY(api.network.disconnect(input.id, input.ban_secs));
  return Output{true, input.id};
}

void PingPeer::handle(const Api& api, const http::Call&, Input input, http::Reply<Output> reply) {
  api.network.ping(input.id, [&api, id = input.id, reply](const Result<std::uint64_t>& rtt_us) {
    if (!rtt_us.ok()) return reply(rtt_us.error());
    Output output;
    output.peer_id = id;
    output.rtt_ms = static_cast<double>(*rtt_us) / 1000;
    api.ledgers.ask(id, [output, reply](const Result<LedgerComparisonResult>& compared) mutable {
      if (compared.ok()) {
        output.ledger = compared->relation;
        output.height = compared->peer_height;
      }
      reply(std::move(output));
    });
  });
}

void DiscoverPeers::handle(const Api& api, const http::Call&, Input input, http::Reply<Output> reply) {
  if (input.peer_id) {
    if (const auto key = public_key(*input.peer_id); !key.ok()) return reply(key.error());
  }
  api.network.discover(input.peer_id, [reply](const Result<std::vector<PeerAddresses>>& peers) {
    if (!peers.ok()) return reply(peers.error());
    Output output;
    for (const PeerAddresses& each : *peers) output.found.push_back({each.id, each.addresses});
    reply(output);
  });
}

}  // namespace icn::network::api
