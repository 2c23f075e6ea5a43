#include "network/gossip.h"

#include <deque>
#include <unordered_set>

#include "crypto/key_text.h"
#include "network/errors.h"
#include "network/rate_gate.h"

namespace icn::network {
namespace {

using telemetry::Metric;

constexpr std::string_view kOtherTopic = "other";

}  // namespace

// What has been seen lately.
struct Gossip::Seen {
  Seen(const GossipOptions& options)
      : senders(options.rate, options.burst), peers(options.peer_rate, 2 * options.peer_rate) {}

  void forget_before(std::uint64_t time_ms) {
    while (!order.empty() && order.front().first < time_ms) {
      names.erase(order.front().second);
      order.pop_front();
    }
  }
  void remember(std::string name, std::uint64_t now_ms) {
    if (names.insert(name).second) order.emplace_back(now_ms, std::move(name));
  }

  RateGate senders;
  RateGate peers;
  std::unordered_set<std::string> names;  // ids, and nonces with their sender
  std::deque<std::pair<std::uint64_t, std::string>> order;
};

Topic topic_of(PayloadType type) {
  switch (type) {
    case PayloadType::kJobAnnouncement:
    case PayloadType::kJobCancel:
      return Topic::kJobs;
    case PayloadType::kBidSubmission:
      return Topic::kBids;
    case PayloadType::kJobAssignment:
      return Topic::kAssignments;
    case PayloadType::kReceiptAnnouncement:
      return Topic::kReceipts;
    case PayloadType::kDagBlockAnnouncement:
      return Topic::kDag;
    case PayloadType::kFederationAnnouncement:
      return Topic::kFederation;
    case PayloadType::kHeartbeat:
      break;
  }
  return Topic::kHeartbeat;
}

Gossip::Gossip(GossipParts parts, GossipOptions options)
    : parts_(std::move(parts)),
      options_(std::move(options)),
      seen_(std::make_unique<Seen>(options_)),
      invalid_(parts_.metrics.counter(Metric::p2p_invalid_messages)) {
  for (const auto& [topic, name] : enum_names(Topic{})) {
    topics_.emplace(topic_name(topic), topic);
    received_.emplace(topic_name(topic), &parts_.metrics.counter(Metric::p2p_messages_received, {name}));
    sent_.emplace(topic_name(topic), &parts_.metrics.counter(Metric::p2p_messages_sent, {name}));
  }
}

Gossip::~Gossip() = default;

std::string Gossip::topic_name(Topic topic) const {
  return "icn/" + options_.network + "/v1/" + std::string(codec::enum_name(topic));
}

void Gossip::join(Topic topic, Handler handler) {
  handlers_[topic_name(topic)] = std::move(handler);
  parts_.transport.subscribe(topic_name(topic));
}

void Gossip::join_named(const std::string& topic) {
  handlers_.try_emplace(topic);
  received_.try_emplace(topic, &parts_.metrics.counter(Metric::p2p_messages_received, {kOtherTopic}));
  parts_.transport.subscribe(topic);
}

void Gossip::send(Letter letter, Done<void> done) {
  const std::string topic = topic_name(topic_of(letter.payload_type));
  auto sealed = seal_envelope(std::move(letter), options_.network, parts_.key, parts_.clock, parts_.random);
  if (!sealed.ok()) {
    if (done) done(sealed.error());
    return;
  }
  sent_.at(topic)->add();
  parts_.transport.publish(topic, std::move(*sealed), std::move(done));
}

Verdict Gossip::receive(const Message& message) {
  const auto counter = received_.find(message.topic);
  if (counter != received_.end()) counter->second->add();
  const Verdict verdict = judge(message);
  if (verdict == Verdict::kReject) {
    invalid_.add();
    parts_.transport.set_score(message.from, parts_.standing.strike(message.from));
  }
  return verdict;
}

Verdict Gossip::judge(const Message& message) {
  const std::uint64_t now_ms = parts_.clock.now_ms();
  if (parts_.standing.is_muted(message.from)) return Verdict::kIgnore;
  if (!seen_->peers.allow(message.from.text(), now_ms)) return Verdict::kIgnore;
  const auto handler = handlers_.find(message.topic);
  if (handler == handlers_.end()) return Verdict::kIgnore;

  const auto envelope = open_envelope(message.data);
  if (!envelope.ok() || envelope->network != options_.network) return Verdict::kReject;
  const auto topic = topics_.find(message.topic);
  if (topic != topics_.end() && topic->second != topic_of(envelope->payload_type)) return Verdict::kReject;
  const std::uint64_t now = now_ms / 1000;
  if (envelope->timestamp + kSkewMaxSecs < now || envelope->timestamp > now + kSkewMaxSecs)
    return Verdict::kIgnore;  // an honest peer may be late, or hand on what was good when it came

  seen_->forget_before(now_ms - std::min(now_ms, options_.duplicate_secs * 1000));
  if (seen_->names.contains(envelope->id)) return Verdict::kIgnore;
  if (seen_->names.size() + 2 > options_.remembered_max) return Verdict::kIgnore;

  std::optional<crypto::PublicKey> key;
  if (!is_known_sender(*envelope, key)) return Verdict::kIgnore;
  if (!key || !is_signed_by(*envelope, *key)) return Verdict::kReject;
  const std::string nonce = envelope->sender.text() + " " + hex_encode(envelope->nonce);
  if (seen_->names.contains(nonce)) return Verdict::kReject;  // other content under the same nonce
  // Counted once the signature holds: nobody can use up another's share.
  if (!seen_->senders.allow(envelope->sender.text() + " " + message.topic, now_ms)) return Verdict::kIgnore;
  seen_->remember(envelope->id, now_ms);
  seen_->remember(nonce, now_ms);
  if (watch_) watch_(*envelope);
  return handler->second ? handler->second(*envelope) : Verdict::kAccept;
}

// False: a sender this node does not know yet, which is no fault of who handed the message on.
bool Gossip::is_known_sender(const Envelope& envelope, std::optional<crypto::PublicKey>& key) const {
  if (envelope.sender.text().starts_with("did:key:")) {
    const auto read = crypto::read_did_key(envelope.sender.text());
    if (read.ok()) key = *read;
    return true;
  }
  if (parts_.find_key) key = parts_.find_key(envelope.sender);
  return key.has_value();
}

std::uint64_t Gossip::received() const {
  std::uint64_t sum = 0;
  for (const auto& [topic, counter] : received_) sum += counter->value();
  return sum;
}

std::uint64_t Gossip::sent() const {
  std::uint64_t sum = 0;
  for (const auto& [topic, counter] : sent_) sum += counter->value();
  return sum;
}

std::uint64_t Gossip::invalid() const { return invalid_.value(); }

}  // namespace icn::network
