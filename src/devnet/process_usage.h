#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

namespace icn::devnet {

// What a process and its children have taken.
struct ProcessUsage {
  double cpu_secs = 0;               // user and system time so far
  std::uint64_t resident_bytes = 0;  // pages that several processes share count in each
};

// Zero when there is no such process.
ProcessUsage usage_with_children(pid_t pid);

std::vector<pid_t> children_of(pid_t pid);

// Of the processor's time between two readings how much was idle; the machine's, all cores.
struct MachineTime {
  double busy_secs = 0;
  double idle_secs = 0;
};
MachineTime machine_time();

// When the process was started, in ticks since the machine was; tells a process from a later one of the same
// id. 0: there is none.
std::uint64_t start_ticks(pid_t pid);

}  // namespace icn::devnet
