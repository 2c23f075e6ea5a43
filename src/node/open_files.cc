#include "node/open_files.h"

#include <sys/resource.h>

#include <algorithm>

namespace icn::node {

std::size_t connections_within(std::uint64_t files_max, std::size_t wanted) {
  const std::uint64_t left = files_max > kOtherFiles ? files_max - kOtherFiles : 0;
  return std::min<std::uint64_t>(wanted, std::max(left, files_max / 2));
}

std::size_t allow_connections(std::size_t wanted, Log& log) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  const rlimit raised{limit.rlim_max, limit.rlim_max};
  if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  const std::size_t allowed = connections_within(limit.rlim_cur, wanted);
  if (allowed < wanted) {
    log.warn(
        "{} open files are allowed: at most {} HTTP connections in place of {} (raise ulimit -n, "
        "LimitNOFILE=)",
        limit.rlim_cur, allowed, wanted);
  }
  return allowed;
}

}  // namespace icn::node
