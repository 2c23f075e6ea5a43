#include "bench/area.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

namespace icn::bench {

const std::vector<Area>& areas() {
  static const std::vector<Area> all{
#define AREA(name, run, doc) {name, &run, doc},
#include "bench/areas.def"
#undef AREA
  };
  return all;
}

std::vector<Row> run_area(const Area& area, const std::string& executable, std::size_t seconds,
                          const std::function<void(const Row&)>& progress) {
  std::vector<Row> rows;
  const auto add = [&](const Row& row) {
    rows.push_back(row);
    if (progress) progress(row);
  };
  const auto done = area.run({executable, seconds, add});
  for (std::size_t i = 0; i < targets().size(); ++i) {
    const auto id = static_cast<TargetId>(i);
    const bool is_ours = std::string_view(targets()[i].area) == area.name;
    if (!is_ours || std::ranges::any_of(rows, [&](const Row& row) { return row.id == id; })) continue;
    add(missing_row(id, done.ok() ? "the area has left it out" : done.error().detail()));
  }
  return rows;
}

std::string load_average() {
  std::array<double, 1> load{};
  if (::getloadavg(load.data(), 1) != 1) return "load average unknown";
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "load average %.1f", load[0]);
  return text.data();
}

Row with_errors(Row row, const LoadResult& result) {
  if (result.errors == 0) return row;
  row.has_failed = true;
  row.note = std::to_string(result.errors) + " requests failed, one of them: " + result.first_error;
  return row;
}

std::string latency_note(const LoadResult& result) {
  const auto text = [](double ms) { return std::to_string(ms).substr(0, 5) + " ms"; };
  return "p50 " + text(result.p50_ms) + ", p99 " + text(result.p99_ms) + "; ";
}

std::string cpu_note(double cpu_secs, std::uint64_t requests) {
  std::array<char, 96> text{};
  std::snprintf(text.data(), text.size(), "node %.1f us of processor time a request",
                requests == 0 ? 0.0 : cpu_secs * 1e6 / static_cast<double>(requests));
  return text.data();
}

Result<LoadResult> run_once(const NodeProcess& node, Load load, std::string& note) {
  load.port = node.port();
  load.is_cyclic = false;
  const double before = node.cpu_secs();
  ICN_TRY_ASSIGN(result, run_load(load));
  note = cpu_note(node.cpu_secs() - before, result.answers) + "; " + load_average();
  return result;
}

Result<Row> measure_p99(TargetId id, const Bench& bench, const NodeProcess& node,
                        const std::vector<std::string>& requests, std::size_t connections, bool is_cyclic) {
  Load load;
  load.port = node.port();
  load.connections = connections;
  load.duration_ms = bench.seconds * 1'000;
  load.requests = &requests;
  load.is_cyclic = is_cyclic;
  const double before = node.cpu_secs();
  ICN_TRY_ASSIGN(result, run_load(load));
  const std::string note = std::to_string(static_cast<std::uint64_t>(result.per_second)) + "/s; " +
                           latency_note(result) + cpu_note(node.cpu_secs() - before, result.answers) + "; " +
                           load_average();
  return with_errors(fixed_row(id, result.p99_ms, note), result);
}

}  // namespace icn::bench
