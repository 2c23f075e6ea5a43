#pragma once

#include <cstdint>

namespace icn {

// Memory this process may use: of the machine, or of its container where that allows less. Source: Linux,
// Documentation/admin-guide/cgroup-v2.rst (memory.max) and cgroup-v1/memory.rst (memory.limit_in_bytes).
std::uint64_t usable_memory_bytes();

}  // namespace icn
