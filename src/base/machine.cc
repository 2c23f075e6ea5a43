#include "base/machine.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>

namespace icn {

std::uint64_t usable_memory_bytes() {
  std::uint64_t out = static_cast<std::uint64_t>(std::max(::sysconf(_SC_PHYS_PAGES), 1L)) *
                      static_cast<std::uint64_t>(std::max(::sysconf(_SC_PAGESIZE), 1L));
  // A process in a group of its own, as in a container, sees that group here.
  for (const char* const file :
       {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    std::uint64_t limit = 0;
    if (std::ifstream(file) >> limit && limit > 0) out = std::min(out, limit);  // "max" is no number
  }
  return out;
}

}  // namespace icn
