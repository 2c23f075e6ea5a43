#include "network/network.h"

#include <algorithm>

#include "codec/records.h"
#include "network/errors.h"

namespace icn::network {

using telemetry::Metric;

Network::Network(NetworkParts parts, NetworkOptions options)
    : options_(std::move(options)),
      clock_(parts.clock),
      log_(std::move(parts.log)),
      peer_id_(network::peer_id(parts.key.public_key())),
      transport_(std::move(parts.transport)),
      bans_(std::move(parts.bans)),
      standing_(clock_, options_.standing,
                [this](const PeerId& peer, bool is_banned) { tell_ban(peer, is_banned); }),
      heartbeats_(clock_),
      started_ms_(clock_.now_ms()) {
  collector_ = parts.metrics.add_collector([this] { return figures(); });
  if (!transport_) return;
  GossipOptions gossip_options = options_.gossip;
  gossip_options.network = options_.network_id;
  gossip_ = std::make_unique<Gossip>(GossipParts{*transport_, standing_, parts.key, clock_, parts.random,
                                                 parts.metrics, std::move(parts.find_key)},
                                     std::move(gossip_options));
  gossip_->watch([this](const Envelope& envelope) {
    if (envelope.payload_type == PayloadType::kHeartbeat)
      heartbeats_.observe(envelope.sender, envelope.payload);
  });
  transport_->on_message([this](const Message& message) { return gossip_->receive(message); });
  transport_->on_tick([this] { tick(); });
  transport_->on_bad_block([this](const PeerId& peer) {
    log_->warn("peer {} sent bytes that are not the block asked for", peer.text());
    transport_->set_score(peer, standing_.strike(peer));
  });
  transport_->on_peer([this](const PeerId& peer, bool is_connected) {
    log_->debug("peer {} {}", peer.text(), is_connected ? "connected" : "disconnected");
    if (!is_connected) return;
    transport_->set_score(peer, standing_.score(peer));
    // It hears of this node at once; others hear no more often than every second.
    next_heartbeat_secs_ = std::min(next_heartbeat_secs_, clock_.monotonic_ns() / 1'000'000'000 + 1);
  });
}

Network::~Network() { stop(); }

void Network::serve_blocks(PublicBlock source) {
  if (!transport_) return;
  transport_->serve_blocks(
      [source = std::move(source)](const Cid& cid, const Respond& respond) { respond(source(cid)); });
}

Result<void> Network::start() {
  if (!transport_) return {};
  for (const auto& [topic, name] : enum_names(Topic{})) {
    if (!gossip_->has_joined(topic)) gossip_->join(topic);
  }
  for (const std::string& topic : options_.topics) gossip_->join_named(topic);
  if (bans_) {
    ICN_TRY_ASSIGN(earlier, bans_->load(clock_.now_secs()));
    for (const Ban& ban : earlier) standing_.restore(ban);
  }
  ICN_TRY(transport_->start());
  for (const Ban& ban : standing_.bans()) transport_->set_banned(ban.peer, true);
  return {};
}

void Network::tell_ban(const PeerId& peer, bool is_banned) {
  if (!transport_) return;
  transport_->set_banned(peer, is_banned);
  log_->info("peer {} {}", peer.text(), is_banned ? "is banned" : "is no longer banned");
  if (!bans_) return;
  if (const auto ban = standing_.ban_of(peer); is_banned && ban)
    bans_->put(*ban);
  else
    bans_->erase(peer);
}

void Network::stop() {
  if (transport_) transport_->stop();
}

std::vector<std::string> Network::addresses() const {
  return transport_ ? transport_->addresses() : std::vector<std::string>();
}

std::vector<Peer> Network::peers() const { return transport_ ? transport_->peers() : std::vector<Peer>(); }

double Network::score(const Peer& peer) const {
  return standing_.score(peer.id) + std::min(0.0, peer.gossip_score);
}

void Network::connect(const std::string& address, Done<PeerId> done) {
  if (!transport_) return done(Error(kOff));
  transport_->connect(address, std::move(done));
}

Result<void> Network::disconnect(const PeerId& peer, std::uint64_t ban_secs) {
  if (!transport_) return Error(kOff);
  ICN_TRY(public_key(peer));
  bool is_known = false;
  for (const Peer& each : transport_->peers()) is_known = is_known || each.id == peer;
  if (!is_known && ban_secs == 0) return Error(kPeerNotFound);
  if (ban_secs > 0)
    standing_.ban(peer, ban_secs, "by the operator");
  else
    transport_->disconnect(peer);
  return {};
}

Result<Ban> Network::ban(const PeerId& peer, std::uint64_t secs, const std::string& reason) {
  if (!transport_) return Error(kOff);
  ICN_TRY(public_key(peer));
  standing_.ban(peer, secs, reason);
  return Ban{peer, clock_.now_secs() + secs, reason};
}

Result<void> Network::lift_ban(const PeerId& peer) {
  if (!transport_) return Error(kOff);
  ICN_TRY(public_key(peer));
  return standing_.lift(peer) ? Result<void>() : Result<void>(Error(kBanNotFound));
}

void Network::ping(const PeerId& peer, Done<std::uint64_t> done) {
  if (!transport_) return done(Error(kOff));
  if (auto key = public_key(peer); !key.ok()) return done(key.error());
  transport_->ping(peer, std::move(done));
}

void Network::discover(const std::optional<PeerId>& peer, Done<std::vector<PeerAddresses>> done) {
  if (!transport_) return done(Error(kOff));
  auto found = [this, done = std::move(done)](Result<std::vector<PeerAddresses>> peers) {
    if (!peers.ok()) return done(peers.error());
    std::erase_if(*peers, [&](const PeerAddresses& each) { return each.id == peer_id_; });
    for (const PeerAddresses& each : *peers) {
      if (peer_count() >= options_.peers_max) break;
      transport_->connect("/p2p/" + each.id.text(), [](const Result<PeerId>&) {});
    }
    done(std::move(*peers));
  };
  if (peer)
    transport_->find_peer(*peer, std::move(found));
  else
    transport_->discover(std::move(found));
}

void Network::provide(const Cid& cid) {
  if (transport_) transport_->provide(cid, {});
}

void Network::meet_providers(const Cid& cid) {
  if (!transport_) return;
  transport_->find_providers(cid, [this](const Result<std::vector<PeerId>>& providers) {
    if (!providers.ok()) return;
    for (const PeerId& each : *providers) {
      if (each != peer_id_) transport_->connect("/p2p/" + each.text(), [](const Result<PeerId>&) {});
    }
  });
}

void Network::fetch_block(const Cid& cid, std::uint64_t timeout_ms, Done<Bytes> done) {
  if (!transport_) return done(Error(kOff));
  transport_->fetch_block(cid, timeout_ms, std::move(done));
}

void Network::tick() {
  standing_.tick();
  const std::uint64_t now = clock_.monotonic_ns() / 1'000'000'000;
  if (peer_count() == 0) {
    next_discovery_secs_ = discovery_pause_secs_ = 0;
    return;
  }
  if (now >= next_heartbeat_secs_) {
    next_heartbeat_secs_ = now + options_.heartbeat_secs;
    const Heartbeat heartbeat{peer_id_,        options_.capabilities,
                              started_ms_,     ++heartbeats_sent_,
                              clock_.now_ms(), executor_ ? executor_() : std::nullopt};
    gossip_->send({PayloadType::kHeartbeat, codec::encode_block(heartbeat), {}, ""});
  }
  if (now >= next_discovery_secs_) {
    // Soon again while the others of a network begin too, then ever more rarely.
    discovery_pause_secs_ =
        std::min(std::max<std::uint64_t>(2 * discovery_pause_secs_, 1), options_.discover_secs);
    next_discovery_secs_ = now + discovery_pause_secs_;
    discover(std::nullopt, [](const Result<std::vector<PeerAddresses>>&) {});
  }
}

std::vector<telemetry::Family> Network::figures() const {
  const TransportStats stats = transport_ ? transport_->stats() : TransportStats{};
  const auto one = [](Metric metric, std::uint64_t value) {
    return telemetry::Family{metric, {{{}, static_cast<double>(value), {}}}};
  };
  return {one(Metric::p2p_peers_connected, peer_count()), one(Metric::p2p_kademlia_peers, stats.dht_peers),
          one(Metric::p2p_bytes_sent, stats.bytes_sent),
          one(Metric::p2p_bytes_received, stats.bytes_received)};
}

}  // namespace icn::network
