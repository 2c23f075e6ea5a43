#include "network/sim/sim_transport.h"

#include "network/errors.h"

namespace icn::network {
namespace {

constexpr std::uint64_t kAskAgainMs = 1'000;
constexpr std::uint64_t kLookupMs = 2'000;  // how long answers of a lookup are gathered

}  // namespace

SimTransport::SimTransport(SimWorld& world, PeerId self, std::uint64_t number)
    : world_(world), self_(std::move(self)), number_(number) {}

Result<void> SimTransport::start() {
  is_running_ = true;
  world_.nodes_[self_] = this;
  return {};
}

void SimTransport::stop() {
  if (!is_running_) return;
  is_running_ = false;
  world_.nodes_.erase(self_);
  for (const auto& [peer, connection] : std::exchange(peers_, {})) {
    if (SimTransport* other = world_.find(peer)) other->remove_peer(self_);
  }
  for (const auto& [id, each] : std::exchange(waits_, {})) each.done(Error(kOff));
  for (const auto& [id, each] : std::exchange(fetches_, {})) each.done(Error(kOff));
}

std::vector<std::string> SimTransport::addresses() const {
  return {"/memory/" + std::to_string(number_) + "/p2p/" + self_.text()};
}

std::vector<Peer> SimTransport::peers() const {
  std::vector<Peer> out;
  for (const auto& [id, connection] : peers_) out.push_back(connection.peer);
  return out;
}

void SimTransport::tick() {
  const std::uint64_t now_ms = world_.clock_.now_ms();
  std::vector<PeerId> dead;
  for (auto& [peer, connection] : peers_) {
    if (world_.can_reach(self_, peer)) {
      connection.cut_since_ms = 0;
    } else if (connection.cut_since_ms == 0) {
      connection.cut_since_ms = now_ms;
    } else if (now_ms - connection.cut_since_ms >= world_.options_.dead_after_ms) {
      dead.push_back(peer);
    }
  }
  for (const PeerId& peer : dead) remove_peer(peer);
  if (on_tick_) on_tick_();
}

void SimTransport::add_peer(const PeerId& peer, bool is_inbound) {
  if (peers_.contains(peer)) return;
  Connection connection;
  connection.peer.id = peer;
  connection.peer.agent = "sim";
  connection.peer.is_inbound = is_inbound;
  connection.peer.connected_ms = world_.clock_.now_ms();
  // As libp2p, which pings at once; the usual round trip, so that nothing random hangs on it.
  connection.peer.rtt_us = 1'000 * (world_.options_.latency_min_ms + world_.options_.latency_max_ms);
  if (const SimTransport* other = world_.find(peer)) connection.peer.addresses = other->addresses();
  peers_.emplace(peer, std::move(connection));
  if (on_peer_) on_peer_(peer, true);
}

void SimTransport::remove_peer(const PeerId& peer) {
  if (peers_.erase(peer) != 0 && on_peer_) on_peer_(peer, false);
}

void SimTransport::connect(const std::string& address, Done<PeerId> done) {
  const PeerId peer = peer_of_address(address);
  if (peer.empty()) return done(Error(kBadAddress));
  if (peers_.contains(peer)) return done(peer);
  if (banned_.contains(peer) || peer == self_) return done(Error(kUnreachable));
  const std::uint64_t id =
      wait(world_.options_.request_timeout_ms, kUnreachable, [done, peer](Result<Bytes> answer) {
        if (!answer.ok()) return done(answer.error());
        done(peer);
      });
  const auto met = [peer, id](SimTransport& caller) {
    caller.add_peer(peer, false);
    caller.finish(id, Bytes());
  };
  world_.send(
      self_, peer, 1,
      [caller = self_, met](SimTransport& called) {
        if (called.banned_.contains(caller)) return;
        called.add_peer(caller, true);
        called.world_.send(called.self_, caller, 1, met, false);
      },
      false);
}

void SimTransport::disconnect(const PeerId& peer) {
  if (SimTransport* other = world_.find(peer)) other->remove_peer(self_);
  remove_peer(peer);
}

void SimTransport::set_banned(const PeerId& peer, bool is_banned) {
  if (!is_banned) {
    banned_.erase(peer);
    return;
  }
  banned_.insert(peer);
  disconnect(peer);
}

std::optional<std::uint64_t> SimTransport::rtt_us(const PeerId& peer) const {
  const auto at = peers_.find(peer);
  return at == peers_.end() ? std::nullopt : at->second.peer.rtt_us;
}

void SimTransport::ping(const PeerId& peer, Done<std::uint64_t> done) {
  if (!is_running_) return done(Error(kOff));
  if (!peers_.contains(peer)) return done(Error(kPeerNotFound));
  const std::uint64_t sent_ms = world_.clock_.now_ms();
  const std::uint64_t id = wait(world_.options_.request_timeout_ms, kUnreachable,
                                [this, peer, sent_ms, done](const Result<Bytes>& answer) {
                                  if (!answer.ok()) return done(answer.error());
                                  const std::uint64_t rtt_us = (world_.clock_.now_ms() - sent_ms) * 1000;
                                  const auto at = peers_.find(peer);
                                  if (at != peers_.end()) at->second.peer.rtt_us = rtt_us;
                                  done(rtt_us);
                                });
  world_.send(self_, peer, 1, [id, asker = self_](SimTransport& receiver) {
    receiver.world_.send(receiver.self_, asker, 1, [id](SimTransport& node) { node.finish(id, Bytes()); });
  });
}

void SimTransport::publish(const std::string& topic, Bytes data, Done<void> done) {
  if (!is_running_) return done ? done(Error(kOff)) : void();
  const std::uint64_t message = world_.random_.next();
  seen_.insert(message);
  flood(topic, data, message, self_);
  if (done) done(peers_.empty() ? Result<void>(Error(kUnreachable)) : Result<void>());
}

void SimTransport::flood(const std::string& topic, const Bytes& data, std::uint64_t message,
                         const PeerId& except) {
  for (const auto& [peer, connection] : peers_) {
    if (peer == except) continue;
    sent_ += data.size();
    world_.send(self_, peer, data.size(), [from = self_, topic, data, message](SimTransport& receiver) {
      receiver.receive(from, topic, data, message);
    });
  }
}

void SimTransport::receive(const PeerId& from, const std::string& topic, const Bytes& data,
                           std::uint64_t message) {
  received_ += data.size();
  if (!peers_.contains(from) || !topics_.contains(topic) || !seen_.insert(message).second) return;
  if (!on_message_ || on_message_({from, topic, data}) == Verdict::kAccept) flood(topic, data, message, from);
}

std::uint64_t SimTransport::wait(std::uint64_t timeout_ms, const ErrorKind& failure, Done<Bytes> done) {
  const std::uint64_t id = next_++;
  waits_.emplace(id, Wait{std::move(done), &failure});
  world_.after(timeout_ms, [&world = world_, self = self_, id] {
    SimTransport* node = world.find(self);
    if (node == nullptr) return;
    const auto at = node->waits_.find(id);
    if (at != node->waits_.end()) node->finish(id, Error(*at->second.failure));
  });
  return id;
}

void SimTransport::finish(std::uint64_t wait, Result<Bytes> result) {
  const auto at = waits_.find(wait);
  if (at == waits_.end()) return;
  const Done<Bytes> done = std::move(at->second.done);
  waits_.erase(at);
  done(std::move(result));
}

void SimTransport::request(Protocol protocol, const PeerId& peer, Bytes data, Done<Bytes> done) {
  if (!is_running_) return done(Error(kOff));
  if (!peers_.contains(peer)) return done(Error(kUnreachable));
  sent_ += data.size();
  const std::uint64_t id = wait(world_.options_.request_timeout_ms, kUnreachable, std::move(done));
  world_.send(self_, peer, data.size(), [protocol, from = self_, data, id](SimTransport& receiver) {
    receiver.answer_request(protocol, from, data, id);
  });
}

void SimTransport::answer_request(Protocol protocol, const PeerId& from, Bytes data, std::uint64_t wait) {
  received_ += data.size();
  const Respond respond = [this, from, wait](std::optional<Bytes> answer) {
    sent_ += answer ? answer->size() : 0;
    world_.send(self_, from, answer ? answer->size() : 0, [wait, answer](SimTransport& asker) {
      if (!answer) return asker.finish(wait, Error(kUnreachable));
      asker.finish(wait, *answer);
    });
  };
  const auto& server = servers_[static_cast<std::size_t>(protocol)];
  if (!server) return respond(std::nullopt);
  server(from, std::move(data), respond);
}

void SimTransport::put_record(Bytes key, Bytes value, Done<void> done) {
  if (!is_running_) return done(Error(kOff));
  records_[key] = value;
  for (const auto& [peer, connection] : peers_) {
    world_.send(self_, peer, value.size(),
                [key, value](SimTransport& receiver) { receiver.records_[key] = value; });
  }
  done(peers_.empty() ? Result<void>(Error(kUnreachable)) : Result<void>());
}

void SimTransport::get_record(Bytes key, Done<Bytes> done) {
  if (!is_running_) return done(Error(kOff));
  if (const auto at = records_.find(key); at != records_.end()) return done(at->second);
  const std::uint64_t id = wait(kLookupMs, kRecordNotFound, std::move(done));
  for (const auto& [peer, connection] : peers_) {
    world_.send(self_, peer, key.size(), [key, id, asker = self_](SimTransport& receiver) {
      const auto at = receiver.records_.find(key);
      if (at == receiver.records_.end()) return;
      receiver.world_.send(receiver.self_, asker, at->second.size(),
                           [id, value = at->second](SimTransport& node) { node.finish(id, value); });
    });
  }
}

void SimTransport::provide(const Cid& cid, Done<void> done) {
  if (!is_running_) return done ? done(Error(kOff)) : void();
  const Bytes key = to_bytes(cid.multihash_bytes());
  providers_[key].insert(self_);
  for (const auto& [peer, connection] : peers_) {
    world_.send(self_, peer, key.size(),
                [key, self = self_](SimTransport& receiver) { receiver.providers_[key].insert(self); });
  }
  if (done) done({});
}

void SimTransport::stop_providing(const Cid& cid) {
  providers_[to_bytes(cid.multihash_bytes())].erase(self_);
}

void SimTransport::find_providers(const Cid& cid, Done<std::vector<PeerId>> done) {
  if (!is_running_) return done(Error(kOff));
  const Bytes key = to_bytes(cid.multihash_bytes());
  const auto found = std::make_shared<std::set<PeerId>>(providers_[key]);
  for (const auto& [peer, connection] : peers_) {
    world_.send(self_, peer, key.size(), [key, found, asker = self_](SimTransport& receiver) {
      receiver.world_.send(receiver.self_, asker, key.size(),
                           [found, more = receiver.providers_[key]](SimTransport&) {
                             found->insert(more.begin(), more.end());
                           });
    });
  }
  wait(kLookupMs, kUnreachable, [found, done](const Result<Bytes>& ended) {
    if (!ended.ok() && ended.error().is(kOff)) return done(ended.error());
    done(std::vector<PeerId>(found->begin(), found->end()));
  });
}

void SimTransport::find_peer(const PeerId& peer, Done<std::vector<PeerAddresses>> done) {
  if (!is_running_) return done(Error(kOff));
  const auto found = std::make_shared<std::map<PeerId, std::vector<std::string>>>();
  for (const auto& [each, connection] : peers_) {
    (*found)[each] = connection.peer.addresses;
    world_.send(self_, each, 1, [found, asker = self_](SimTransport& receiver) {
      std::map<PeerId, std::vector<std::string>> known;
      for (const auto& [id, other] : receiver.peers_) known[id] = other.peer.addresses;
      receiver.world_.send(receiver.self_, asker, known.size(),
                           [found, known](SimTransport&) { found->insert(known.begin(), known.end()); });
    });
  }
  wait(kLookupMs, kUnreachable, [found, peer, self = self_, done](const Result<Bytes>& ended) {
    if (!ended.ok() && ended.error().is(kOff)) return done(ended.error());
    std::vector<PeerAddresses> out;
    for (const auto& [id, addresses] : *found) {
      if (peer == self || peer == id) out.push_back({id, addresses});
    }
    done(std::move(out));
  });
}

void SimTransport::fetch_block(const Cid& cid, std::uint64_t timeout_ms, Done<Bytes> done) {
  if (!is_running_) return done(Error(kOff));
  const std::uint64_t id = next_++;
  fetches_.emplace(id, Fetch{cid, std::move(done)});
  ask_for_block(id);
  world_.after(timeout_ms, [&world = world_, self = self_, id] {
    SimTransport* node = world.find(self);
    if (node == nullptr || !node->fetches_.contains(id)) return;
    const Done<Bytes> late = std::move(node->fetches_.at(id).done);
    node->fetches_.erase(id);
    late(Error(kBlockNotFound));
  });
}

void SimTransport::ask_for_block(std::uint64_t fetch) {
  const auto at = fetches_.find(fetch);
  if (at == fetches_.end()) return;
  for (const auto& [peer, connection] : peers_) {
    world_.send(self_, peer, 1, [cid = at->second.cid, fetch, asker = self_](SimTransport& receiver) {
      if (!receiver.blocks_) return;
      receiver.blocks_(cid, [&receiver, fetch, asker](const std::optional<Bytes>& bytes) {
        if (!bytes) return;
        receiver.world_.send(receiver.self_, asker, bytes->size(),
                             [fetch, from = receiver.self_, bytes = *bytes](SimTransport& node) {
                               node.got_block(fetch, from, bytes);
                             });
      });
    });
  }
  world_.after(kAskAgainMs, [&world = world_, self = self_, fetch] {
    if (SimTransport* node = world.find(self)) node->ask_for_block(fetch);
  });
}

void SimTransport::got_block(std::uint64_t fetch, const PeerId& from, const Bytes& bytes) {
  const auto at = fetches_.find(fetch);
  if (at == fetches_.end()) return;
  if (!at->second.cid.verify(bytes).ok()) {
    if (on_bad_block_) on_bad_block_(from);
    return;
  }
  const Done<Bytes> done = std::move(at->second.done);
  fetches_.erase(at);
  done(bytes);
}

}  // namespace icn::network
