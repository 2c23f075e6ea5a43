#pragma once

#include <cstdint>
#include <string>

#include "devnet/control.h"
#include "devnet/world.h"

namespace icn::devnet {

// Whether the nodes tell one history.
struct HistoryCheck {
  std::uint64_t height = 0;   // the highest that all have
  std::size_t nodes = 0;      // whose block there is that of the first node
  std::string first_failure;  // why another did not count
};
HistoryCheck check_history(const World& world);

// Until every node is ready and none is behind the height the first one had at the call: seconds since then.
// unavailable: not within `timeout_ms`.
Result<double> wait_until_recovered(const World& world, std::uint64_t timeout_ms, const Control& control);

std::uint64_t height_of(const World& world, std::size_t node);  // 0: it does not say

}  // namespace icn::devnet
