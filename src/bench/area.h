#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "bench/load_generator.h"
#include "bench/node_process.h"
#include "bench/report.h"

namespace icn::bench {

// What an area's measurements work with.
struct Bench {
  std::string executable;               // the program icn: the node under test
  std::size_t seconds = 5;              // of each measurement
  std::function<void(const Row&)> add;  // takes a row as soon as it is measured
};

// One row of areas.def. `run` adds the rows of its area; on an error those it has not added count as not
// measured.
struct Area {
  const char* name;
  Result<void> (*run)(const Bench& bench);
  const char* doc;
};

const std::vector<Area>& areas();

// Runs one area: one row for each of its targets, in the order of targets.def where nothing fails.
// `progress`, which may be empty, sees each row as it comes.
std::vector<Row> run_area(const Area& area, const std::string& executable, std::size_t seconds,
                          const std::function<void(const Row&)>& progress);

// "load average 3.1": figures of a busy machine are worth less.
std::string load_average();

// The same row; it has failed when requests have.
Row with_errors(Row row, const LoadResult& result);
std::string latency_note(const LoadResult& result);  // "p50 1.2 ms, p99 3.4 ms; "

// User and system time of `process` a request, as a note: "node 31 us of processor time a request".
std::string cpu_note(double cpu_secs, std::uint64_t requests);

// Sends each of `load.requests` to the node once. `note`: cpu_note and load_average of the run.
Result<LoadResult> run_once(const NodeProcess& node, Load load, std::string& note);

// Sends `requests` to the node for bench.seconds, again and again if `is_cyclic`; a row with their p99.
Result<Row> measure_p99(TargetId id, const Bench& bench, const NodeProcess& node,
                        const std::vector<std::string>& requests, std::size_t connections, bool is_cyclic);

#define AREA(name, run, doc) Result<void> run(const Bench& bench);
#include "bench/areas.def"
#undef AREA

}  // namespace icn::bench
