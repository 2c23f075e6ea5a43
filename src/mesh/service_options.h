#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "network/request_gate.h"

namespace icn::mesh {

struct ServiceOptions {
  std::size_t workers = 2;        // mesh.parallel; 0: this node runs no jobs
  std::size_t queue_max = 1'000;  // mesh.queue_max: more are refused
  std::uint64_t cpu_quota = 0;    // mesh.cpu_quota, per cent of a core; 0: no limit
  std::uint64_t settle_retry_ms = 250;
  std::uint64_t bid_window_ms = 500;          // mesh.bid_window_ms
  network::RequestGateOptions requests = {};  // p2p.requests.*
  // What its executor has: cores of this machine when 0; capabilities beside what every executor has.
  std::uint32_t cpu_cores = 0;
  std::uint32_t gpus = 0;                       // mesh.gpus
  std::optional<std::uint32_t> memory_mb = {};  // of all jobs at a time; none: no limit
  std::vector<std::string> capabilities = {};   // config::executor_capabilities()
  std::vector<std::string> trust_scopes = {};   // mesh.trust_scopes
};

}  // namespace icn::mesh
