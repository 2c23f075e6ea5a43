#pragma once

#include <string>

#include "base/result.h"
#include "wasm/engine.h"
#include "wasm/wasmtime/handles.h"
#include "wasm/wasmtime/wasmtime_engine.h"

namespace icn::wasm {

// A Wasmtime engine with exactly the features of design.md 6. kEngine when the machine refuses it.
Result<EngineHandle> make_engine(const WasmtimeOptions& options);

// The settings a result can depend on are in the identity; machine code depends on more, which is in
// code_settings() and keys the cache.
EngineIdentity engine_identity();
std::string code_settings();

}  // namespace icn::wasm
