#include "network/request_gate.h"

namespace icn::network {

RequestGate::Outcome RequestGate::ask(const std::string& peer, std::uint64_t now_ms) {
  if (gate_.allow(peer, now_ms)) return Outcome::kRead;
  if (refused_.size() >= kRefusedMax) refused_.clear();
  if (++refused_[peer] < burst_) return Outcome::kRefused;
  refused_.erase(peer);
  return Outcome::kRefusedTooOften;
}

}  // namespace icn::network
