#pragma once

#include <span>
#include <string>
#include <thread>
#include <vector>

#include "bench/members.h"
#include "devnet/control.h"
#include "devnet/world.h"

namespace icn::devnet {

// One transfer, sent to one node and looked for at all.
struct FinalitySample {
  double at_secs = 0;          // when it was sent, since the first of this probe
  double answered_secs = 0;    // until its node said it is final
  double everywhere_secs = 0;  // until every node that is up told it as committed
};

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
