#include <algorithm>
#include <exception>

#include "wasm/errors.h"
#include "wasm/wasmtime/run.h"
#include "wasm/wasmtime/run_state.h"

namespace icn::wasm {
namespace {

constexpr std::string_view kMemoryName = "memory";

std::span<std::uint8_t> guest_memory(RunState& state, wasmtime_caller_t* caller,
                                     wasmtime_context_t* context) {
  if (!state.memory) {
    wasmtime_extern_t item;
    if (!wasmtime_caller_export_get(caller, kMemoryName.data(), kMemoryName.size(), &item)) return {};
    if (item.kind != WASMTIME_EXTERN_MEMORY) {
      wasmtime_extern_delete(&item);
      return {};
    }
    state.memory = item.of.memory;
  }
  return {wasmtime_memory_data(context, &*state.memory), wasmtime_memory_data_size(context, &*state.memory)};
}

// Slots are 16 bytes each, little-endian, so the low 8 hold any number.
std::uint64_t read_slot(const wasmtime_val_raw_t& slot, char type) {
  if (type == 'i' || type == 'f') return static_cast<std::uint32_t>(slot.i32);
  return static_cast<std::uint64_t>(slot.i64);
}

void set_fuel(wasmtime_context_t* context, std::uint64_t fuel) {
  ErrorHandle(wasmtime_context_set_fuel(context, fuel));
}

wasm_trap_t* ending(std::string_view message) { return wasmtime_trap_new(message.data(), message.size()); }

std::int64_t handle(const HostFunction& function, HostCall& call) {
  if (!call.charge(function.cost_fuel)) return 0;
  try {
    return function.handler(call);
  } catch (const std::exception& failure) {  // out of memory, above all; must not unwind into the engine
    call.stop(TrapCode::kUnavailable, std::string("a host function failed: ") + failure.what());
    return 0;
  }
}

wasm_trap_t* on_host_call(void* env, wasmtime_caller_t* caller, wasmtime_val_raw_t* slots, std::size_t) {
  const auto& function = *static_cast<const HostFunction*>(env);
  wasmtime_context_t* context = wasmtime_caller_context(caller);
  RunState& state = *static_cast<RunState*>(wasmtime_context_get_data(context));
  std::uint64_t fuel = 0;
  ErrorHandle(wasmtime_context_get_fuel(context, &fuel));
  HostCall call(state.context, guest_memory(state, caller, context), fuel);
  const std::string& signature = function.signature;
  std::size_t at = 0;
  for (; signature[at] != ':'; ++at) call.params[at] = read_slot(slots[at], signature[at]);
  const std::int64_t answer = handle(function, call);
  set_fuel(context, call.fuel());
  if (call.stopped()) {
    if (state.trap || state.exit_code) return ending("the run has ended");
    state.trap = call.trap();
    state.exit_code = call.exit_code();
    return ending(state.trap ? state.trap->message : "exit");
  }
  if (at + 1 < signature.size()) {
    if (signature[at + 1] == 'i') {
      slots[0].i32 = static_cast<std::int32_t>(answer);
    } else {
      slots[0].i64 = answer;
    }
  }
  return nullptr;
}

void fill_types(wasm_valtype_vec_t* out, const std::vector<ValueType>& types) {
  static constexpr wasm_valkind_t kKinds[] = {WASM_I32, WASM_I64, WASM_F32, WASM_F64};
  wasm_valtype_vec_new_uninitialized(out, types.size());
  for (std::size_t i = 0; i < types.size(); ++i) {
    out->data[i] = wasm_valtype_new(kKinds[static_cast<std::size_t>(types[i])]);
  }
}

}  // namespace

Result<void> link_host_function(wasmtime_linker_t* linker, const HostFunction& function) {
  const FunctionType type = function.type();
  wasm_valtype_vec_t params;
  wasm_valtype_vec_t results;
  fill_types(&params, type.params);
  fill_types(&results, type.results);
  const FunctionTypeHandle raw_type(wasm_functype_new(&params, &results));
  const ErrorHandle error(wasmtime_linker_define_func_unchecked(
      linker, function.module.data(), function.module.size(), function.name.data(), function.name.size(),
      raw_type.get(), on_host_call, const_cast<HostFunction*>(&function), nullptr));
  if (error) return Error(errors::kEngine, message_of(error.get()));
  return {};
}

}  // namespace icn::wasm
