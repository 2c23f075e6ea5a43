#pragma once

#include <string_view>

#include "base/ids.h"
#include "crypto/ed25519.h"

namespace icn::network {

// A libp2p peer id in base58: the identity multihash of its Ed25519 public key ("12D3KooW...").
// Source: libp2p specification, peer-ids.
using PeerId = TextId<struct PeerIdTag>;

PeerId peer_id(const crypto::PublicKey& key);
// bad_peer_id: other text, or the id of another kind of key.
Result<crypto::PublicKey> public_key(const PeerId& peer);

// The peer id at the end of a multiaddress ("/ip4/../tcp/../p2p/ID"); empty when it names none.
PeerId peer_of_address(std::string_view address);

}  // namespace icn::network
