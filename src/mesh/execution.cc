#include "mesh/execution.h"

#include "mesh/errors.h"
#include "wasm/errors.h"

namespace icn::mesh {
namespace {

constexpr std::uint64_t kModuleBytesMax = std::uint64_t{32} << 20;

Execution failed(const ErrorKind& kind, std::string message) {
  Execution out;
  out.end = AttemptEnd::kFailed;
  out.code = kind.code;
  out.message = std::move(message);
  return out;
}

// What is not there, or is no content, is the job's fault; what could not be read is this machine's.
Execution not_loaded(std::string_view what, const Error& error) {
  const bool is_ours = error.category() == Category::kInternal || error.category() == Category::kUnavailable;
  Execution out = failed(kValidationFailed, std::string(what) + ": " + error.detail());
  if (is_ours) out.end = AttemptEnd::kUnavailable;
  return out;
}

Execution of_trap(const wasm::Trap& trap) {
  using wasm::TrapCode;
  const bool is_exhausted = trap.code == TrapCode::kFuel || trap.code == TrapCode::kMemory;
  const bool is_violation = trap.code == TrapCode::kHost;
  Execution out = failed(is_exhausted   ? kResourcesExhausted
                         : is_violation ? kSandboxViolation
                                        : kValidationFailed,
                         trap.message);
  out.trap = wasm::trap_code_name(trap.code);
  out.trap_frames = trap.frames;
  if (trap.code == TrapCode::kCancelled) out.is_cancelled = true;
  if (wasm::is_machine_dependent(trap.code)) out.end = AttemptEnd::kUnavailable;
  if (trap.code == TrapCode::kTimeout) out.end = AttemptEnd::kTimedOut;
  return out;
}

Execution of_outcome(wasm::RunOutcome outcome) {
  Execution out;
  if (outcome.end == wasm::End::kTrap) {
    out = of_trap(*outcome.trap);
  } else if (outcome.end == wasm::End::kExit) {
    out = failed(kValidationFailed, "exit code " + std::to_string(outcome.exit_code));
    out.result = std::move(outcome.result);
  } else {
    out.result = std::move(outcome.result);
  }
  out.log = std::move(outcome.log);
  if (outcome.log_truncated) out.log += "\n[the log was cut here]\n";
  out.exit_code = outcome.exit_code;
  out.fuel_used = outcome.fuel_used;
  out.peak_memory_bytes = outcome.memory_peak_bytes;
  out.wall_ns = outcome.wall_ns;
  out.cpu_ns = outcome.cpu_ns;
  return out;
}

// Echo: its first argument, else its first input.
Execution echo(const ExecutionRequest& request, std::vector<Bytes>& inputs) {
  Execution out;
  if (!request.spec.args.empty())
    out.result = to_bytes(as_bytes(request.spec.args.front()));
  else if (!inputs.empty())
    out.result = std::move(inputs.front());
  return out;
}

wasm::RunRequest run_request(const ExecutionRequest& request, const std::vector<Bytes>& inputs) {
  wasm::RunRequest run;
  const JobSpec& spec = request.spec;
  run.function = spec.function;
  run.args = spec.args;
  run.environment.assign(spec.env.begin(), spec.env.end());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const std::string& name = spec.inputs[i].name;
    run.inputs.push_back({name.empty() ? "input-" + std::to_string(i) : name, inputs[i]});
  }
  run.caller = request.submitter.text();
  run.start_secs = request.job_clock_secs;
  run.random_seed = random_seed_of(request.id);
  run.limits.memory_bytes = request.memory_mb * wasm::kMebibyte;
  run.limits.fuel = spec.resources.fuel;
  run.limits.wall_ms = std::uint64_t{request.execution_secs} * 1'000;
  run.cancel = request.cancel;
  run.services = request.services;
  run.observer = request.observer;
  return run;
}

Result<wasm::ModuleHandle> module_of(wasm::Engine& engine, const ExecutionRequest& request) {
  const codec::Cid& cid = *request.spec.module_cid;
  const std::string id = cid.to_string();
  if (wasm::ModuleHandle known = engine.find(id)) return known;
  ICN_TRY_ASSIGN(bytes, read_content(cid, request.load, kModuleBytesMax));
  return engine.load(id, bytes);
}

}  // namespace

Execution execute(wasm::Engine& engine, const ExecutionRequest& request) {
  std::vector<Bytes> inputs;
  std::uint64_t left = kInputBytesMax;
  for (std::size_t i = 0; i < request.spec.inputs.size(); ++i) {
    auto bytes = read_content(request.spec.inputs[i].cid, request.load, left);
    if (!bytes.ok()) return not_loaded("inputs[" + std::to_string(i) + "]", bytes.error());
    left -= bytes->size();
    inputs.push_back(std::move(bytes).value());
  }
  if (request.spec.kind == JobKind::kEcho) return echo(request, inputs);
  auto module = module_of(engine, request);
  if (!module.ok()) return not_loaded("module", module.error());
  auto outcome = engine.run(*module, run_request(request, inputs));
  if (!outcome.ok()) return not_loaded("run", outcome.error());
  return of_outcome(std::move(outcome).value());
}

}  // namespace icn::mesh
