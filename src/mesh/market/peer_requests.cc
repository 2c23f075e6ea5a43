#include "mesh/market/peer_requests.h"

#include "crypto/key_text.h"
#include "network/errors.h"
#include "network/peer_id.h"

namespace icn::mesh {
namespace {

using Answered = std::function<void(Result<MeshAnswer>)>;

void send(const MarketSurroundings& around, const network::PeerId& peer, Bytes bytes, bool may_dial,
          Answered done) {
  around.transport.request(network::Protocol::kMesh, peer, bytes,
                           [&around, peer, bytes, may_dial, done = std::move(done)](Result<Bytes> answer) {
                             if (!answer.ok() && may_dial) {
                               return around.transport.connect(
                                   "/p2p/" + peer.text(),
                                   [&around, peer, bytes, done](const Result<network::PeerId>& connected) {
                                     if (connected.ok()) return send(around, peer, bytes, false, done);
                                     around.loop.post([done, error = connected.error()] { done(error); });
                                   });
                             }
                             around.loop.post([done, answer = std::move(answer)] {
                               if (!answer.ok()) return done(answer.error());
                               done(codec::decode_block<MeshAnswer>(*answer));
                             });
                           });
}

}  // namespace

Result<Did> did_of(const network::PeerId& peer) {
  ICN_TRY_ASSIGN(key, network::public_key(peer));
  return Did(crypto::did_key(key));
}

Result<network::PeerId> peer_of(const Did& node) {
  ICN_TRY_ASSIGN(key, crypto::read_did_key(node.text()));
  return network::peer_id(key);
}

void ask(const MarketSurroundings& around, const Did& node, const MeshRequest& request, Answered done) {
  const auto peer = peer_of(node);
  if (!peer.ok()) return around.loop.post([done, error = peer.error()] { done(error); });
  send(around, *peer, codec::encode_block(request), true, std::move(done));
}

}  // namespace icn::mesh
