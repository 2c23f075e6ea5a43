#pragma once

#include <cstdint>

namespace icn::wasm {

inline constexpr std::uint64_t kPageBytes = 65'536;
inline constexpr std::uint64_t kMebibyte = 1'048'576;

// What a module may contain; checked before it is compiled. Source: domain.md 8.
struct ModuleLimits {
  std::uint64_t module_bytes_max = 32 * kMebibyte;
  std::uint32_t functions_max = 50'000;  // imported and own together
  std::uint32_t types_max = 50'000;
  std::uint32_t exports_max = 100'000;
  std::uint32_t globals_max = 1'000;
  std::uint32_t tables_max = 10;
  std::uint32_t table_elements_max = 100'000;  // a growing table stops here: table.grow answers -1
  std::uint64_t memory_bytes_max = std::uint64_t{1} << 30;  // what the memory may start with
};

// What one run may use. The defaults are those of a job that asks for nothing. Source: domain.md 8.
struct RunLimits {
  std::uint64_t memory_bytes = 64 * kMebibyte;  // memory.grow answers -1 above it
  std::uint64_t fuel = 10'000'000;              // instructions, host calls included
  std::uint64_t wall_ms = 30'000;
};

// What is kept of what a run writes. Going over `result_bytes` ends the run (trap `host`); text over
// the others is left out and `RunOutcome::log_truncated` says so.
struct CaptureLimits {
  std::uint64_t result_bytes = 64 * kMebibyte;
  std::uint64_t log_bytes = kMebibyte;
};

inline constexpr std::uint32_t kTextBytesMax = 65'536;  // one log line, progress text or event body
inline constexpr std::uint32_t kEventsMax = 100;

// Cost of a host call in fuel, beside 1 for each byte it moves. Source: domain.md 8.
inline constexpr std::uint64_t kHostCallFuel = 1'000;

}  // namespace icn::wasm
