#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "base/bytes.h"
#include "base/result.h"
#include "wasm/engine.h"
#include "wasm/host_functions.h"
#include "wasm/limits.h"

namespace icn::wasm {

struct WasmtimeOptions {
  // Runs at the same time; one more ends as `unavailable`. Costs address space, not memory.
  std::uint32_t instances_max = 64;
  ModuleLimits module_limits;
  std::uint64_t cache_memory_bytes = 256 * kMebibyte;  // compiled modules kept; the oldest used go first

  // Compiled modules on disk; empty: none. The folder is made with mode 0700. Files are machine code, so
  // each carries a BLAKE2b tag under `cache_secret` (32 bytes, known to this node alone).
  std::filesystem::path cache_folder;
  Bytes cache_secret;

  // A program that compiles modules when it is started so (wasmtime/compile_apart.h), for modules of
  // strangers. Empty: this process compiles them, at whatever cost.
  std::string compiler;
};

// An engine over Wasmtime; it keeps `functions` for good. kEngine when the machine refuses the address
// space or the cache folder cannot be made.
Result<std::unique_ptr<Engine>> make_wasmtime_engine(HostRegistry functions, WasmtimeOptions options);

}  // namespace icn::wasm
