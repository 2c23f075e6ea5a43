#pragma once

#include <algorithm>
#include <thread>
#include <vector>

#include "config/settings.h"
#include "http/router.h"

// Numbers of the running node that follow from its settings.
namespace icn::node {

inline std::size_t thread_count(const config::Settings& settings) {
  return settings.http_threads != 0 ? settings.http_threads
                                    : std::max(1u, std::thread::hardware_concurrency());
}

inline std::uint32_t per_minute(const config::Settings& settings, std::uint64_t limit) {
  return settings.profile == config::Profile::kDevelopment ? 0 : static_cast<std::uint32_t>(limit);
}

// Of what is streamed dag.file_bytes_max is the bound.
inline void bound_bodies(std::vector<http::Route>& routes, std::size_t bytes_max) {
  for (http::Route& route : routes) {
    if (!route.open_upload) route.body_bytes_max = std::min(route.body_bytes_max, bytes_max);
  }
}

}  // namespace icn::node
