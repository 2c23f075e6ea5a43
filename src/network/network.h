#pragma once

#include <atomic>
#include <memory>

#include "network/ban_store.h"
#include "network/gossip.h"
#include "network/heartbeat.h"

namespace icn::network {

struct NetworkOptions {
  std::string network_id;
  std::vector<std::string> topics;        // further ones, by their whole names
  std::vector<std::string> capabilities;  // told in heartbeats, as "CclWasm"
  std::uint64_t heartbeat_secs = 15;
  std::uint64_t discover_secs = 30;
  std::uint64_t peers_max = 100;
  StandingOptions standing;
  GossipOptions gossip;
};

struct NetworkParts {
  std::unique_ptr<Transport> transport;  // null: this node takes no part
  const crypto::SecretKey& key;
  const Clock& clock;
  Random& random;
  std::shared_ptr<Log> log;
  telemetry::Metrics& metrics;
  FindKey find_key;
  std::unique_ptr<BanStore> bans = nullptr;  // null: bans end with this process
};

// A public block of this node, or nothing.
using PublicBlock = std::function<std::optional<Bytes>(const Cid&)>;

// A node's part in the peer network: the transport with the rules around it. Without a transport it has a
// peer id and no peers, and every call that needs the network fails with network_off.
// Thread: any, but for what is set before start().
class Network {
 public:
  Network(NetworkParts parts, NetworkOptions options);
  ~Network();

  // Before start().
  void serve_blocks(PublicBlock source);
  void tell_executor(std::function<std::optional<ExecutorOffer>()> offer) { executor_ = std::move(offer); }
  Gossip* gossip() { return gossip_.get(); }           // null: off
  Transport* transport() { return transport_.get(); }  // null: off

  Result<void> start();
  void stop();

  bool is_on() const { return transport_ != nullptr; }
  // Why it has ended by itself; empty: it has not.
  std::string problem() const { return transport_ ? transport_->problem() : std::string(); }
  const PeerId& peer_id() const { return peer_id_; }
  std::vector<std::string> addresses() const;
  std::size_t peer_count() const { return transport_ ? transport_->peer_count() : 0; }
  std::vector<Peer> peers() const;
  // The standing's score and the transport's together; below 0 is bad.
  double score(const Peer& peer) const;
  Standing& standing() { return standing_; }
  HeartbeatFigures heartbeats() const { return heartbeats_.figures(); }

  void connect(const std::string& address, Done<PeerId> done);
  // Closes the connection and, for `ban_secs` above 0, keeps the peer out.   peer_not_found
  Result<void> disconnect(const PeerId& peer, std::uint64_t ban_secs);
  // Keeps a peer out, connected or not.   bad_peer_id
  Result<Ban> ban(const PeerId& peer, std::uint64_t secs, const std::string& reason);
  // Ends a ban before its time.   bad_peer_id, ban_not_found
  Result<void> lift_ban(const PeerId& peer);
  // Microseconds there and back, measured now.   bad_peer_id, peer_not_found, F008
  void ping(const PeerId& peer, Done<std::uint64_t> done);
  // Looks for peers near this node (or near `peer`) and connects to those it finds.
  void discover(const std::optional<PeerId>& peer, Done<std::vector<PeerAddresses>> done);
  // Tells the network that this node has a public block. Nothing happens without a transport.
  void provide(const Cid& cid);
  // Looks for peers that say they have `cid`, and connects to them.
  void meet_providers(const Cid& cid);
  // From connected peers.   block_not_fetched
  void fetch_block(const Cid& cid, std::uint64_t timeout_ms, Done<Bytes> done);

 private:
  void tick();
  void tell_ban(const PeerId& peer, bool is_banned);
  std::vector<telemetry::Family> figures() const;

  const NetworkOptions options_;
  const Clock& clock_;
  const std::shared_ptr<Log> log_;
  const PeerId peer_id_;
  std::unique_ptr<Transport> transport_;
  std::unique_ptr<BanStore> bans_;
  Standing standing_;
  std::unique_ptr<Gossip> gossip_;
  HeartbeatWatch heartbeats_;
  const std::uint64_t started_ms_;
  std::uint64_t heartbeats_sent_ = 0;  // transport's thread
  std::function<std::optional<ExecutorOffer>()> executor_;
  telemetry::Metrics::Handle collector_;
  std::uint64_t next_discovery_secs_ = 0;  // transport's thread, as the next
  std::uint64_t discovery_pause_secs_ = 0;
  std::uint64_t next_heartbeat_secs_ = 0;
};

}  // namespace icn::network
