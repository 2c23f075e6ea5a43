#include "bench/targets.h"

#include <array>

namespace icn::bench {
namespace {

using enum Against;
using enum Direction;

constexpr std::array kTargets{
#define TARGET(id, ...) Target{__VA_ARGS__},
#include "bench/targets.def"
#undef TARGET
};

}  // namespace

std::span<const Target> targets() { return kTargets; }

const Target& target(TargetId id) { return kTargets[static_cast<std::size_t>(id)]; }

}  // namespace icn::bench
