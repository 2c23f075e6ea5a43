#pragma once

#include <span>

namespace icn::bench {

enum class Against { kPeer, kFixed };
enum class Direction { kAtLeast, kAtMost };

// One row of targets.def; what its columns mean is said there.
struct Target {
  const char* area;
  const char* work;
  const char* unit;
  Against against;
  Direction direction;
  double must;
  double aim;
  const char* limit_name;
  bool is_durable;
  const char* source;
};

enum class TargetId {
#define TARGET(id, ...) id,
#include "bench/targets.def"
#undef TARGET
};

std::span<const Target> targets();
const Target& target(TargetId id);

}  // namespace icn::bench
