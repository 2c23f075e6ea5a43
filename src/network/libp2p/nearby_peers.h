#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "network/peer_id.h"

namespace icn::network {

// Peers that said on the local network where they are (mDNS). Each is dialled until it is connected,
// kTriesMax times: it is told of once in minutes. Two that begin together hear of each other together and
// dial at once, from the ports they listen at; TCP may make one connection of both (RFC 9293, 3.5,
// simultaneous connection), in which each waits for the other's answer. Then the one with the lesser id dials
// again first. Thread: one.
class NearbyPeers {
 public:
  static constexpr std::size_t kPeersMax = 64;
  static constexpr std::uint32_t kTriesMax = 5;
  static constexpr std::uint64_t kFirstAgainMs = 700;
  static constexpr std::uint64_t kSecondAgainMs = 2'000;

  explicit NearbyPeers(PeerId local) : local_(std::move(local)) {}

  // "/ip4/.../p2p/ID"; one without an id is ignored.
  void found(std::string address, std::uint64_t now_ms);
  // What is to be dialled now.
  std::vector<std::string> due(std::uint64_t now_ms, const std::function<bool(const PeerId&)>& is_connected);

 private:
  struct Entry {
    std::string address;
    std::uint64_t next_ms = 0;
    std::uint32_t tries = 0;
  };

  const PeerId local_;
  std::map<PeerId, Entry> entries_;
};

}  // namespace icn::network
