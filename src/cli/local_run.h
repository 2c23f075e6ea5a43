#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/session.h"
#include "codec/json.h"
#include "wasm/outcome.h"

// Runs a module on this machine: no node, no mana, nothing of the ledger.
namespace icn::cli {

struct LocalRun {
  std::string module_file;
  std::string function;                  // empty: _start, run or main
  std::vector<std::string> input_files;  // first: standard input; the others by their file name
  std::vector<std::string> args;
  std::vector<std::string> environment;  // "NAME=value"
  std::uint64_t fuel = 10'000'000;
  std::uint64_t memory_mb = 64;
  std::uint64_t timeout_ms = 30'000;
  std::string output_file;  // empty: standard output
};

void run_locally(Session& session, const LocalRun& options);

// What --json prints: end, exit_code, trap, result or result_base64, log, fuel_used, memory_peak_bytes,
// wall_ms.
codec::Json outcome_json(const wasm::RunOutcome& outcome);

}  // namespace icn::cli
