#pragma once

#include "wasm/host_functions.h"
#include "wasm/run_context.h"
#include "wasm/wasi/files.h"

namespace icn::wasm::wasi {

// What reading from `file` reads; empty for all but inputs.
ByteView contents(RunContext& run, const Descriptor& file);

// Writes a `filestat` (64 bytes) to the guest; all times are the job's start. Answers an error number.
std::int64_t give_stat(HostCall& call, std::uint32_t pointer, const Descriptor& file);

}  // namespace icn::wasm::wasi
