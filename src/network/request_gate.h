#pragma once

#include "network/rate_gate.h"

namespace icn::network {

struct RequestGateOptions {
  std::uint64_t rate = 500;     // requests a second of one peer
  std::uint64_t burst = 2'000;  // of these, at once
};

// How many requests of a peer are read. An honest one may run into the limit now and then; who was refused
// `burst` of them since it was last held against it goes on asking in spite of that. Not for more than one
// thread.
class RequestGate {
 public:
  enum class Outcome { kRead, kRefused, kRefusedTooOften };

  explicit RequestGate(RequestGateOptions options)
      : burst_(options.burst), gate_(options.rate, options.burst) {}

  Outcome ask(const std::string& peer, std::uint64_t now_ms);

 private:
  static constexpr std::size_t kRefusedMax = 10'000;  // peers remembered
  const std::uint64_t burst_;
  RateGate gate_;
  std::unordered_map<std::string, std::uint64_t> refused_;  // by peer
};

}  // namespace icn::network
