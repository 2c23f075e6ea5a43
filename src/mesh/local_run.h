#pragma once

#include "mesh/execution.h"

namespace icn::mesh {

struct LocalInput {
  std::string name;
  Bytes bytes;
};

// What `icn job run --local MODULE` runs: no node, no mana, no ledger.
struct LocalRun {
  Bytes module;
  std::string function;
  std::vector<std::string> args;
  std::vector<LocalInput> inputs;
  std::map<std::string, std::string> env;
  Resources resources;
  std::uint32_t max_execution_secs = 30;
  TimestampSecs job_clock_secs = 0;
};

struct LocalOutcome {
  Execution execution;  // message and trap say what went wrong, with the names of functions
  std::optional<codec::Cid> result_cid;
  codec::Cid module_cid;
};

// Errors: those of wasm::Engine::load (unknown_import lists the known ones). Thread: any; waits for the run.
Result<LocalOutcome> run_local(wasm::Engine& engine, const LocalRun& run, const wasm::CancelToken* cancel,
                               wasm::RunObserver* observer);

}  // namespace icn::mesh
