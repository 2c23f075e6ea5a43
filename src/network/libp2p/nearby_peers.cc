#include "network/libp2p/nearby_peers.h"

namespace icn::network {

void NearbyPeers::found(std::string address, std::uint64_t now_ms) {
  const PeerId peer = peer_of_address(address);
  if (peer.empty() || peer == local_) return;
  if (entries_.size() >= kPeersMax && !entries_.contains(peer)) return;
  entries_[peer] = {std::move(address), now_ms};
}

std::vector<std::string> NearbyPeers::due(std::uint64_t now_ms,
                                          const std::function<bool(const PeerId&)>& is_connected) {
  std::vector<std::string> out;
  std::erase_if(entries_, [&](const auto& each) {
    return now_ms >= each.second.next_ms && (each.second.tries == kTriesMax || is_connected(each.first));
  });
  for (auto& [peer, entry] : entries_) {
    if (now_ms < entry.next_ms) continue;
    ++entry.tries;
    entry.next_ms = now_ms + (local_ < peer ? kFirstAgainMs : kSecondAgainMs);
    out.push_back(entry.address);
  }
  return out;
}

}  // namespace icn::network
