#include "network/peer_id.h"

#include <algorithm>
#include <array>

#include "codec/multibase.h"
#include "network/errors.h"

namespace icn::network {
namespace {

// Identity multihash of 36 bytes; in it the protobuf {Type: Ed25519, Data: 32 bytes}.
constexpr std::array<std::uint8_t, 6> kPrefix{0x00, 0x24, 0x08, 0x01, 0x12, 0x20};

}  // namespace

PeerId peer_id(const crypto::PublicKey& key) {
  Bytes bytes(kPrefix.begin(), kPrefix.end());
  append(bytes, key.view());
  // A multibase text is the base's letter, then the digits; a peer id has only these.
  return PeerId(codec::multibase_encode(codec::Base::kBase58Btc, bytes).substr(1));
}

Result<crypto::PublicKey> public_key(const PeerId& peer) {
  const Error bad(kBadPeerId, "\"" + peer.text().substr(0, 80) + "\" is no peer id of an Ed25519 key");
  const auto decoded = codec::multibase_decode("z" + peer.text());
  if (!decoded.ok()) return bad;
  const Bytes& bytes = decoded->bytes;
  if (bytes.size() != kPrefix.size() + 32 || !std::equal(kPrefix.begin(), kPrefix.end(), bytes.begin()))
    return bad;
  auto key = crypto::PublicKey::from_bytes(ByteView(bytes).subspan(kPrefix.size()));
  if (!key.ok()) return bad;
  return *key;
}

PeerId peer_of_address(std::string_view address) {
  constexpr std::string_view kPart = "/p2p/";
  const std::size_t at = address.rfind(kPart);
  if (at == std::string_view::npos) return {};
  const std::string_view id = address.substr(at + kPart.size());
  return id.find('/') == std::string_view::npos ? PeerId(std::string(id)) : PeerId();
}

}  // namespace icn::network
