#pragma once

#include "wasm/host_functions.h"

// The rows of WASI preview 1, by subject. Together they name every function of it, so that any program
// linked against a wasi-libc can be loaded; what a job has no use for answers an error number.
namespace icn::wasm::wasi {

inline void add(HostRegistry& registry, const char* name, const char* signature, HostHandler handler) {
  registry.add({"wasi_snapshot_preview1", name, signature, kHostCallFuel, std::move(handler)});
}

void add_process_functions(HostRegistry& registry);     // arguments, environment, clock, randomness, exit
void add_descriptor_functions(HostRegistry& registry);  // fd_*
void add_path_functions(HostRegistry& registry);        // path_*
void add_refused_functions(HostRegistry& registry);     // what always answers the same

}  // namespace icn::wasm::wasi
