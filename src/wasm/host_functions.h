#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "wasm/limits.h"
#include "wasm/module_info.h"
#include "wasm/outcome.h"

namespace icn::wasm {

class RunContext;

// What a host function answers to the guest when it fails. Source: domain.md 8.
enum GuestError : std::int32_t {
  kArgument = -1,  // also: a pointer outside the guest's memory
  kNotPermitted = -2,
  kNotFound = -3,
  kBuffer = -4,
  kMana = -5,
  kLimit = -6,
  kInternal = -7,
};
std::int32_t guest_error(const Error& error);

// One call of a host function: its arguments, the guest's memory and the run it belongs to.
// Every access is checked and paid for (1 fuel a byte) here, so a handler need not think of either: an
// access that fails answers nothing, the handler returns an error, and if the reason was fuel the run ends.
// Views point into guest memory and hold only until the handler returns.
class HostCall {
 public:
  static constexpr std::size_t kParamsMax = 16;

  HostCall(RunContext& run, std::span<std::uint8_t> memory, std::uint64_t fuel)
      : run_(run), memory_(memory), fuel_(fuel) {}

  RunContext& run() { return run_; }
  std::uint32_t u32(std::size_t index) const { return static_cast<std::uint32_t>(params[index]); }
  std::int32_t i32(std::size_t index) const { return static_cast<std::int32_t>(params[index]); }
  std::uint64_t u64(std::size_t index) const { return params[index]; }
  std::int64_t i64(std::size_t index) const { return static_cast<std::int64_t>(params[index]); }

  std::optional<ByteView> read(std::uint32_t pointer, std::uint32_t length);
  std::optional<std::string_view> read_text(std::uint32_t pointer, std::uint32_t length);
  std::optional<std::span<std::uint8_t>> writable(std::uint32_t pointer, std::uint32_t length);
  bool write(std::uint32_t pointer, ByteView bytes);
  std::optional<std::uint32_t> read_u32(std::uint32_t pointer);
  std::optional<std::uint64_t> read_u64(std::uint32_t pointer);
  bool write_u32(std::uint32_t pointer, std::uint32_t value);
  bool write_u64(std::uint32_t pointer, std::uint64_t value);

  // Out-functions: copies `bytes` to the guest when they fit into `capacity`, and answers how many there
  // are; kArgument when the buffer is not the guest's. A guest that gets more than its capacity asks again.
  std::int64_t give(std::uint32_t pointer, std::uint32_t capacity, ByteView bytes);

  // Takes fuel for work done for the guest. False: it is used up, return at once.
  bool charge(std::uint64_t fuel);

  // Ends the run when the handler returns. The first one counts.
  void stop(TrapCode code, std::string message);
  void exit(std::uint32_t code);

  bool stopped() const { return trap_.has_value() || exit_code_.has_value(); }
  const std::optional<Trap>& trap() const { return trap_; }
  std::optional<std::uint32_t> exit_code() const { return exit_code_; }
  std::uint64_t fuel() const { return fuel_; }

  std::array<std::uint64_t, kParamsMax> params{};  // integers zero-extended, floats as bits

 private:
  RunContext& run_;
  std::span<std::uint8_t> memory_;
  std::uint64_t fuel_;
  std::optional<Trap> trap_;
  std::optional<std::uint32_t> exit_code_;
};

// Answers the function's result; ignored when it has none. Throws nothing.
using HostHandler = std::function<std::int64_t(HostCall&)>;

// `signature`: parameters, ':', result; i = i32, l = i64, f = f32, d = f64. "ii:l" is (i32, i32) -> i64.
struct HostFunction {
  std::string module;  // "icn"
  std::string name;
  std::string signature;
  std::uint64_t cost_fuel = kHostCallFuel;
  HostHandler handler;

  FunctionType type() const;
};

// All functions a module may import. Filled at start, handed to the engine, never changed after.
class HostRegistry {
 public:
  // A second function of the same module and name, or a bad signature, is a programmer error.
  void add(HostFunction function);
  const std::vector<HostFunction>& functions() const { return functions_; }
  const HostFunction* find(std::string_view module, std::string_view name) const;

  // Whether every import is a known function of the right type (kUnknownImport, with the known ones).
  Result<void> check_imports(const ModuleInfo& info) const;

 private:
  std::vector<HostFunction> functions_;
};

void add_core_functions(HostRegistry& registry);     // need no other domain
void add_service_functions(HostRegistry& registry);  // ask the run's HostServices
void add_refused_functions(HostRegistry& registry);  // of domains that give jobs nothing
void add_wasi_functions(HostRegistry& registry);     // WASI preview 1
HostRegistry standard_host_functions();              // all of these

}  // namespace icn::wasm
