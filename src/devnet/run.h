#pragma once

#include <optional>
#include <string>
#include <vector>

#include "devnet/control.h"
#include "devnet/fault.h"
#include "devnet/finality.h"
#include "devnet/history.h"
#include "devnet/job_load.h"
#include "devnet/peer_probe.h"
#include "devnet/rows.h"
#include "devnet/sampler.h"
#include "devnet/votes.h"
#include "devnet/world.h"

namespace icn::devnet {

struct RunOptions {
  WorldOptions world;
  std::size_t jobs = 50;
  double duration_secs = 300;
  std::string workload = "echo";
  std::filesystem::path programs;  // folder of the example jobs' modules
  std::string fault;               // "kill", "partition", "slow"; empty: none
};

// All that was measured; the rows are made of it.
struct RunResult {
  RunOptions options;
  std::optional<Result<double>> discovery_secs;
  ConnectionSetup connection_setup;
  DhtQueries dht;
  FinalityResult finality_idle;
  FinalityResult finality;
  JobLoadResult jobs;
  VotesResult votes;
  std::vector<Moment> moments;
  std::optional<PeerFigures> peers_before;
  std::optional<PeerFigures> peers_after;
  std::string peers_failure;
  std::vector<RunEvent> events;
  std::optional<Result<double>> recovery_secs;  // after faults
  HistoryCheck history;
  std::uint64_t height_before = 0;
  std::uint64_t height_after = 0;
  std::vector<NodePlan> nodes;
};

// Makes a world, lets it find itself, loads it and measures; the world is gone when it returns. Errors: what
// kept it from starting, or unavailable when it was told to end.
Result<RunResult> run(const RunOptions& options, const Control& control);

Report make_report(const RunResult& result);

// {"options","rows","met","failures","nodes","events","moments"}
codec::Json result_json(const RunResult& result, const Report& report);

}  // namespace icn::devnet
