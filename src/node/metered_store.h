#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "storage/store.h"
#include "telemetry/metrics.h"

namespace icn::node {

// An engine whose stores measure what they do as icn_storage_op_seconds{backend,op}: get (one in 16, which
// are many), scan (until its first row can be asked for), write, write_synced and flush; reads of snapshots
// too. `clock` and `metrics` outlive it.
std::unique_ptr<storage::Engine> metered(std::unique_ptr<storage::Engine> engine, const std::string& backend,
                                         const Clock& clock, telemetry::Metrics& metrics);

}  // namespace icn::node
