#pragma once

#include "wasm/outcome.h"
#include "wasm/wasmtime/handles.h"
#include "wasm/wasmtime/run_state.h"

namespace icn::wasm {

// How a call into Wasmtime failed: at most one of the two is set.
struct CallFailure {
  ErrorHandle error;
  TrapHandle trap;
  explicit operator bool() const { return error != nullptr || trap != nullptr; }
};

// The reason of a failed call: what the host decided (`state.trap`) before what the engine says.
Trap explain(const CallFailure& failure, const RunState& state);

}  // namespace icn::wasm
