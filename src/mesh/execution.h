#pragma once

#include <map>

#include "mesh/content.h"
#include "mesh/job_services.h"
#include "mesh/receipt.h"
#include "wasm/engine.h"

// Runs one attempt of a job: no ledger, no queue, no money. Used by the executor, `icn job verify` and
// `icn job run --local`.
namespace icn::mesh {

struct ExecutionRequest {
  const JobId& id;  // of the job: its randomness follows from it, the same for all its replicas
  const JobSpec& spec;
  Did submitter;
  std::uint32_t memory_mb = 64;
  std::uint32_t execution_secs = 30;
  TimestampSecs job_clock_secs = 0;
  LoadBlock load;  // of module and inputs: not found is the job's fault, other errors are the machine's
  const wasm::CancelToken* cancel = nullptr;
  wasm::HostServices* services = nullptr;
  wasm::RunObserver* observer = nullptr;
};

struct Execution {
  AttemptEnd end = AttemptEnd::kCompleted;
  bool is_cancelled = false;  // by the token: the attempt has no end of its own
  Bytes result;
  std::string log;
  std::string code;  // of a failure
  std::string trap;
  std::vector<std::string> trap_frames;  // functions it happened in, innermost first
  std::string message;
  std::uint32_t exit_code = 0;
  std::uint64_t fuel_used = 0;
  std::uint64_t peak_memory_bytes = 0;
  std::uint64_t wall_ns = 0;
  std::uint64_t cpu_ns = 0;
};

// Never fails: whatever goes wrong is an end. Thread: any; waits until the run is over.
Execution execute(wasm::Engine& engine, const ExecutionRequest& request);

}  // namespace icn::mesh
