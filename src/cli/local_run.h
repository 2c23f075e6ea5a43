#pragma once

#include <string>
#include <vector>

#include "cli/session.h"
#include "codec/json.h"
#include "mesh/local_run.h"

// Runs a module on this machine as a node would: no node, no mana, nothing of the ledger.
namespace icn::cli {

struct LocalRun {
  std::string module_file;
  std::string function;                  // empty: _start, run or main
  std::vector<std::string> input_files;  // first: standard input; the others by their file name
  std::vector<std::string> args;
  std::vector<std::string> environment;  // "NAME=value"
  std::uint64_t fuel = 10'000'000;
  std::uint64_t memory_mb = 64;
  std::uint64_t execution_secs = 30;
  std::string output_file;  // empty: standard output
};

// Result to output_file or standard output; log, fuel, memory and result CID to standard error. A run that
// failed: kNotMet, with the names of the functions it trapped in.
void run_locally(Session& session, const LocalRun& options);

// What --json prints: end, exit_code, trap, result or result_base64, result_cid, log, fuel_used,
// memory_peak_bytes, wall_ms.
codec::Json outcome_json(const mesh::LocalOutcome& outcome);

}  // namespace icn::cli
