#pragma once

#include <span>
#include <string>
#include <thread>
#include <vector>

#include "bench/members.h"
#include "devnet/transaction_probe.h"

namespace icn::devnet {

struct FinalityResult {
  std::vector<FinalitySample> samples;
  std::size_t failures = 0;
  std::string first_failure;
};

// Sends a transfer from one member to the other about every `pause_ms`, to each node in turn, `count` times
// (0: until `is_over`), each once the last one is everywhere. Blocks.
FinalityResult probe_finality(const World& world, std::span<const bench::Member> members, std::size_t count,
                              std::uint64_t pause_ms, const Control& control,
                              const std::atomic<bool>& is_over);

}  // namespace icn::devnet
