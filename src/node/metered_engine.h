#pragma once

#include <memory>

#include "telemetry/metrics.h"
#include "wasm/engine.h"
#include "wasm/host_functions.h"

// Counts what jobs do: icn_wasm_* and icn_host_calls_total. `metrics` outlives what is answered.
namespace icn::node {

std::unique_ptr<wasm::Engine> metered(std::unique_ptr<wasm::Engine> engine, telemetry::Metrics& metrics);

// The same functions, each call counted by its name.
wasm::HostRegistry metered(const wasm::HostRegistry& functions, telemetry::Metrics& metrics);

}  // namespace icn::node
