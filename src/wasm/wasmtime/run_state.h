#pragma once

#include <chrono>
#include <optional>

#include <icn_wasmtime.h>

#include "wasm/outcome.h"
#include "wasm/run_context.h"

namespace icn::wasm {

// What a store carries while it runs; its address is the store's data.
struct RunState {
  RunState(const RunRequest& request, const ModuleLimits& module_limits)
      : context(request),
        limits{request.limits.memory_bytes, module_limits.table_elements_max, 0, false},
        deadline(std::chrono::steady_clock::now() + std::chrono::milliseconds(request.limits.wall_ms)) {}

  RunContext context;
  icn_wasm_limits limits;
  std::chrono::steady_clock::time_point deadline;
  std::optional<wasmtime_memory_t> memory;  // the export "memory", from the first host call on
  std::optional<Trap> trap;                 // why the host ended the run
  std::optional<std::uint32_t> exit_code;
};

}  // namespace icn::wasm
