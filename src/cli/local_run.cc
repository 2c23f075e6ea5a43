#include "cli/local_run.h"

#include <filesystem>
#include <ostream>

#include "cli/files.h"
#include "cli/table.h"
#include "codec/utf8.h"
#include "wasm/engine.h"
#include "wasm/wasmtime/wasmtime_engine.h"

namespace icn::cli {
namespace {

using codec::Json;

std::string_view end_name(const mesh::Execution& execution) {
  if (!execution.trap.empty()) return "trap";
  if (execution.exit_code != 0) return "exit";
  return execution.end == mesh::AttemptEnd::kCompleted ? "success" : "failure";
}

std::string count_text(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (int at = static_cast<int>(text.size()) - 3; at > 0; at -= 3)
    text.insert(static_cast<std::size_t>(at), ",");
  return text;
}

std::string milliseconds(std::uint64_t ns) {
  return codec::write_decimal(static_cast<std::int64_t>(ns / 1000), 3);
}

std::string failure_line(const mesh::Execution& execution) {
  if (!execution.trap.empty()) return "the job trapped (" + execution.trap + "): " + execution.message;
  if (execution.exit_code != 0) {
    return "the job ended with exit code " + std::to_string(execution.exit_code);
  }
  return execution.message;
}

void print(Session& session, const LocalRun& options, const mesh::LocalOutcome& outcome) {
  const mesh::Execution& execution = outcome.execution;
  if (session.json) {
    show_json(session, outcome_json(outcome));
  } else {
    if (!write_file(session, options.output_file, execution.result)) return;
    if (!execution.log.empty()) {
      session.err << execution.log << (execution.log.back() == '\n' ? "" : "\n");
    }
    session.err << "-- " << end_name(execution) << ", " << count_text(execution.fuel_used) << " of "
                << count_text(options.fuel) << " fuel, " << (execution.peak_memory_bytes >> 10)
                << " KiB memory, " << milliseconds(execution.wall_ns) << " ms\n";
    if (outcome.result_cid) session.err << "   result " << outcome.result_cid->to_string() << "\n";
    for (const std::string& frame : execution.trap_frames) session.err << "   in " << frame << "\n";
  }
  if (execution.end != mesh::AttemptEnd::kCompleted) session.fail(kNotMet, failure_line(execution));
}

// Module, inputs and limits, as the node would get them.
std::optional<mesh::LocalRun> read_run(Session& session, const LocalRun& options) {
  mesh::LocalRun run;
  auto module = read_file(session, options.module_file);
  if (!module) return std::nullopt;
  run.module = std::move(*module);
  for (const std::string& file : options.input_files) {
    auto content = read_file(session, file);
    if (!content) return std::nullopt;
    run.inputs.push_back({std::filesystem::path(file).filename().string(), std::move(*content)});
  }
  for (const std::string& each : options.environment) {
    const std::size_t equals = each.find('=');
    if (equals == std::string::npos || equals == 0) {
      session.fail(kUsage, "--env " + each + ": must be NAME=value");
      return std::nullopt;
    }
    run.env.insert_or_assign(each.substr(0, equals), each.substr(equals + 1));
  }
  run.function = options.function;
  run.args = options.args;
  run.resources.fuel = options.fuel;
  run.resources.memory_mb = static_cast<std::uint32_t>(options.memory_mb);
  run.max_execution_secs = static_cast<std::uint32_t>(options.execution_secs);
  run.job_clock_secs = session.clock.now_secs();
  return run;
}

}  // namespace

Json outcome_json(const mesh::LocalOutcome& outcome) {
  const mesh::Execution& execution = outcome.execution;
  Json json = Json::object({{"end", end_name(execution)}, {"exit_code", std::uint64_t{execution.exit_code}}});
  if (!execution.trap.empty()) {
    Json::Array frames(execution.trap_frames.begin(), execution.trap_frames.end());
    json.set("trap",
             Json::object(
                 {{"code", execution.trap}, {"message", execution.message}, {"frames", std::move(frames)}}));
  }
  if (codec::is_utf8(as_text(execution.result))) {
    json.set("result", as_text(execution.result));
  } else {
    json.set("result_base64", base64_encode(execution.result));
  }
  if (outcome.result_cid) json.set("result_cid", outcome.result_cid->to_string());
  json.set("log", codec::is_utf8(execution.log) ? Json(execution.log)
                                                : Json(base64_encode(as_bytes(execution.log))));
  json.set("fuel_used", execution.fuel_used);
  json.set("memory_peak_bytes", execution.peak_memory_bytes);
  json.set("wall_ms", Json::Number{milliseconds(execution.wall_ns)});
  return json;
}

void run_locally(Session& session, const LocalRun& options) {
  const auto run = read_run(session, options);
  if (!run) return;
  wasm::WasmtimeOptions engine_options;
  engine_options.instances_max = 1;
  engine_options.compiler = session.compiler;
  auto engine = wasm::make_wasmtime_engine(wasm::standard_host_functions(), engine_options);
  if (!engine.ok()) return session.fail(kFailed, engine.error().detail());
  const auto outcome = mesh::run_local(**engine, *run, nullptr, nullptr);
  if (!outcome.ok()) return session.fail(kNotMet, options.module_file + ": " + outcome.error().detail());
  print(session, options, *outcome);
}

}  // namespace icn::cli
