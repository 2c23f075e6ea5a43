#include "wasm/wasmtime/traps.h"

#include <algorithm>

#include <fmt/format.h>

namespace icn::wasm {
namespace {

constexpr std::size_t kFramesMax = 32;
constexpr std::size_t kFramesInMessage = 6;
constexpr std::size_t kNameBytesMax = 120;

struct Meaning {
  TrapCode code;
  const char* text;
};

Meaning meaning(wasmtime_trap_code_t code) {
  switch (code) {
    case WASMTIME_TRAP_CODE_STACK_OVERFLOW:
      return {TrapCode::kStackOverflow, "call stack exhausted"};
    case WASMTIME_TRAP_CODE_MEMORY_OUT_OF_BOUNDS:
      return {TrapCode::kMemory, "out of bounds memory access"};
    case WASMTIME_TRAP_CODE_HEAP_MISALIGNED:
      return {TrapCode::kMemory, "unaligned memory access"};
    case WASMTIME_TRAP_CODE_TABLE_OUT_OF_BOUNDS:
      return {TrapCode::kUnreachable, "out of bounds table access"};
    case WASMTIME_TRAP_CODE_INDIRECT_CALL_TO_NULL:
      return {TrapCode::kUnreachable, "call of an empty table element"};
    case WASMTIME_TRAP_CODE_BAD_SIGNATURE:
      return {TrapCode::kUnreachable, "indirect call of another type"};
    case WASMTIME_TRAP_CODE_INTEGER_OVERFLOW:
      return {TrapCode::kUnreachable, "integer overflow"};
    case WASMTIME_TRAP_CODE_INTEGER_DIVISION_BY_ZERO:
      return {TrapCode::kUnreachable, "integer divide by zero"};
    case WASMTIME_TRAP_CODE_BAD_CONVERSION_TO_INTEGER:
      return {TrapCode::kUnreachable, "invalid conversion to integer"};
    case WASMTIME_TRAP_CODE_UNREACHABLE_CODE_REACHED:
      return {TrapCode::kUnreachable, "unreachable executed"};
    case WASMTIME_TRAP_CODE_OUT_OF_FUEL:
      return {TrapCode::kFuel, "all fuel consumed"};
    default:
      return {TrapCode::kUnreachable, "the program faulted"};
  }
}

std::vector<std::string> frames(const CallFailure& failure) {
  wasm_frame_vec_t raw;
  if (failure.trap) {
    wasm_trap_trace(failure.trap.get(), &raw);
  } else {
    wasmtime_error_wasm_trace(failure.error.get(), &raw);
  }
  std::vector<std::string> names;
  for (std::size_t i = 0; i < std::min(raw.size, kFramesMax); ++i) {
    const wasm_name_t* name = wasmtime_frame_func_name(raw.data[i]);
    names.push_back(name != nullptr ? std::string(name->data, std::min(name->size, kNameBytesMax))
                                    : fmt::format("function {}", wasm_frame_func_index(raw.data[i])));
  }
  wasm_frame_vec_delete(&raw);
  return names;
}

std::string first_line(std::string text) { return text.substr(0, text.find('\n')); }

Trap reason(const CallFailure& failure, const RunState& state) {
  if (state.trap) return *state.trap;
  if (state.limits.host_refused) {
    return {TrapCode::kUnavailable, "this machine could not give the memory the job may use", {}};
  }
  wasmtime_trap_code_t code = 0;
  if (failure.trap && wasmtime_trap_code(failure.trap.get(), &code)) {
    const Meaning found = meaning(code);
    return {found.code, found.text, {}};
  }
  const std::string said =
      failure.error ? message_of(failure.error.get()) : std::string("a trap without a code");
  return {TrapCode::kUnavailable, "this machine could not run the job: " + first_line(said), {}};
}

}  // namespace

Trap explain(const CallFailure& failure, const RunState& state) {
  Trap trap = reason(failure, state);
  trap.frames = frames(failure);
  for (std::size_t i = 0; i < std::min(trap.frames.size(), kFramesInMessage); ++i) {
    trap.message += (i == 0 ? " in " : " < ") + trap.frames[i];
  }
  return trap;
}

}  // namespace icn::wasm
