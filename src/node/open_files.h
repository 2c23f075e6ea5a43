#pragma once

#include <cstddef>
#include <cstdint>

#include "base/log.h"

// A process may open so many files and sockets. A store that can open no file takes no more writes, so
// clients must never use them up.
namespace icn::node {

inline constexpr std::uint64_t kOtherFiles = 1'500;  // what stores, peers and an engine open

// Of `wanted` HTTP connections those that leave kOtherFiles, or half of `files_max` where that is more.
std::size_t connections_within(std::uint64_t files_max, std::size_t wanted);

// Raises the limit of this process as far as it may, and answers connections_within() it. Fewer than wanted
// is said in the log.
std::size_t allow_connections(std::size_t wanted, Log& log);

}  // namespace icn::node
