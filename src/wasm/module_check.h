#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "wasm/limits.h"
#include "wasm/module_info.h"

namespace icn::wasm {

// Reads the sections of a module in the binary format, strictly, and holds them against the limits,
// so that a hostile module costs nothing before it is compiled. Bodies of functions, data and constant
// expressions are left to the engine. Linear time; memory bounded by a few times the module's size.
//   kModuleTooLarge, kModuleInvalid, kModuleLimit
// Source: WebAssembly Core 2.0, chapter 5; domain.md 8.
Result<ModuleInfo> check_module(ByteView wasm, const ModuleLimits& limits);

}  // namespace icn::wasm
