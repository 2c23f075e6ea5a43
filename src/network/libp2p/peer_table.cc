#include "network/libp2p/peer_table.h"

namespace icn::network {

std::string host_of_address(std::string_view address) {
  const std::size_t first = address.find('/', 1);
  return std::string(
      address.substr(0, first == std::string_view::npos ? first : address.find('/', first + 1)));
}

bool is_loopback_host(std::string_view host) { return host.starts_with("/ip4/127.") || host == "/ip6/::1"; }

bool is_relayed(std::string_view address) {
  return address.find("/p2p-circuit") != std::string_view::npos || address.starts_with("/p2p/");
}

bool PeerTable::connected(const PeerId& peer, std::uint64_t connection, const std::string& address,
                          bool is_inbound, std::uint64_t now_ms) {
  const std::lock_guard lock(mutex_);
  const auto [at, is_first] = entries_.try_emplace(peer);
  Entry& entry = at->second;
  entry.connections[connection] = {address, is_inbound, now_ms};
  if (!is_first) return false;
  entry.peer.id = peer;
  entry.peer.addresses = {address};
  entry.peer.is_inbound = is_inbound;
  entry.peer.connected_ms = now_ms;
  return true;
}

std::vector<std::uint64_t> PeerTable::superseded(const PeerId& peer, std::uint64_t now_ms) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::uint64_t> relayed;
  const auto at = entries_.find(peer);
  if (at == entries_.end()) return relayed;
  bool is_reached_directly = false;
  for (const auto& [number, each] : at->second.connections) {
    if (is_relayed(each.address)) {
      relayed.push_back(number);
    } else if (now_ms >= each.since_ms + kHandOverMs) {
      is_reached_directly = true;
    }
  }
  if (!is_reached_directly) relayed.clear();
  return relayed;
}

bool PeerTable::disconnected(const PeerId& peer, std::uint64_t connection) {
  const std::lock_guard lock(mutex_);
  const auto at = entries_.find(peer);
  if (at == entries_.end()) return false;
  at->second.connections.erase(connection);
  if (!at->second.connections.empty()) return false;
  entries_.erase(at);
  return true;
}

void PeerTable::identified(const PeerId& peer, std::string agent, std::vector<std::string> addresses) {
  const std::lock_guard lock(mutex_);
  const auto at = entries_.find(peer);
  if (at == entries_.end()) return;
  at->second.peer.agent = std::move(agent);
  if (!addresses.empty()) at->second.peer.addresses = std::move(addresses);
}

int PeerTable::pinged(const PeerId& peer, std::optional<std::uint64_t> rtt_us, double score) {
  const std::lock_guard lock(mutex_);
  const auto at = entries_.find(peer);
  if (at == entries_.end()) return 0;
  Entry& entry = at->second;
  entry.peer.gossip_score = score;
  if (rtt_us) entry.peer.rtt_us = rtt_us;
  entry.failed_pings = rtt_us ? 0 : entry.failed_pings + 1;
  return entry.failed_pings;
}

void PeerTable::measured(const PeerId& peer, std::uint64_t rtt_us) {
  const std::lock_guard lock(mutex_);
  const auto at = entries_.find(peer);
  if (at != entries_.end()) at->second.peer.rtt_us = rtt_us;
}

std::optional<std::uint64_t> PeerTable::rtt_us(const PeerId& peer) const {
  const std::lock_guard lock(mutex_);
  const auto at = entries_.find(peer);
  return at == entries_.end() ? std::nullopt : at->second.peer.rtt_us;
}

std::vector<Peer> PeerTable::clear() {
  std::vector<Peer> out = list();
  const std::lock_guard lock(mutex_);
  entries_.clear();
  return out;
}

bool PeerTable::contains(const PeerId& peer) const {
  const std::lock_guard lock(mutex_);
  return entries_.contains(peer);
}

std::size_t PeerTable::size() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

std::vector<Peer> PeerTable::list() const {
  const std::lock_guard lock(mutex_);
  std::vector<Peer> out;
  for (const auto& [id, entry] : entries_) {
    out.push_back(entry.peer);
    for (const auto& [number, each] : entry.connections) out.back().connections.push_back(each.address);
  }
  return out;
}

std::size_t PeerTable::inbound_from(std::string_view host) const {
  const std::lock_guard lock(mutex_);
  std::size_t count = 0;
  for (const auto& [id, entry] : entries_) {
    for (const auto& [number, each] : entry.connections) {
      count += each.is_inbound && host_of_address(each.address) == host ? 1 : 0;
    }
  }
  return count;
}

}  // namespace icn::network
