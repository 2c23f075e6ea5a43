#include "network/libp2p/libp2p_transport.h"

#include <icn_network.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <set>
#include <thread>

#include "network/errors.h"
#include "network/libp2p/lists.h"
#include "network/libp2p/native_config.h"
#include "network/libp2p/native_network.h"
#include "network/libp2p/nearby_peers.h"
#include "network/libp2p/peer_table.h"
#include "network/libp2p/pending.h"

namespace icn::network {
namespace {

constexpr std::uint32_t kTickMs = 200;
constexpr int kFailedPingsMax = 2;
constexpr std::uint64_t kDialAgainMs = 2'000;
constexpr std::uint64_t kDialAgainMaxMs = 60'000;

struct Bootstrap {
  std::string address;
  PeerId peer;
  std::uint64_t next_ms = 0;
  std::uint64_t wait_ms = kDialAgainMs;
};

class Libp2pTransport final : public Transport {
 public:
  Libp2pTransport(const Libp2pParts& parts, Libp2pOptions options)
      : parts_(parts), options_(std::move(options)), local_(peer_id(parts.key.public_key())) {
    for (const std::string& each : options_.bootstrap) bootstrap_.push_back({each, peer_of_address(each)});
  }
  ~Libp2pTransport() override { stop(); }

  Result<void> start() override;
  void stop() override;

  const PeerId& local_peer() const override { return local_; }
  std::vector<std::string> addresses() const override;
  std::vector<Peer> peers() const override { return table_.list(); }
  std::size_t peer_count() const override { return table_.size(); }
  TransportStats stats() const override;
  std::string problem() const override;
  void fail() { native_->send(icn_network_fail); }

  void on_tick(std::function<void()> tick) override { on_tick_ = std::move(tick); }
  void on_peer(std::function<void(const PeerId&, bool)> changed) override { on_peer_ = std::move(changed); }
  void connect(const std::string& address, Done<PeerId> done) override;
  void disconnect(const PeerId& peer) override;
  void set_banned(const PeerId& peer, bool is_banned) override;
  std::optional<std::uint64_t> rtt_us(const PeerId& peer) const override { return table_.rtt_us(peer); }
  void ping(const PeerId& peer, Done<std::uint64_t> done) override;
  void set_score(const PeerId& peer, double score) override;

  void on_message(std::function<Verdict(const Message&)> handle) override { on_message_ = std::move(handle); }
  void subscribe(const std::string& topic) override { set_subscribed(topic, true); }
  void unsubscribe(const std::string& topic) override { set_subscribed(topic, false); }
  void publish(const std::string& topic, Bytes data, Done<void> done) override;

  void serve(Protocol protocol, std::function<void(const PeerId&, Bytes, Respond)> handle) override {
    servers_[static_cast<std::size_t>(protocol)] = std::move(handle);
  }
  void request(Protocol protocol, const PeerId& peer, Bytes data, Done<Bytes> done) override;

  void put_record(Bytes key, Bytes value, Done<void> done) override;
  void get_record(Bytes key, Done<Bytes> done) override;
  void provide(const Cid& cid, Done<void> done) override;
  void stop_providing(const Cid& cid) override;
  void find_providers(const Cid& cid, Done<std::vector<PeerId>> done) override;
  void find_peer(const PeerId& peer, Done<std::vector<PeerAddresses>> done) override;
  void discover(Done<std::vector<PeerAddresses>> done) override { find_peer(local_, std::move(done)); }

  void serve_blocks(std::function<void(const Cid&, Respond)> source) override { blocks_ = std::move(source); }
  void on_bad_block(std::function<void(const PeerId&)> handle) override { on_bad_block_ = std::move(handle); }
  void fetch_block(const Cid& cid, std::uint64_t timeout_ms, Done<Bytes> done) override;

 private:
  std::uint64_t now_ms() const { return parts_.clock.monotonic_ns() / 1'000'000; }
  void set_subscribed(const std::string& topic, bool subscribed);

  // Waits for the answer to the command that `send(network, id)` gives.
  template <typename Send>
  void ask(const ErrorKind& failure, Done<Answer> done, Send&& send, std::uint64_t deadline_ms = 0);
  void query(std::uint32_t kind, ByteView key, ByteView value, const ErrorKind& failure, Done<Answer> done);
  void answered(const icn_network_event& event);

