#pragma once

#include <map>
#include <string>
#include <vector>

#include "telemetry/metrics.h"

namespace icn::telemetry {

using SamplesByMetric = std::map<Metric, std::vector<Sample>>;

// The samples in the Prometheus text format 0.0.4, one family for each metric. A sample has a value for each
// label of its metric (asserted).
// Source: prometheus.io/docs/instrumenting/exposition_formats, "Text-based format".
std::string exposition(const SamplesByMetric& samples);

}  // namespace icn::telemetry
