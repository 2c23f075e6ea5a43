#pragma once

#include <vector>

#include "devnet/control.h"
#include "devnet/job_load.h"
#include "devnet/process_usage.h"
#include "devnet/world.h"

namespace icn::devnet {

// One look at a run. Memory and processor time are those of the nodes with their CometBFT.
struct Moment {
  double at_secs = 0;
  std::size_t jobs_succeeded = 0;  // so far
  std::size_t jobs_failed = 0;
  std::size_t nodes_up = 0;
  double cpu_secs = 0;      // of all nodes since the first moment; what a killed one took is lost
  double own_cpu_secs = 0;  // of the program that measures
  double machine_busy_secs = 0;
  double machine_idle_secs = 0;
  std::vector<std::uint64_t> resident_bytes;  // of each node
};

Moment look_at(const World& world, double at_secs, const JobLoad::State& jobs);

}  // namespace icn::devnet