  void run(icn_network* network);
  void tick();
  void handle(const icn_network_event& event);
  void connected(const icn_network_event& event);
  void pinged(const icn_network_event& event);
  void message(const icn_network_event& event);
  void asked(const icn_network_event& event);
  void block_wanted(const icn_network_event& event);
  void failed(const icn_network_event& event);

  const Libp2pParts parts_;
  const Libp2pOptions options_;
  const PeerId local_;
  std::function<void()> on_tick_;
  std::function<void(const PeerId&, bool)> on_peer_;
  std::function<Verdict(const Message&)> on_message_;
  std::array<std::function<void(const PeerId&, Bytes, Respond)>, 2> servers_;
  std::function<void(const Cid&, Respond)> blocks_;
  std::function<void(const PeerId&)> on_bad_block_;

  // Shared with the answers that others still hold when this goes.
  std::shared_ptr<NativeNetwork> native_ = std::make_shared<NativeNetwork>();
  PeerTable table_;
  PendingAnswers pending_;
  std::vector<Bootstrap> bootstrap_;  // event thread
  NearbyPeers nearby_{local_};        // event thread
  std::uint64_t last_second_ms_ = 0;  // event thread

  mutable std::mutex mutex_;
  std::vector<std::string> listening_;
  std::set<std::string> topics_;
  std::string problem_;
  std::string reachability_ = "unknown";
  std::atomic<bool> is_stopping_{false};
  std::thread thread_;
};

Result<void> Libp2pTransport::start() {
  ICN_TRY_ASSIGN(network, start_native(options_, parts_.key));
  native_->open(network);
  for (const std::string& topic : topics_) icn_network_subscribe(network, topic.c_str(), true);
  thread_ = std::thread([this, network = network] { run(network); });
  return {};
}

void Libp2pTransport::stop() {
  if (is_stopping_.exchange(true)) return;
  native_->send([](icn_network* network) {
    icn_network_interrupt(network);
    return true;
  });
  if (thread_.joinable()) thread_.join();
  native_->close();
}

std::vector<std::string> Libp2pTransport::addresses() const {
  std::vector<std::string> out;
  const std::lock_guard lock(mutex_);
  for (const auto* list : {&options_.external, &listening_}) {
    for (const std::string& each : *list) {
      if (options_.hide_listen && list == &listening_ && !is_relayed(each)) continue;
      std::string text = peer_of_address(each).empty() ? each + "/p2p/" + local_.text() : each;
      if (std::ranges::find(out, text) == out.end()) out.push_back(std::move(text));
    }
  }
  return out;
}

TransportStats Libp2pTransport::stats() const {
  icn_network_stats stats{};
  native_->send([&](icn_network* network) {
    icn_network_read_stats(network, &stats);
    return true;
  });
  const std::lock_guard lock(mutex_);
  return {stats.bytes_received, stats.bytes_sent, stats.kad_peers, reachability_};
}

template <typename Send>
void Libp2pTransport::ask(const ErrorKind& failure, Done<Answer> done, Send&& send,
                          std::uint64_t deadline_ms) {
  const std::uint64_t id = pending_.add(failure, done, deadline_ms);
  if (id == 0) return done(Error(kOff));
  if (native_->send([&](icn_network* network) { return send(network, id); })) return;
  if (pending_.take(id)) done(Error(kBusy));
}

void Libp2pTransport::answered(const icn_network_event& event) {
  auto pending = pending_.take(event.id);
  if (!pending) return;
  if (event.number == 0) return pending->done(Error(*pending->failure, event.text));
  Answer answer = std::move(pending->so_far);
  if (event.size > 0) answer.data.assign(event.data, event.data + event.size);
  if (*event.peer != 0) answer.peer = PeerId(event.peer);
  answer.time_us = event.other;
  pending->done(std::move(answer));
}

void Libp2pTransport::connect(const std::string& address, Done<PeerId> done) {
  if (!address.starts_with('/'))
    return done(Error(kBadAddress, "\"" + address.substr(0, 200) + "\" is no multiaddress"));
  const PeerId peer = peer_of_address(address);
  if (!peer.empty() && table_.contains(peer)) return done(peer);
  const auto finished = [this, peer, done](const Result<Answer>& answer) {
    if (answer.ok()) return done(answer->peer);
    // Two sides may dial each other at the same time: what counts is that a connection stands.
    if (!peer.empty() && table_.contains(peer)) return done(peer);
    if (answer.error().is(kBusy)) return done(Error(kBadAddress));
    done(answer.error());
  };
  ask(kUnreachable, finished,
      [&](icn_network* network, std::uint64_t id) { return icn_network_dial(network, id, address.c_str()); });
}

void Libp2pTransport::disconnect(const PeerId& peer) {
  native_->send([&](icn_network* network) { return icn_network_disconnect(network, peer.text().c_str()); });
}

void Libp2pTransport::set_banned(const PeerId& peer, bool is_banned) {
  native_->send(
      [&](icn_network* network) { return icn_network_ban(network, peer.text().c_str(), is_banned); });
}

void Libp2pTransport::ping(const PeerId& peer, Done<std::uint64_t> done) {
  if (!table_.contains(peer)) return done(Error(kPeerNotFound));
  const auto finished = [this, peer, done = std::move(done)](const Result<Answer>& answer) {
    if (!answer.ok()) return done(answer.error());
    table_.measured(peer, answer->time_us);
    if (parts_.ping != nullptr) parts_.ping->observe_ns(answer->time_us * 1000);
    done(answer->time_us);
  };
  ask(kUnreachable, finished, [&](icn_network* network, std::uint64_t id) {
    return icn_network_ping(network, id, peer.text().c_str());
  });
}

void Libp2pTransport::set_score(const PeerId& peer, double score) {
  native_->send([&](icn_network* network) { return icn_network_score(network, peer.text().c_str(), score); });
}

void Libp2pTransport::set_subscribed(const std::string& topic, bool subscribed) {
  {
    const std::lock_guard lock(mutex_);
    if (subscribed)
      topics_.insert(topic);
    else
      topics_.erase(topic);
  }
  native_->send(
      [&](icn_network* network) { return icn_network_subscribe(network, topic.c_str(), subscribed); });
}

void Libp2pTransport::publish(const std::string& topic, Bytes data, Done<void> done) {
  ask(kUnreachable, without_value(std::move(done)), [&](icn_network* network, std::uint64_t id) {
    return icn_network_publish(network, id, topic.c_str(), data.data(), data.size());
  });
}

void Libp2pTransport::request(Protocol protocol, const PeerId& peer, Bytes data, Done<Bytes> done) {
  const auto finished = [done = std::move(done)](Result<Answer> answer) {
    if (!answer.ok()) return done(answer.error());
    done(std::move(answer->data));
  };
  ask(kUnreachable, finished, [&](icn_network* network, std::uint64_t id) {
    return icn_network_request(network, id, static_cast<std::uint32_t>(protocol), peer.text().c_str(),
                               data.data(), data.size());
  });
}

void Libp2pTransport::query(std::uint32_t kind, ByteView key, ByteView value, const ErrorKind& failure,
                            Done<Answer> done) {
  ask(failure, std::move(done), [&](icn_network* network, std::uint64_t id) {
    return icn_network_query(network, id, kind, key.data(), key.size(), value.data(), value.size());
  });
}

void Libp2pTransport::put_record(Bytes key, Bytes value, Done<void> done) {
  query(ICN_NETWORK_PUT_RECORD, key, value, kUnreachable, without_value(std::move(done)));
}

void Libp2pTransport::get_record(Bytes key, Done<Bytes> done) {
  query(ICN_NETWORK_GET_RECORD, key, {}, kRecordNotFound, [done = std::move(done)](Result<Answer> answer) {
    if (!answer.ok()) return done(answer.error());
    done(std::move(answer->data));
  });
}

void Libp2pTransport::provide(const Cid& cid, Done<void> done) {
  query(ICN_NETWORK_PROVIDE, cid.multihash_bytes(), {}, kUnreachable, without_value(std::move(done)));
}

void Libp2pTransport::stop_providing(const Cid& cid) {
  const ByteView key = cid.multihash_bytes();
  native_->send([&](icn_network* network) {
    return icn_network_query(network, 0, ICN_NETWORK_STOP_PROVIDING, key.data(), key.size(), nullptr, 0);
  });
}

void Libp2pTransport::find_providers(const Cid& cid, Done<std::vector<PeerId>> done) {
  query(ICN_NETWORK_FIND_PROVIDERS, cid.multihash_bytes(), {}, kUnreachable,
        [done = std::move(done)](const Result<Answer>& answer) {
          if (!answer.ok()) return done(answer.error());
          // Several peers may have told of the same one.
          const std::set<std::string> distinct(answer->lines.begin(), answer->lines.end());
          done(std::vector<PeerId>(distinct.begin(), distinct.end()));
        });
}

void Libp2pTransport::find_peer(const PeerId& peer, Done<std::vector<PeerAddresses>> done) {
  query(ICN_NETWORK_FIND_PEER, as_bytes(peer.text()), {}, kUnreachable,
        [done = std::move(done)](const Result<Answer>& answer) {
          if (!answer.ok()) return done(answer.error());
          done(peers_of(answer->lines));
        });
}

void Libp2pTransport::fetch_block(const Cid& cid, std::uint64_t timeout_ms, Done<Bytes> done) {
  const auto finished = [done = std::move(done), cid](Result<Answer> answer) {
    if (!answer.ok()) return done(answer.error());
    if (auto verified = cid.verify(answer->data); !verified.ok()) return done(verified.error());
    done(std::move(answer->data));
  };
  const ByteView bytes = cid.bytes();
  ask(
      kBlockNotFound, finished,
      [&](icn_network* network, std::uint64_t id) {
        return icn_network_block_get(network, id, bytes.data(), bytes.size());
      },
      now_ms() + std::max<std::uint64_t>(timeout_ms, 1));
}

void Libp2pTransport::run(icn_network* network) {
  std::uint64_t last_tick_ms = 0;
  while (!is_stopping_) {
    icn_network_event event{};
    if (icn_network_next_event(network, kTickMs, &event)) {
      handle(event);
      icn_network_event_free(&event);
    }
    if (const std::uint64_t now = now_ms(); now - last_tick_ms >= kTickMs) {
      last_tick_ms = now;
      tick();
    }
  }
  for (const Pending& each : pending_.close()) each.done(Error(kOff));
}

void Libp2pTransport::tick() {
  const std::uint64_t now = now_ms();
  for (const std::uint64_t id : pending_.late(now)) {
    native_->send([&](icn_network* network) { return icn_network_block_cancel(network, id); });
    if (auto pending = pending_.take(id)) pending->done(Error(*pending->failure));
  }
  if (on_tick_ && now - last_second_ms_ >= 1'000) {
    last_second_ms_ = now;
    on_tick_();
  }
  for (const std::string& each : nearby_.due(now, [this](const PeerId& id) { return table_.contains(id); }))
    if (table_.size() < options_.peers_max) connect(each, [](const Result<PeerId>&) {});
  for (Bootstrap& each : bootstrap_) {
    if (now < each.next_ms) continue;
    const bool is_here = !each.peer.empty() && table_.contains(each.peer);
    each.wait_ms = is_here ? kDialAgainMs : std::min(each.wait_ms * 2, kDialAgainMaxMs);
    each.next_ms = now + each.wait_ms;
    if (is_here || each.peer == local_) continue;
    connect(each.address, [&each](const Result<PeerId>& peer) {
      if (peer.ok()) each.peer = *peer;
    });
  }
}

void Libp2pTransport::handle(const icn_network_event& event) {
  switch (event.kind) {
    case ICN_NETWORK_LISTENING: {
      const std::lock_guard lock(mutex_);
      listening_.emplace_back(event.text);
      return;
    }
    case ICN_NETWORK_CONNECTED:
      return connected(event);
    case ICN_NETWORK_DISCONNECTED:
      if (table_.disconnected(PeerId(event.peer), event.id) && on_peer_) on_peer_(PeerId(event.peer), false);
      return;
    case ICN_NETWORK_IDENTIFIED:
      return table_.identified(PeerId(event.peer), event.text, lines(as_text({event.data, event.size})));
    case ICN_NETWORK_PINGED:
      return pinged(event);
    case ICN_NETWORK_DISCOVERED:
      return nearby_.found(event.text, now_ms());
    case ICN_NETWORK_MESSAGE:
      return message(event);
    case ICN_NETWORK_REQUEST:
      return asked(event);
    case ICN_NETWORK_BLOCK_WANTED:
      return block_wanted(event);
    case ICN_NETWORK_QUERY_VALUE:
      return pending_.add_data(event.id, {event.data, event.size});
    case ICN_NETWORK_QUERY_PEERS:
      return pending_.add_lines(event.id, lines(as_text({event.data, event.size})));
    case ICN_NETWORK_DIALLED:
    case ICN_NETWORK_PUBLISHED:
    case ICN_NETWORK_RESPONSE:
    case ICN_NETWORK_ROUND_TRIP:
    case ICN_NETWORK_QUERY_DONE:
    case ICN_NETWORK_BLOCK:
      return answered(event);
    case ICN_NETWORK_REACHABLE: {
      parts_.log->info("others see this node as {}", event.text);
      const std::lock_guard lock(mutex_);
      reachability_ = event.text;
      return;
    }
    case ICN_NETWORK_BAD_BLOCK:
      if (on_bad_block_) on_bad_block_(PeerId(event.peer));
      return;
    case ICN_NETWORK_FAILED:
      return failed(event);
    default:
      return;
  }
}

void Libp2pTransport::connected(const icn_network_event& event) {
  const PeerId peer(event.peer);
  const bool is_inbound = event.number == 1;
  const std::string host = host_of_address(event.text);
  const bool is_first = table_.connected(peer, event.id, event.text, is_inbound, parts_.clock.now_ms());
  if (is_inbound && !is_loopback_host(host) &&
      table_.inbound_from(host) > options_.connections_per_address_max) {
    native_->send([&](icn_network* network) { return icn_network_close(network, event.id); });
  }
  if (is_first && on_peer_) on_peer_(peer, true);
}

void Libp2pTransport::pinged(const icn_network_event& event) {
  const PeerId peer(event.peer);
  std::optional<std::uint64_t> rtt_us;
  if (event.number == 1) rtt_us = event.other;
  if (rtt_us && parts_.ping != nullptr) parts_.ping->observe_ns(*rtt_us * 1000);
  if (table_.pinged(peer, rtt_us, event.score) >= kFailedPingsMax) disconnect(peer);
  for (const std::uint64_t number : table_.superseded(peer, parts_.clock.now_ms())) {
    native_->send([&](icn_network* network) { return icn_network_close(network, number); });
  }
}

void Libp2pTransport::message(const icn_network_event& event) {
  Verdict verdict = Verdict::kIgnore;
  if (on_message_)
    verdict = on_message_({PeerId(event.peer), event.text, Bytes(event.data, event.data + event.size)});
  native_->send([&](icn_network* network) {
    return icn_network_verdict(network, event.id, static_cast<std::uint32_t>(verdict));
  });
}

void Libp2pTransport::asked(const icn_network_event& event) {
  const Respond respond = [native = native_, id = event.id](std::optional<Bytes> data) {
    native->send([&](icn_network* network) {
      return icn_network_respond(network, id, data ? data->data() : nullptr, data ? data->size() : 0);
    });
  };
  const auto& server = servers_[event.number == 0 ? 0 : 1];
  if (!server) return respond(std::nullopt);
  server(PeerId(event.peer), Bytes(event.data, event.data + event.size), respond);
}

void Libp2pTransport::block_wanted(const icn_network_event& event) {
  const Respond respond = [native = native_, id = event.id](std::optional<Bytes> data) {
    // An empty block is a block: its address must not look like none.
    static constexpr std::uint8_t kNothing = 0;
    const std::uint8_t* bytes = data && data->empty() ? &kNothing : data ? data->data() : nullptr;
    native->send([&](icn_network* network) {
      return icn_network_block_answer(network, id, bytes, data ? data->size() : 0);
    });
  };
  const auto cid = Cid::from_bytes({event.data, event.size});
  if (!cid.ok() || !blocks_) return respond(std::nullopt);
  blocks_(*cid, respond);
}

// Its connections are gone with it, and nobody answers any more.
void Libp2pTransport::failed(const icn_network_event& event) {
  parts_.log->error("the peer network has ended: {}", event.text);
  {
    const std::lock_guard lock(mutex_);
    problem_ = std::string("the peer network has ended: ") + event.text + "; a restart brings it back";
  }
  for (const Peer& peer : table_.clear()) {
    if (on_peer_) on_peer_(peer.id, false);
  }
  for (const Pending& each : pending_.close()) each.done(Error(kOff));
}

std::string Libp2pTransport::problem() const {
  const std::lock_guard lock(mutex_);
  return problem_;
}

}  // namespace

void fail_libp2p_transport(Transport& transport) { static_cast<Libp2pTransport&>(transport).fail(); }

std::unique_ptr<Transport> make_libp2p_transport(const Libp2pParts& parts, Libp2pOptions options) {
  return std::make_unique<Libp2pTransport>(parts, std::move(options));
}

}  // namespace icn::network
