#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "wasm/value.h"

namespace icn::wasm {

enum class TrapCode : std::uint8_t {
  kFuel,           // used all its fuel
  kMemory,         // touched memory that is not its own, or started with more than its limit
  kTimeout,        // wall clock
  kCancelled,      // by the caller's CancelToken
  kUnreachable,    // any other fault of the program itself: unreachable, division by zero, bad call ...
  kHost,           // a limit of the host functions: more result than allowed
  kStackOverflow,  // recursed too deep
  kUnavailable,    // this machine could not give memory, an instance or a block
};

std::string_view trap_code_name(TrapCode code);  // "fuel", ... "stack_overflow", "unavailable"

// True for ends that another machine might not reach: such a run has no result and is tried
// elsewhere (design.md 6). A cancelled run is over by decision and not of this kind.
bool is_machine_dependent(TrapCode code);

struct Trap {
  TrapCode code = TrapCode::kUnreachable;
  std::string message;              // one line, ends with the names of the functions it happened in
  std::vector<std::string> frames;  // innermost first, 32 at most
};

enum class End : std::uint8_t {
  kSuccess,
  kExit,  // a command that ended with an exit code other than 0
  kTrap,
};

struct JobEvent {
  std::string name;
  std::string json;
};

struct RunOutcome {
  End end = End::kSuccess;
  std::uint32_t exit_code = 0;
  std::optional<Trap> trap;

  // Bytes given to set_result, else standard output, else the returned numbers as text. Empty after a trap.
  Bytes result;
  std::vector<Value> values;  // what the function returned
  Bytes standard_output;      // only when set_result was used as well
  std::string log;            // standard error and log(), in order
  bool log_truncated = false;
  std::vector<JobEvent> events;

  std::uint64_t fuel_used = 0;
  std::uint64_t memory_peak_bytes = 0;
  std::uint64_t wall_ns = 0;
  std::uint64_t cpu_ns = 0;

  bool machine_dependent() const { return trap.has_value() && is_machine_dependent(trap->code); }
};

}  // namespace icn::wasm
