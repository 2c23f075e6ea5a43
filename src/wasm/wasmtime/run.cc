#include "wasm/wasmtime/run.h"

#include <time.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include <fmt/format.h>

#include "wasm/errors.h"
#include "wasm/wasmtime/run_state.h"
#include "wasm/wasmtime/traps.h"

namespace icn::wasm {
namespace {

constexpr std::string_view kCommandEntry = "_start";
constexpr std::string_view kInitializer = "_initialize";

struct Entry {
  const Export* function = nullptr;
  const FunctionType* type = nullptr;
  std::vector<Value> arguments;
};

Result<const Export*> find_entry(const ModuleInfo& info, const std::string& name) {
  if (!name.empty()) {
    if (const Export* found = info.find_function(name)) return found;
    return Error(errors::kUnknownFunction, fmt::format("the module exports no function \"{}\"", name));
  }
  for (const std::string_view candidate :
       {kCommandEntry, std::string_view("run"), std::string_view("main")}) {
    if (const Export* found = info.find_function(candidate)) return found;
  }
  return Error(errors::kUnknownFunction, "the module exports none of _start, run and main");
}

Result<Entry> resolve(const ModuleInfo& info, const RunRequest& request) {
  ICN_TRY_ASSIGN(function, find_entry(info, request.function));
  Entry entry{function, &info.types[function->type], request.values};
  const auto& params = entry.type->params;
  if (entry.arguments.empty() && !params.empty() && request.args.size() == params.size()) {
    for (std::size_t i = 0; i < params.size(); ++i) {
      ICN_TRY_ASSIGN(value, value_from_text(params[i], request.args[i]));
      entry.arguments.push_back(value);
    }
  }
  const bool fits = std::ranges::equal(entry.arguments, params, {}, &Value::type);
  if (!fits) {
    return Error(errors::kArguments, fmt::format("the arguments do not fit {}{}", function->name,
                                                 function_type_text(*entry.type)));
  }
  for (const Value& value : entry.arguments) {
    const bool reference = value.type == ValueType::kFuncref || value.type == ValueType::kExternref;
    if (reference && value.low != 0)
      return Error(errors::kArguments, "a reference argument can only be null");
  }
  return entry;
}

Result<void> check_inputs(const RunRequest& request) {
  for (std::size_t i = 1; i < request.inputs.size(); ++i) {
    const std::string& name = request.inputs[i].name;
    if (name.empty() || name == "." || name == ".." || name.find('/') != std::string::npos) {
      return Error(errors::kArguments, fmt::format("\"{}\" cannot be the name of an input", name));
    }
  }
  return {};
}

// Called at each tick: the only place where a running loop can be stopped.
wasmtime_error_t* on_tick(wasmtime_context_t*, void* data, std::uint64_t* delta,
                          wasmtime_update_deadline_kind_t* kind) {
  RunState& state = *static_cast<RunState*>(data);
  const RunRequest& request = state.context.request();
  if (request.cancel != nullptr && request.cancel->is_cancelled()) {
    state.trap = Trap{TrapCode::kCancelled, "cancelled", {}};
  } else if (std::chrono::steady_clock::now() >= state.deadline) {
    state.trap = Trap{TrapCode::kTimeout, fmt::format("ran longer than {} ms", request.limits.wall_ms), {}};
  } else {
    *delta = 1;
    *kind = WASMTIME_UPDATE_DEADLINE_CONTINUE;
    return nullptr;
  }
  return wasmtime_error_new("stopped");
}

class Runner {
 public:
  Runner(wasm_engine_t* engine, const WasmtimeModule& module, const RunRequest& request,
         const ModuleLimits& module_limits)
      : module_(module),
        state_(request, module_limits),
        store_(wasmtime_store_new(engine, &state_, nullptr)),
        context_(wasmtime_store_context(store_.get())) {
    icn_wasmtime_store_limits(store_.get(), &state_.limits);
    ErrorHandle(wasmtime_context_set_fuel(context_, request.limits.fuel));
    wasmtime_store_epoch_deadline_callback(store_.get(), on_tick, &state_, nullptr);
    wasmtime_context_set_epoch_deadline(context_, 1);
  }

  void run(const Entry& entry, RunOutcome& outcome) {
    CallFailure failure = call_all(entry, outcome.values);
    finish(failure, outcome);
    state_.context.hand_over(outcome);
  }

 private:
  CallFailure call_all(const Entry& entry, std::vector<Value>& results) {
    wasmtime_instance_t instance;
    CallFailure failure;
    wasm_trap_t* trap = nullptr;
    failure.error.reset(wasmtime_instance_pre_instantiate(module_.pre(), context_, &instance, &trap));
    failure.trap.reset(trap);
    if (failure) return failure;
    if (entry.function->name != kCommandEntry) {
      const Export* initializer = module_.info().find_function(kInitializer);
      if (initializer != nullptr && initializer != entry.function) {
        std::vector<Value> none;
        failure = call(instance, {initializer, &module_.info().types[initializer->type], {}}, none);
        if (failure) return failure;
      }
    }
    return call(instance, entry, results);
  }

