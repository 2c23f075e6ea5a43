#include "cli/local_run.h"

#include <filesystem>
#include <ostream>

#include "cli/files.h"
#include "cli/table.h"
#include "codec/cid.h"
#include "codec/utf8.h"
#include "wasm/engine.h"
#include "wasm/wasmtime/wasmtime_engine.h"

namespace icn::cli {
namespace {

using codec::Json;

std::string_view end_name(wasm::End end) {
  return end == wasm::End::kSuccess ? "success" : end == wasm::End::kExit ? "exit" : "trap";
}

std::string count_text(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (int at = static_cast<int>(text.size()) - 3; at > 0; at -= 3)
    text.insert(static_cast<std::size_t>(at), ",");
  return text;
}

void print(Session& session, const LocalRun& options, const wasm::RunOutcome& outcome) {
  if (session.json) {
    show_json(session, outcome_json(outcome));
  } else {
    if (!write_file(session, options.output_file, outcome.result)) return;
    if (!outcome.log.empty()) session.err << outcome.log << (outcome.log.back() == '\n' ? "" : "\n");
    session.err << "-- " << end_name(outcome.end) << ", " << count_text(outcome.fuel_used) << " of "
                << count_text(options.fuel) << " fuel, " << (outcome.memory_peak_bytes >> 10)
                << " KiB memory, "
                << codec::write_decimal(static_cast<std::int64_t>(outcome.wall_ns / 1000), 3) << " ms\n";
  }
  if (outcome.trap) {
    if (!session.json) {
      for (const std::string& frame : outcome.trap->frames) session.err << "   in " << frame << "\n";
    }
    session.fail(kNotMet, "the job trapped (" + std::string(wasm::trap_code_name(outcome.trap->code)) +
                              "): " + outcome.trap->message);
  } else if (outcome.end == wasm::End::kExit) {
    session.fail(kNotMet, "the job ended with exit code " + std::to_string(outcome.exit_code));
  }
}

}  // namespace

Json outcome_json(const wasm::RunOutcome& outcome) {
  Json json = Json::object({{"end", end_name(outcome.end)}, {"exit_code", std::uint64_t{outcome.exit_code}}});
  if (outcome.trap) {
    Json::Array frames(outcome.trap->frames.begin(), outcome.trap->frames.end());
    json.set("trap", Json::object({{"code", wasm::trap_code_name(outcome.trap->code)},
                                   {"message", outcome.trap->message},
                                   {"frames", std::move(frames)}}));
  }
  if (codec::is_utf8(as_text(outcome.result))) {
    json.set("result", as_text(outcome.result));
  } else {
    json.set("result_base64", base64_encode(outcome.result));
  }
  json.set("log",
           codec::is_utf8(outcome.log) ? Json(outcome.log) : Json(base64_encode(as_bytes(outcome.log))));
  json.set("fuel_used", outcome.fuel_used);
  json.set("memory_peak_bytes", outcome.memory_peak_bytes);
  json.set("wall_ms",
           Json::Number{codec::write_decimal(static_cast<std::int64_t>(outcome.wall_ns / 1000), 3)});
  return json;
}

void run_locally(Session& session, const LocalRun& options) {
  const auto module_bytes = read_file(session, options.module_file);
  if (!module_bytes) return;
  std::vector<Bytes> contents;
  wasm::RunRequest request;
  contents.reserve(options.input_files.size());
  for (const std::string& file : options.input_files) {
    auto content = read_file(session, file);
    if (!content) return;
    contents.push_back(std::move(*content));
    request.inputs.push_back({std::filesystem::path(file).filename().string(), contents.back()});
  }
  for (const std::string& each : options.environment) {
    const std::size_t equals = each.find('=');
    if (equals == std::string::npos || equals == 0)
      return session.fail(kUsage, "--env " + each + ": must be NAME=value");
    request.environment.emplace_back(each.substr(0, equals), each.substr(equals + 1));
  }
  request.function = options.function;
  request.args = options.args;
  request.start_secs = session.clock.now_secs();
  request.limits = {options.memory_mb * wasm::kMebibyte, options.fuel, options.timeout_ms};

  wasm::WasmtimeOptions engine_options;
  engine_options.instances_max = 1;
  auto engine = wasm::make_wasmtime_engine(wasm::standard_host_functions(), engine_options);
  if (!engine.ok()) return session.fail(kFailed, engine.error().detail());
  const std::string id = codec::Cid::of(codec::kRaw, *module_bytes).to_string();
  const auto loaded = (*engine)->load(id, *module_bytes);
  if (!loaded.ok()) return session.fail(kNotMet, options.module_file + ": " + loaded.error().detail());
  const auto outcome = (*engine)->run(*loaded, request);
  if (!outcome.ok()) return session.fail(kUsage, outcome.error().detail());
  print(session, options, *outcome);
}

}  // namespace icn::cli
