#include "node/service_options.h"

#include <algorithm>
#include <thread>

namespace icn::node {

mesh::ServiceOptions service_options(const config::Settings& settings) {
  mesh::ServiceOptions out;
  out.workers = settings.mesh_parallel;
  if (out.workers == 0) out.workers = std::max(1u, std::thread::hardware_concurrency());
  if (!settings.mesh_executor) out.workers = 0;
  out.queue_max = settings.mesh_queue_max;
  out.cpu_quota = settings.mesh_cpu_quota;
  out.bid_window_ms = settings.mesh_bid_window_ms;
  out.gpus = static_cast<std::uint32_t>(settings.mesh_gpus);
  out.capabilities = config::executor_capabilities(settings);
  out.trust_scopes = settings.mesh_trust_scopes;
  if (const auto mb = config::job_memory_mb(settings))
    out.memory_mb = static_cast<std::uint32_t>(std::clamp<std::int64_t>(*mb, 0, UINT32_MAX));
  out.requests = {settings.p2p_requests_rate, settings.p2p_requests_burst};
  return out;
}

}  // namespace icn::node
