#include "network/heartbeat.h"

#include <algorithm>

namespace icn::network {

void HeartbeatWatch::observe(const Did& sender, ByteView payload) {
  const auto heartbeat = codec::decode_block<Heartbeat>(payload);
  if (!heartbeat.ok() || heartbeat->number == 0) return;
  const double age_ms = static_cast<double>(clock_.now_ms()) - static_cast<double>(heartbeat->sent_ms);
  const std::lock_guard lock(mutex_);
  const auto found = senders_.find(sender);
  if (found == senders_.end() && senders_.size() >= kSendersMax) return;
  Sender& known = senders_[sender];
  // A straggler of the sender's life before its restart.
  if (heartbeat->started_ms < known.started_ms) return;
  if (heartbeat->started_ms > known.started_ms) {
    if (known.received > 0) missing_earlier_ += known.missing();
    known = {heartbeat->started_ms, heartbeat->number, heartbeat->number, 0};
  }
  // One that was sent before the first that came was not due yet.
  if (heartbeat->number < known.first) return;
  known.last = std::max(known.last, heartbeat->number);
  ++known.received;
  ++received_;
  ages_ms_.push_back(std::max(0.0, age_ms));
  if (ages_ms_.size() > kAgesKept) ages_ms_.pop_front();
}

HeartbeatFigures HeartbeatWatch::figures() const {
  const std::lock_guard lock(mutex_);
  HeartbeatFigures out;
  out.received = received_;
  out.missing = missing_earlier_;
  for (const auto& [did, sender] : senders_) out.missing += sender.missing();
  if (ages_ms_.empty()) return out;
  std::vector<double> ages(ages_ms_.begin(), ages_ms_.end());
  std::ranges::sort(ages);
  double sum = 0;
  for (const double each : ages) sum += each;
  out.mean_ms = sum / static_cast<double>(ages.size());
  out.p95_ms = ages[(ages.size() * 95 + 99) / 100 - 1];
  return out;
}

}  // namespace icn::network
