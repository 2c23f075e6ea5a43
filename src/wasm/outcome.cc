#include "wasm/outcome.h"

namespace icn::wasm {

std::string_view trap_code_name(TrapCode code) {
  switch (code) {
    case TrapCode::kFuel:
      return "fuel";
    case TrapCode::kMemory:
      return "memory";
    case TrapCode::kTimeout:
      return "timeout";
    case TrapCode::kCancelled:
      return "cancelled";
    case TrapCode::kUnreachable:
      return "unreachable";
    case TrapCode::kHost:
      return "host";
    case TrapCode::kStackOverflow:
      return "stack_overflow";
    case TrapCode::kUnavailable:
      return "unavailable";
  }
  return "unknown";
}

bool is_machine_dependent(TrapCode code) {
  return code == TrapCode::kTimeout || code == TrapCode::kStackOverflow || code == TrapCode::kUnavailable;
}

}  // namespace icn::wasm
