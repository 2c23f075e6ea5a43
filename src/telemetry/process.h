#pragma once

#include <vector>

#include "base/clock.h"
#include "telemetry/metrics.h"

namespace icn::telemetry {

// Memory, processor time and age of this process, from /proc. Thread: one at a time.
class ProcessMetrics {
 public:
  explicit ProcessMetrics(const Clock& clock);
  std::vector<Family> read();

 private:
  const Clock& clock_;
  std::uint64_t start_ms_;
  std::uint64_t start_ns_;
  std::uint64_t last_ns_;
  std::uint64_t last_cpu_ns_;
  double cpu_ratio_ = 0;
};

// Resident memory in bytes; 0 when /proc cannot be read.
std::uint64_t resident_memory_bytes();

}  // namespace icn::telemetry
