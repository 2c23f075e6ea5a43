#include "cli/job_submission.h"

#include <algorithm>
#include <filesystem>
#include <ostream>

#include "cli/files.h"
#include "cli/remote.h"
#include "cli/signing.h"
#include "cli/table.h"
#include "codec/cid.h"

namespace icn::cli {
namespace {

using codec::Json;

// A name that is no file here may be a CID of the node's.
std::optional<std::string> cid_of(Session& session, const std::string& file_or_cid) {
  if (!std::filesystem::exists(file_or_cid) && codec::Cid::parse(file_or_cid).ok()) return file_or_cid;
  return upload(session, file_or_cid, false);
}

std::optional<Json> inputs_of(Session& session, const std::vector<std::string>& inputs) {
  Json::Array out;
  for (const std::string& each : inputs) {
    const auto cid = cid_of(session, each);
    if (!cid) return std::nullopt;
    out.push_back(Json::object({{"cid", *cid}, {"name", std::filesystem::path(each).filename().string()}}));
  }
  return Json(std::move(out));
}

std::optional<Json> environment_of(Session& session, const std::vector<std::string>& environment) {
  Json out = Json::object({});
  for (const std::string& each : environment) {
    const std::size_t equals = each.find('=');
    if (equals == std::string::npos || equals == 0) {
      session.fail(kUsage, "--env " + each + ": must be NAME=value");
      return std::nullopt;
    }
    out.set(each.substr(0, equals), each.substr(equals + 1));
  }
  return out;
}

// The spec, everything it names uploaded.
std::optional<Json> make_spec(Session& session, const JobOptions& options) {
  if (!options.max_price.empty() && !codec::read_decimal(options.max_price, 3).ok()) {
    session.fail(kUsage, "--max-price " + options.max_price + ": no amount of mana (at most 3 decimals)");
    return std::nullopt;
  }
  const auto environment = environment_of(session, options.environment);
  const auto module = environment ? cid_of(session, options.module) : std::nullopt;
  const auto inputs = module ? inputs_of(session, options.inputs) : std::nullopt;
  if (!inputs) return std::nullopt;
  Json spec =
      Json::object({{"kind", "wasm"},
                    {"module_cid", *module},
                    {"args", Json::Array(options.args.begin(), options.args.end())},
                    {"inputs", *inputs},
                    {"env", *environment},
                    {"resources", Json::object({{"memory_mb", options.memory_mb}, {"fuel", options.fuel}})},
                    {"max_execution_secs", options.execution_secs}});
  if (!options.function.empty()) spec.set("function", options.function);
  if (!options.max_price.empty()) spec.set("max_price", Json::Number{options.max_price});
  return spec;
}

std::string text_at(const Json& json, std::string_view path) {
  const Json* value = find_path(json, path);
  return value == nullptr || value->is_null() ? std::string() : cell_text(value, Kind::kText, false);
}

bool print_result(Session& session, const std::string& job_id, const std::string& output_file) {
  http::ClientRequest request;
  request.target = "/mesh/jobs/" + segment(job_id) + "/result";
  const auto result = send(session, std::move(request));
  return result && write_file(session, output_file, as_bytes(result->body));
}

void say_cost(Session& session, const Json& job) {
  session.err << "-- job " << text_at(job, "job_id") << " " << text_at(job, "status") << "\n";
  for (const auto& [title, path] : {std::pair("receipt", "receipt_cid"), std::pair("result", "result_cid"),
                                    std::pair("fuel", "fuel_used"), std::pair("paid", "escrow.paid"),
                                    std::pair("refunded", "escrow.refunded")}) {
    const std::string value = text_at(job, path);
    if (!value.empty() && value != "-") session.err << "   " << title << " " << value << "\n";
  }
}

void finish(Session& session, const JobOptions& options, const std::string& job_id) {
  const auto job = get(session, "/mesh/jobs/" + segment(job_id));
  if (!job) return;
  const std::string status = text_at(*job, "status");
  if (session.json) {
    show_json(session, *job);
  } else {
    if (status == "completed" && !print_result(session, job_id, options.output_file)) return;
    say_cost(session, *job);
  }
  if (status == "completed") return;
  const std::string code = text_at(*job, "code");
  session.fail(kNotMet,
               "job " + job_id + " is " + status + (code.empty() || code == "-" ? "" : " (" + code + ")"));
}

}  // namespace

void submit_job(Session& session, const JobOptions& options) {
  const auto spec = make_spec(session, options);
  if (!spec) return;
  std::optional<std::string> wait;
  if (options.is_waiting) wait = std::to_string(options.execution_secs + 30);
  const auto reply = write(session, target("/mesh/jobs", {{"wait", wait}}), "mesh.submit", "submitter_did",
                           Json::object({{"spec", *spec}}));
  if (!reply) return;
  const std::string job_id = text_at(*reply, "job_id");
  if (options.is_waiting && !job_id.empty()) return finish(session, options, job_id);
  show_fields(session, *reply,
              {{"job", "job_id"},
               {"status", "status"},
               {"locked", "escrow.locked"},
               {"transaction", "transaction_id"}});
}

void estimate_job(Session& session, const JobOptions& options) {
  const auto spec = make_spec(session, options);
  if (!spec) return;
  const auto reply = post(session, "/mesh/jobs/estimate", Json::object({{"spec", *spec}}));
  if (reply) show_all(session, *reply);
}

void cancel_job(Session& session, const std::string& job_id) {
  const auto reply = post(session, "/mesh/jobs/" + segment(job_id) + "/cancel", Json::object({}));
  if (reply) show_all(session, *reply);
}

}  // namespace icn::cli
