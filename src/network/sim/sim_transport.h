#pragma once

#include <array>
#include <map>
#include <set>

#include "network/sim/sim_world.h"

namespace icn::network {

// A node of a SimWorld. Messages flood along connections, each seen once a node; records and providers are
// kept by this node and all it is connected to; blocks are asked of all connected peers every second.
class SimTransport final : public Transport {
 public:
  SimTransport(SimWorld& world, PeerId self, std::uint64_t number);
  ~SimTransport() override { stop(); }

  std::uint64_t number() const { return number_; }
  void tick();

  Result<void> start() override;
  void stop() override;
  const PeerId& local_peer() const override { return self_; }
  std::vector<std::string> addresses() const override;
  std::vector<Peer> peers() const override;
  std::size_t peer_count() const override { return peers_.size(); }
  TransportStats stats() const override { return {received_, sent_, peers_.size()}; }
  std::string problem() const override { return {}; }

  void on_tick(std::function<void()> tick) override { on_tick_ = std::move(tick); }
  void on_peer(std::function<void(const PeerId&, bool)> changed) override { on_peer_ = std::move(changed); }
  void connect(const std::string& address, Done<PeerId> done) override;
  void disconnect(const PeerId& peer) override;
  void set_banned(const PeerId& peer, bool is_banned) override;
  std::optional<std::uint64_t> rtt_us(const PeerId& peer) const override;
  void ping(const PeerId& peer, Done<std::uint64_t> done) override;
  void set_score(const PeerId&, double) override {}

  void on_message(std::function<Verdict(const Message&)> handle) override { on_message_ = std::move(handle); }
  void subscribe(const std::string& topic) override { topics_.insert(topic); }
  void unsubscribe(const std::string& topic) override { topics_.erase(topic); }
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
  void discover(Done<std::vector<PeerAddresses>> done) override { find_peer(self_, std::move(done)); }

  void serve_blocks(std::function<void(const Cid&, Respond)> source) override { blocks_ = std::move(source); }
  void on_bad_block(std::function<void(const PeerId&)> handle) override { on_bad_block_ = std::move(handle); }
  void fetch_block(const Cid& cid, std::uint64_t timeout_ms, Done<Bytes> done) override;

 private:
  struct Connection {
    Peer peer;
    std::uint64_t cut_since_ms = 0;  // 0: not cut
  };
  struct Fetch {
    Cid cid;
    Done<Bytes> done;
  };
  // An answer that is waited for; it comes, or the time does.
  struct Wait {
    Done<Bytes> done;
    const ErrorKind* failure;
  };

  void add_peer(const PeerId& peer, bool is_inbound);
  void remove_peer(const PeerId& peer);
  void flood(const std::string& topic, const Bytes& data, std::uint64_t message, const PeerId& except);
  void receive(const PeerId& from, const std::string& topic, const Bytes& data, std::uint64_t message);
  std::uint64_t wait(std::uint64_t timeout_ms, const ErrorKind& failure, Done<Bytes> done);
  void finish(std::uint64_t wait, Result<Bytes> result);
  void answer_request(Protocol protocol, const PeerId& from, Bytes data, std::uint64_t wait);
  void ask_for_block(std::uint64_t fetch);
  void got_block(std::uint64_t fetch, const PeerId& from, const Bytes& bytes);

  SimWorld& world_;
  const PeerId self_;
  const std::uint64_t number_;
  bool is_running_ = false;
  std::function<void()> on_tick_;
  std::function<void(const PeerId&, bool)> on_peer_;
  std::function<Verdict(const Message&)> on_message_;
  std::array<std::function<void(const PeerId&, Bytes, Respond)>, 2> servers_;
  std::function<void(const Cid&, Respond)> blocks_;
  std::function<void(const PeerId&)> on_bad_block_;
  std::map<PeerId, Connection> peers_;
  std::set<PeerId> banned_;
  std::set<std::string> topics_;
  std::set<std::uint64_t> seen_;
  std::map<Bytes, Bytes, BytesLess> records_;
  std::map<Bytes, std::set<PeerId>, BytesLess> providers_;
  std::map<std::uint64_t, Wait> waits_;
  std::map<std::uint64_t, Fetch> fetches_;
  std::uint64_t next_ = 1;
  std::uint64_t received_ = 0;
  std::uint64_t sent_ = 0;
};

}  // namespace icn::network
