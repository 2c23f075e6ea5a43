#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "codec/cid.h"
#include "network/peer_id.h"

// What the node needs of a peer-to-peer network, and no more. libp2p/ speaks it with the world, sim/ with
// other nodes of one process. Rules (who may say what, how often) stand above it, in gossip.h.
namespace icn::network {

using codec::Cid;

// What becomes of a message: handed on to others, held against who handed it to us, or dropped.
enum class Verdict { kAccept, kReject, kIgnore };

// Requests from peer to peer: "/icn/sync/1", "/icn/mesh/1".
enum class Protocol { kSync, kMesh };

struct Message {
  PeerId from;  // who handed it on, not who wrote it
  std::string topic;
  Bytes data;
};

struct Peer {
  PeerId id;
  std::vector<std::string> addresses;  // the ones it listens on; where it was reached, until it told them
  std::string agent;
  std::vector<std::string> connections;  // the other end of each, oldest first
  bool is_inbound = false;               // it connected to us
  std::optional<std::uint64_t> rtt_us;   // of the last ping, asked for or not
  double gossip_score = 0;               // the transport's own view; falls for what harms the mesh
  std::uint64_t connected_ms = 0;        // since when, Unix milliseconds
};

struct PeerAddresses {
  PeerId id;
  std::vector<std::string> addresses;
};

struct TransportStats {
  std::uint64_t bytes_received = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t dht_peers = 0;           // in the routing table
  std::string reachability = "unknown";  // what others found who dialled back: "public", "private"
};

template <typename T>
using Done = std::function<void(Result<T>)>;
// Answers a request or a question for a block; nothing: refused. Called once, from any thread.
using Respond = std::function<void(std::optional<Bytes>)>;

// Thread: any; every function returns at once. Callbacks run in the order of events on the transport's one
// thread, or at once on the caller's when the answer is known already; they must not block. A `done` runs
// exactly once, with network_off when the transport stops first. What `on_...` and `serve...` take is set
// before start().
class Transport {
 public:
  virtual ~Transport() = default;

  virtual Result<void> start() = 0;
  // Ends all connections. When it returns no callback runs any more.
  virtual void stop() = 0;

  virtual const PeerId& local_peer() const = 0;
  // Multiaddresses others may use, each with this node's peer id.
  virtual std::vector<std::string> addresses() const = 0;
  virtual std::vector<Peer> peers() const = 0;
  virtual std::size_t peer_count() const = 0;
  virtual TransportStats stats() const = 0;
  // Why it has ended by itself; empty: it has not.
  virtual std::string problem() const = 0;

  // Called about every second.
  virtual void on_tick(std::function<void()> tick) = 0;
  virtual void on_peer(std::function<void(const PeerId&, bool is_connected)> changed) = 0;
  // bad_multiaddress, F008, network_busy. Answers at once when the peer is connected already.
  virtual void connect(const std::string& address, Done<PeerId> done) = 0;
  virtual void disconnect(const PeerId& peer) = 0;
  // Disconnects the peer, and neither dials nor accepts it until it is called with false.
  virtual void set_banned(const PeerId& peer, bool is_banned) = 0;
  // Microseconds there and back, of the last ping; none: no connection, or none was measured yet.
  virtual std::optional<std::uint64_t> rtt_us(const PeerId& peer) const = 0;
  // Microseconds there and back, measured now.   peer_not_found, F008: it answered nothing in
  // time
  virtual void ping(const PeerId& peer, Done<std::uint64_t> done) = 0;
  // The application's part of the peer's score: 0 is neutral, below it is worse.
  virtual void set_score(const PeerId& peer, double score) = 0;

  // Messages reach `on_message` once each; its verdict decides whether they are handed on.
  virtual void on_message(std::function<Verdict(const Message&)> handle) = 0;
  virtual void subscribe(const std::string& topic) = 0;
  virtual void unsubscribe(const std::string& topic) = 0;
  // `done` may be empty. F008: nobody is there who wants the topic; network_busy.
  virtual void publish(const std::string& topic, Bytes data, Done<void> done) = 0;

  virtual void serve(Protocol protocol, std::function<void(const PeerId&, Bytes, Respond)> handle) = 0;
  // `data` and the answer are not empty. F008: no connection, no answer in time, or refused.
  virtual void request(Protocol protocol, const PeerId& peer, Bytes data, Done<Bytes> done) = 0;

  // The table of records that all peers keep together. Values come from strangers: check what they say.
  virtual void put_record(Bytes key, Bytes value, Done<void> done) = 0;
  virtual void get_record(Bytes key, Done<Bytes> done) = 0;  // record_not_found
  // Says that this node has the content of `cid`, again and again until stop_providing().
  virtual void provide(const Cid& cid, Done<void> done) = 0;
  virtual void stop_providing(const Cid& cid) = 0;
  virtual void find_providers(const Cid& cid, Done<std::vector<PeerId>> done) = 0;
  virtual void find_peer(const PeerId& peer,
                         Done<std::vector<PeerAddresses>> done) = 0;  // those closest to it
  // Asks for the peers closest to this node.
  virtual void discover(Done<std::vector<PeerAddresses>> done) = 0;

  // Answers peers that ask for a block; `respond` with nothing says this node does not have it.
  virtual void serve_blocks(std::function<void(const Cid&, Respond)> source) = 0;
  // Told of a peer that sent bytes which are not what was asked for.
  virtual void on_bad_block(std::function<void(const PeerId&)> handle) = 0;
  // Bytes that `cid` names, from whichever connected peer has them.   block_not_fetched
  virtual void fetch_block(const Cid& cid, std::uint64_t timeout_ms, Done<Bytes> done) = 0;
};

}  // namespace icn::network
