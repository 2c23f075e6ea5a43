#pragma once

#include "mesh/market/surroundings.h"

namespace icn::mesh {

// The did:key of a peer, and the peer of a did:key.   bad_peer_id; bad_public_key
Result<Did> did_of(const network::PeerId& peer);
Result<network::PeerId> peer_of(const Did& node);

// Asks another node over "/icn/mesh/1"; when there is no connection, dials it once. `done` comes on the
// market's loop.   F008; bad_envelope: its answer cannot be read
void ask(const MarketSurroundings& around, const Did& node, const MeshRequest& request,
         std::function<void(Result<MeshAnswer>)> done);

}  // namespace icn::mesh
