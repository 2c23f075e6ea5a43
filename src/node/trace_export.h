#pragma once

#include <memory>

#include "base/log.h"
#include "config/settings.h"
#include "mesh/job_traces.h"
#include "telemetry/tracer.h"

namespace icn::node {

// What traces, when trace.endpoint is set. Outlives the dispatcher and the service of the mesh.
struct Tracing {
  std::unique_ptr<telemetry::Tracer> tracer;
  std::unique_ptr<mesh::JobTraces> jobs;

  // Malformed: as of make_tracer().
  Result<void> open(const config::Settings& settings, const Did& node, const Clock& clock, Random& random,
                    const std::shared_ptr<Log>& log);
  void stop();
};

// The tracer of trace.endpoint; null when that is empty. Spans that the collector does not take are lost: one
// line a minute says so at most. Malformed: the endpoint is no http:// or https:// address without a path.
// The arguments outlive it.
Result<std::unique_ptr<telemetry::Tracer>> make_tracer(const config::Settings& settings, const Did& node,
                                                       const Clock& clock, Random& random,
                                                       const std::shared_ptr<Log>& log);

}  // namespace icn::node