  CallFailure call(const wasmtime_instance_t& instance, const Entry& entry, std::vector<Value>& results) {
    CallFailure failure;
    if (entry.arguments.size() != entry.type->params.size()) {
      failure.error.reset(wasmtime_error_new("_initialize takes arguments"));
      return failure;
    }
    wasmtime_extern_t item;
    const std::string& name = entry.function->name;
    if (!wasmtime_instance_export_get(context_, &instance, name.data(), name.size(), &item)) {
      failure.error.reset(wasmtime_error_new("an exported function is missing"));
      return failure;
    }
    std::vector<wasmtime_val_raw_t> slots(std::max(entry.arguments.size(), entry.type->results.size()));
    for (std::size_t i = 0; i < entry.arguments.size(); ++i) put(slots[i], entry.arguments[i]);
    wasm_trap_t* trap = nullptr;
    failure.error.reset(
        wasmtime_func_call_unchecked(context_, &item.of.func, slots.data(), slots.size(), &trap));
    failure.trap.reset(trap);
    if (failure) return failure;
    for (std::size_t i = 0; i < entry.type->results.size(); ++i) {
      results.push_back(take(slots[i], entry.type->results[i]));
    }
    return failure;
  }

  static void put(wasmtime_val_raw_t& slot, const Value& value) {
    std::memset(&slot, 0, sizeof(slot));
    std::memcpy(&slot, &value.low, 8);
    if (value.type == ValueType::kV128) std::memcpy(slot.v128 + 8, &value.high, 8);
  }

  static Value take(const wasmtime_val_raw_t& slot, ValueType type) {
    Value value{type, 0, 0};
    switch (type) {
      case ValueType::kI32:
      case ValueType::kF32:
        value.low = static_cast<std::uint32_t>(slot.i32);
        break;
      case ValueType::kI64:
      case ValueType::kF64:
        value.low = static_cast<std::uint64_t>(slot.i64);
        break;
      case ValueType::kV128:
        std::memcpy(&value.low, slot.v128, 8);
        std::memcpy(&value.high, slot.v128 + 8, 8);
        break;
      case ValueType::kFuncref:
        value.low = slot.funcref != nullptr ? 1 : 0;
        break;
      case ValueType::kExternref:
        value.low = slot.externref != 0 ? 1 : 0;
        break;
    }
    return value;
  }

  void finish(const CallFailure& failure, RunOutcome& outcome) {
    const std::uint64_t fuel_limit = state_.context.request().limits.fuel;
    std::uint64_t fuel_left = 0;
    ErrorHandle(wasmtime_context_get_fuel(context_, &fuel_left));
    outcome.fuel_used = fuel_limit - std::min(fuel_left, fuel_limit);
    outcome.memory_peak_bytes = state_.limits.memory_peak_bytes;
    if (!failure) return;
    outcome.values.clear();
    if (state_.exit_code) {
      outcome.exit_code = *state_.exit_code;
      outcome.end = outcome.exit_code == 0 ? End::kSuccess : End::kExit;
      return;
    }
    outcome.end = End::kTrap;
    outcome.trap = explain(failure, state_);
    if (outcome.trap->code == TrapCode::kFuel) outcome.fuel_used = fuel_limit;
  }

  const WasmtimeModule& module_;
  RunState state_;
  StoreHandle store_;
  wasmtime_context_t* context_;
};

std::uint64_t thread_cpu_ns() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(time.tv_nsec);
}

}  // namespace

Result<RunOutcome> run_module(wasm_engine_t* engine, const WasmtimeModule& module, const RunRequest& request,
                              const ModuleLimits& module_limits) {
  ICN_TRY_ASSIGN(entry, resolve(module.info(), request));
  ICN_TRY(check_inputs(request));
  RunOutcome outcome;
  if (module.info().memory_start_bytes > request.limits.memory_bytes) {
    outcome.end = End::kTrap;
    outcome.trap = Trap{TrapCode::kMemory,
                        fmt::format("the module starts with {} bytes of memory, the job may use {}",
                                    module.info().memory_start_bytes, request.limits.memory_bytes),
                        {}};
    return outcome;
  }
  const auto start = std::chrono::steady_clock::now();
  const std::uint64_t cpu_start = thread_cpu_ns();
  Runner(engine, module, request, module_limits).run(entry, outcome);
  outcome.cpu_ns = thread_cpu_ns() - cpu_start;
  outcome.wall_ns = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - start).count());
  return outcome;
}

}  // namespace icn::wasm
