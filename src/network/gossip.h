#pragma once

#include <functional>
#include <map>
#include <memory>
#include <unordered_map>

#include "base/log.h"
#include "network/envelope.h"
#include "network/standing.h"
#include "network/transport.h"
#include "telemetry/metrics.h"

namespace icn::network {

// The topics of a network: "icn/<network>/v1/jobs" and so on.
enum class Topic { kJobs, kBids, kAssignments, kReceipts, kDag, kFederation, kHeartbeat };
constexpr auto enum_names(Topic) {
  using enum Topic;
  using Name = std::pair<Topic, std::string_view>;
  return std::array{Name(kJobs, "jobs"),          Name(kBids, "bids"), Name(kAssignments, "assignments"),
                    Name(kReceipts, "receipts"),  Name(kDag, "dag"),   Name(kFederation, "federation"),
                    Name(kHeartbeat, "heartbeat")};
}
Topic topic_of(PayloadType type);

struct GossipOptions {
  std::string network;
  std::uint64_t rate = 50;  // messages a second of one sender on one topic
  std::uint64_t burst = 100;
  std::uint64_t peer_rate = 5'000;  // messages a second that one peer hands on, all topics together
  std::uint64_t duplicate_secs = 120;
  std::size_t remembered_max = 500'000;  // messages of the last duplicate_secs
};

// The key of a sender that is no did:key; nothing: unknown, its messages are dropped.
using FindKey = std::function<std::optional<crypto::PublicKey>(const Did&)>;

struct GossipParts {
  Transport& transport;
  Standing& standing;
  const crypto::SecretKey& key;
  const Clock& clock;
  Random& random;
  telemetry::Metrics& metrics;
  FindKey find_key;  // may be empty
};

// Signed messages to and from all nodes of the network. A message is checked before it is stored or handed
// on: form, network, topic, time, sender's rate, repetition, signature; then its handler says whether its
// sender had the right to it. Who hands on an invalid one is struck (standing.h); what comes too often or
// again is dropped without harm to anybody.
// Thread: join() before the transport starts; send() any. Handlers run on the transport's thread.
class Gossip {
 public:
  using Handler = std::function<Verdict(const Envelope&)>;

  Gossip(GossipParts parts, GossipOptions options);
  ~Gossip();

  // Takes part in a topic. Without a handler its messages are only checked and handed on.
  void join(Topic topic, Handler handler = {});
  bool has_joined(Topic topic) const { return handlers_.contains(topic_name(topic)); }
  // A further topic by its whole name, whose messages are envelopes like all others.
  void join_named(const std::string& topic);
  // Sees each message that holds all rules but those of its handler, before that. Before the transport
  // starts.
  void watch(std::function<void(const Envelope&)> watch) { watch_ = std::move(watch); }
  // Signs and publishes. `done` may be empty.   message_too_large, F008, network_busy
  void send(Letter letter, Done<void> done = {});

  // What the transport calls.
  Verdict receive(const Message& message);
  std::string topic_name(Topic topic) const;

  std::uint64_t received() const;
  std::uint64_t sent() const;
  std::uint64_t invalid() const;

 private:
  struct Seen;
  Verdict judge(const Message& message);
  bool is_known_sender(const Envelope& envelope, std::optional<crypto::PublicKey>& key) const;

  const GossipParts parts_;
  const GossipOptions options_;
  std::map<std::string, Handler> handlers_;  // by the topic's name
  std::map<std::string, Topic> topics_;
  std::function<void(const Envelope&)> watch_;
  std::unique_ptr<Seen> seen_;  // transport's thread
  std::map<std::string, telemetry::Counter*> received_;
  std::map<std::string, telemetry::Counter*> sent_;
  telemetry::Counter& invalid_;
};

}  // namespace icn::network
