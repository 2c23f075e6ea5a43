#pragma once

#include <cstdint>

#include "base/result.h"
#include "wasm/engine.h"
#include "wasm/host_functions.h"
#include "wasm/limits.h"
#include "wasm/wasmtime/handles.h"

namespace icn::wasm {

// A module compiled and linked: an instance of it costs microseconds.
class WasmtimeModule final : public Module {
 public:
  WasmtimeModule(ModuleInfo info, RawModuleHandle raw, PreHandle pre)
      : info_(std::move(info)), raw_(std::move(raw)), pre_(std::move(pre)) {}

  const ModuleInfo& info() const override { return info_; }
  const wasmtime_instance_pre_t* pre() const { return pre_.get(); }

 private:
  ModuleInfo info_;
  RawModuleHandle raw_;
  PreHandle pre_;
};

// Defines `function` in `linker`; it must outlive all that is linked.
Result<void> link_host_function(wasmtime_linker_t* linker, const HostFunction& function);

// One run on a fresh instance in a fresh store. The caller sees to it that epochs pass meanwhile.
Result<RunOutcome> run_module(wasm_engine_t* engine, const WasmtimeModule& module, const RunRequest& request,
                              const ModuleLimits& module_limits);

}  // namespace icn::wasm
