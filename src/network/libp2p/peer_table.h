#pragma once

#include <map>
#include <mutex>

#include "network/transport.h"

namespace icn::network {

// Gossipsub says once, over the first connection, which topics a node reads: what is on its way there must
// arrive before that connection goes, or the peer never sends it any.
inline constexpr std::uint64_t kHandOverMs = 5'000;

// The peers a transport is connected to, each by one or more connections. Thread: any.
class PeerTable {
 public:
  // True: the first connection to this peer.
  bool connected(const PeerId& peer, std::uint64_t connection, const std::string& address, bool is_inbound,
                 std::uint64_t now_ms);
  // Relayed connections to a peer that has had a direct one for kHandOverMs: it needs them no more.
  std::vector<std::uint64_t> superseded(const PeerId& peer, std::uint64_t now_ms) const;
  // True: the last one went.
  bool disconnected(const PeerId& peer, std::uint64_t connection);
  void identified(const PeerId& peer, std::string agent, std::vector<std::string> addresses);
  // Answers how many pings in a row have failed.
  int pinged(const PeerId& peer, std::optional<std::uint64_t> rtt_us, double score);

  // A round trip that was asked for.
  void measured(const PeerId& peer, std::uint64_t rtt_us);

  // All are gone at once: those that were there.
  std::vector<Peer> clear();

  bool contains(const PeerId& peer) const;
  std::optional<std::uint64_t> rtt_us(const PeerId& peer) const;
  std::size_t size() const;
  std::vector<Peer> list() const;
  // Inbound connections from the address of a host, as "/ip4/10.0.0.7".
  std::size_t inbound_from(std::string_view host) const;

 private:
  struct Connection {
    std::string address;  // of the other end
    bool is_inbound = false;
    std::uint64_t since_ms = 0;
  };
  struct Entry {
    Peer peer;
    std::map<std::uint64_t, Connection> connections;  // by their numbers, which grow
    int failed_pings = 0;
  };
  mutable std::mutex mutex_;
  std::map<PeerId, Entry> entries_;
};

// "/ip4/10.0.0.7" of "/ip4/10.0.0.7/tcp/4001/...".
std::string host_of_address(std::string_view address);
bool is_loopback_host(std::string_view host);
// A connection through a third peer: "/ip4/.../p2p/<relay>/p2p-circuit/p2p/<peer>" from the side
// that dialled, "/p2p/<peer>" from the other.
bool is_relayed(std::string_view address);

}  // namespace icn::network
