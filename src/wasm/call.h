#pragma once

#include <string>
#include <vector>

#include "wasm/engine.h"

namespace icn::wasm {

// Calls one exported function with typed values on a fresh instance under the limits of a job that asks
// for nothing. The errors of Engine::load and Engine::run.
Result<RunOutcome> call_function(Engine& engine, ByteView wasm, std::string function,
                                 std::vector<Value> values);

}  // namespace icn::wasm
