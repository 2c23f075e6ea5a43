#include "cli/job_submission.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <thread>

#include "base/clock.h"
#include "cli/files.h"
#include "cli/remote.h"
#include "cli/signing.h"
#include "cli/table.h"
#include "codec/cid.h"
#include "codec/utf8.h"
#include "mesh/errors.h"
#include "mesh/submission.h"

namespace icn::cli {
namespace {

using codec::Json;

constexpr std::uint64_t kWaitSecsMax = 60;
constexpr std::uint64_t kSecsMax = 1'000'000'000'000;

// JSON holds text alone; a job may write any bytes.
std::string valid_text(std::string text) {
  if (codec::is_utf8(text)) return text;
  for (char& each : text) {
    if (static_cast<unsigned char>(each) >= 0x80) each = '?';
  }
  return text;
}

// A name that is no file here may be a CID of the node's.
std::optional<std::string> cid_of(Session& session, const std::string& file_or_cid) {
  if (!std::filesystem::exists(file_or_cid) && codec::Cid::parse(file_or_cid).ok()) return file_or_cid;
  return upload(session, file_or_cid, false);
}

// Before mana is locked for a job that nobody can run.
bool may_be_module(Session& session, const std::string& file) {
  constexpr std::string_view kHeader("\0asm\1\0\0\0", 8);
  std::error_code failure;
  if (!std::filesystem::is_regular_file(file, failure)) return true;
  std::string header(kHeader.size(), ' ');
  std::ifstream(file, std::ios::binary).read(header.data(), static_cast<std::streamsize>(header.size()));
  if (header == kHeader) return true;
  session.fail(kUsage, file + ": does not begin with the header of a WebAssembly 1 module");
  return false;
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

bool add_grants(Session& session, const JobOptions& options, Json& spec) {
  if (options.grants.empty() && options.recipients.empty() && options.mana_max.empty()) return true;
  spec.set("grants", Json::Array(options.grants.begin(), options.grants.end()));
  // Ballots, and what is due of a proposal, cost nothing.
  const bool costs_nothing = std::ranges::all_of(options.grants, [](const std::string& grant) {
    return grant.starts_with(mesh::kGrantVote) || grant.starts_with(mesh::kGrantAdvance);
  });
  if (costs_nothing && options.mana_max.empty() && options.recipients.empty()) return true;
  if (!codec::read_decimal(options.mana_max, 3).ok()) {
    session.fail(kUsage, "--mana-max: what --grant allows costs at most so much mana (at most 3 decimals)");
    return false;
  }
  spec.set("allowance",
           Json::object({{"recipients", Json::Array(options.recipients.begin(), options.recipients.end())},
                         {"mana_max", Json::Number{options.mana_max}}}));
  return true;
}

std::optional<std::uint64_t> deadline_of(const std::string& text) {
  const bool is_from_now = text.starts_with('+');
  const std::string_view digits = std::string_view(text).substr(is_from_now ? 1 : 0);
  std::uint64_t secs = 0;
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), secs);
  const bool is_number = code == std::errc() && end == digits.data() + digits.size();
  if (!is_number || secs > kSecsMax) return std::nullopt;
  return secs + (is_from_now ? SystemClock().now_secs() : 0);
}

bool add_deadline(Session& session, const std::string& text, Json& spec) {
  if (text.empty()) return true;
  const auto deadline = deadline_of(text);
  if (!deadline) {
    session.fail(kUsage, "--deadline " + text + ": must be Unix seconds, or + and seconds from now");
    return false;
  }
  spec.set("deadline", *deadline);
  return true;
}

bool add_terms(Session& session, const JobTerms& terms, Json& spec) {
  const auto list = [](const std::vector<std::string>& items) {
    return Json::Array(items.begin(), items.end());
  };
  if (!terms.capabilities.empty()) spec.set("capabilities", list(terms.capabilities));
  if (!terms.federations.empty()) spec.set("allowed_federations", list(terms.federations));
  if (!terms.trust_scope.empty()) spec.set("trust_scope", terms.trust_scope);
  if (terms.reputation_min > 0) spec.set("min_executor_reputation", terms.reputation_min);
  spec.set("strategy", terms.strategy);
  spec.set("privacy", terms.privacy);
  spec.set("long_running", terms.is_long_running);
  spec.set("determinism", !terms.may_differ);
  return add_deadline(session, terms.deadline, spec);
}

bool is_price(Session& session, const std::string& max_price) {
  if (max_price.empty() || codec::read_decimal(max_price, 3).ok()) return true;
  session.fail(kUsage, "--max-price " + max_price + ": no amount of mana (at most 3 decimals)");
  return false;
}

// The spec, everything it names uploaded.
std::optional<Json> make_spec(Session& session, const JobOptions& options) {
  if (!is_price(session, options.max_price)) return std::nullopt;
  Json terms = Json::object({});
  if (!add_terms(session, options.terms, terms) || !may_be_module(session, options.module))
    return std::nullopt;
  const auto environment = environment_of(session, options.environment);
  const auto module = environment ? cid_of(session, options.module) : std::nullopt;
  const auto inputs = module ? inputs_of(session, options.inputs) : std::nullopt;
  if (!inputs) return std::nullopt;
  Json spec = Json::object({{"kind", "wasm"},
                            {"module_cid", *module},
                            {"args", Json::Array(options.args.begin(), options.args.end())},
                            {"inputs", *inputs},
                            {"env", *environment},
                            {"resources", Json::object({{"memory_mb", options.memory_mb},
                                                        {"fuel", options.fuel},
                                                        {"cpu_cores", options.terms.cpu_cores},
                                                        {"storage_mb", options.terms.storage_mb},
                                                        {"gpu", options.terms.gpus}})},
                            {"max_execution_secs", options.execution_secs}});
  if (!options.function.empty()) spec.set("function", options.function);
  if (!options.max_price.empty()) spec.set("max_price", Json::Number{options.max_price});
  if (!options.reads.empty()) spec.set("reads", Json::Array(options.reads.begin(), options.reads.end()));
  if (options.executors > 1) {
    const char* const kind = options.must_all_agree ? "full" : "sampling";
    spec.set("redundancy", Json::object({{"kind", kind}, {"count", options.executors}}));
  }
  for (const auto& [name, value] : *terms.object()) spec.set(name, value);
  if (!add_grants(session, options, spec)) return std::nullopt;
  return spec;
}

// The signed submission names the spec by its CID; the spec goes beside it.
std::optional<Json> signed_submission(Session& session, const Json& spec_json) {
  const auto spec = codec::from_json<mesh::JobSpec>(spec_json);
  if (!spec.ok()) {
    session.fail(kUsage, spec.error().detail());
    return std::nullopt;
  }
  const auto info = node_info(session);
  if (!info) return std::nullopt;
  const mesh::Submission submission = mesh::submission_of(*spec, mesh::spec_block(*spec).cid, Did(info->did));
  auto transaction = sign_body(session, "mesh.submit", codec::to_json(submission));
  if (transaction) transaction->set("spec", spec_json);
  return transaction;
}

// What POST /mesh/jobs takes: signed here with --key, else by the node.
std::optional<Json> submission_body(Session& session, const Json& spec) {
  if (!session.key_file.empty()) return signed_submission(session, spec);
  const auto did = did_or_own(session);
  if (!did) return std::nullopt;
  return Json::object({{"spec", spec}, {"submitter_did", *did}});
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
                                    std::pair("fuel", "fuel_used"), std::pair("executor", "executor"),
                                    std::pair("locked", "escrow.locked"), std::pair("paid", "escrow.paid"),
                                    std::pair("refunded", "escrow.refunded")}) {
    const std::string value = text_at(job, path);
    if (!value.empty() && value != "-") session.err << "   " << title << " " << value << "\n";
  }
}

// "nobody can run the job (J003)".
std::string reason_of(const std::string& code) {
  for (const ErrorKind* kind :
       {&mesh::kNoExecutor, &mesh::kTimeout, &mesh::kValidationFailed, &mesh::kPaymentFailed,
        &mesh::kSandboxViolation, &mesh::kResourcesExhausted, &mesh::kDeadlinePassed}) {
    if (code == kind->code) return std::string(kind->title) + " (" + code + ")";
  }
  return code;
}

bool is_final(const std::string& status) {
  return status == "completed" || status == "failed" || status == "cancelled";
}

// The job once it has ended; the longest the node waits at a time is kWaitSecsMax.
std::optional<Json> wait_for_end(Session& session, const std::string& job_id) {
  while (true) {
    auto detail = get(session, "/mesh/jobs/" + segment(job_id));
    if (!detail || is_final(text_at(*detail, "job.status"))) return detail;
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
  }
}

void finish(Session& session, const JobOptions& options, const std::string& job_id) {
  const auto detail = wait_for_end(session, job_id);
  if (!detail) return;
  const std::string status = text_at(*detail, "job.status");
  if (session.json) {
    show_json(session, *detail);
  } else {
    if (status == "completed" && !print_result(session, job_id, options.output_file)) return;
    say_cost(session, *detail->find("job"));
  }
  if (status == "completed") return;
  std::string why = text_at(*detail, "receipt.message");
  if (why.empty() || why == "-") why = reason_of(text_at(*detail, "job.code"));
  session.fail(kNotMet, "the job " + status + (why.empty() || why == "-" ? "" : ": " + why));
}

// Without --max-price: what the dearest executor would ask.
bool set_price(Session& session, const JobOptions& options, Json& spec) {
  if (!options.max_price.empty()) return true;
  const auto estimate = post(session, "/mesh/jobs/estimate", Json::object({{"spec", spec}}));
  if (!estimate) return false;
  const Json* price = estimate->find("price_max");
  if (price != nullptr) spec.set("max_price", *price);
  return true;
}

void tell_submitted(Session& session, const JobOptions& options, const Json& reply) {
  const std::string job_id = text_at(reply, "job_id");
  if (options.is_waiting && !job_id.empty()) return finish(session, options, job_id);
  show_fields(session, reply,
              {{"job", "job_id"},
               {"status", "status"},
               {"locked", "escrow.locked"},
               {"transaction", "transaction_id"}});
}

// What is given of them; `state` is the name of the checkpoint.
std::optional<Json> resumption_terms(Session& session, const ResumeOptions& options,
                                     const std::string& state) {
  Json terms = Json::object({});
  if (!options.checkpoint.empty()) terms.set(state, options.checkpoint);
  if (!is_price(session, options.max_price)) return std::nullopt;
  if (!options.max_price.empty()) terms.set("max_price", Json(Json::Number{options.max_price}));
  if (options.execution_secs != 0) terms.set("max_execution_secs", Json(options.execution_secs));
  if (!add_deadline(session, options.deadline, terms)) return std::nullopt;
  return terms;
}

std::optional<Json> resume_by_node(Session& session, const ResumeOptions& options) {
  const auto terms = resumption_terms(session, options, "checkpoint_id");
  return terms ? post(session, "/mesh/jobs/" + segment(options.job_id) + "/resume", *terms) : std::nullopt;
}

// As the node does it, but signed here.
std::optional<Json> resume_signed(Session& session, const ResumeOptions& options) {
  auto terms = resumption_terms(session, options, "resume_from");
  if (!terms || !open_session(session)) return std::nullopt;
  const std::string path = "/mesh/jobs/" + segment(options.job_id);
  const auto job = get(session, path);
  const auto progress = job ? get(session, path + "/progress") : std::nullopt;
  if (!progress) return std::nullopt;
  const Json* spec = job->find("spec");
  const Json* states = progress->find("checkpoints");
  Json resumed = spec == nullptr ? Json() : *spec;
  if (resumed.is_null()) {
    session.fail(kUsage, "the node does not show the job's spec to this key");
    return std::nullopt;
  }
  if (options.checkpoint.empty() && states != nullptr && states->array() && !states->array()->empty())
    terms->set("resume_from", states->array()->front());
  if (terms->find("resume_from") == nullptr) {
    session.fail(kNotMet, "the job has saved nothing that the node knows of");
    return std::nullopt;
  }
  for (const auto& [name, value] : *terms->object()) resumed.set(name, value);
  const auto body = submission_body(session, resumed);
  return body ? post(session, "/mesh/jobs", *body) : std::nullopt;
}

}  // namespace

void submit_job(Session& session, const JobOptions& options) {
  auto spec = make_spec(session, options);
  if (!spec || !set_price(session, options, *spec)) return;
  std::optional<std::string> wait;
  if (options.is_waiting) wait = std::to_string(std::min(options.execution_secs, kWaitSecsMax));
  const auto body = submission_body(session, *spec);
  const auto reply = body ? post(session, target("/mesh/jobs", {{"wait", wait}}), *body) : std::nullopt;
  if (!reply) return;
  tell_submitted(session, options, *reply);
}

void resume_job(Session& session, const ResumeOptions& options) {
  const auto reply =
      session.key_file.empty() ? resume_by_node(session, options) : resume_signed(session, options);
  if (!reply) return;
  JobOptions waiting;
  waiting.is_waiting = options.is_waiting;
  waiting.output_file = options.output_file;
  tell_submitted(session, waiting, *reply);
}

void estimate_job(Session& session, const JobOptions& options) {
  const auto spec = make_spec(session, options);
  if (!spec) return;
  const auto reply = post(session, "/mesh/jobs/estimate", Json::object({{"spec", *spec}}));
  if (!reply) return;
  show_fields(session, *reply,
              {{"price from", "price_min"},
               {"price to", "price_max"},
               {"executors", "eligible_executors"},
               {"wait (s)", "wait_secs"},
               {"problems", "problems"}});
}

void cancel_job(Session& session, const std::string& job_id) {
  const auto reply = write(session, "/mesh/jobs/" + segment(job_id) + "/cancel", "mesh.cancel", "",
                           Json::object({{"job_id", job_id}}));
  if (reply) show_all(session, *reply);
}

void dispute_job(Session& session, const std::string& job_id) {
  const auto reply = write(session, "/mesh/jobs/" + segment(job_id) + "/dispute", "mesh.object",
                           "disputer_did", Json::object({{"job_id", job_id}}));
  if (reply) show_all(session, *reply);
}

void show_effects(Session& session, const std::string& job_id) {
  if (!session.key_file.empty() && !open_session(session)) return;
  const auto reply = get(session, "/mesh/jobs/" + segment(job_id) + "/effects");
  if (reply) show_all(session, *reply);
}

void confirm_job(Session& session, const std::string& job_id, bool is_declined) {
  const std::string path = "/mesh/jobs/" + segment(job_id);
  Json body = Json::object({{"job_id", job_id}, {"decline", is_declined}});
  if (!session.key_file.empty()) {
    if (!open_session(session)) return;
    const auto listed = get(session, path + "/effects");
    if (!listed) return;
    body.set("effects_cid", Json(text_at(*listed, "state.cid")));
    if (!is_declined) body.set("effects", *listed->find("effects"));
  }
  const auto reply = write(session, path + "/confirm", "mesh.confirm", "", std::move(body));
  if (reply) show_all(session, *reply);
}

void print_logs(Session& session, const std::string& job_id, bool is_followed) {
  http::ClientRequest request;
  request.target = target("/mesh/jobs/" + segment(job_id) + "/logs",
                          {{"follow", is_followed ? std::optional<std::string>("true") : std::nullopt}});
  // As JSON a line for each line of the log; the last may have no end.
  std::string line;
  const auto tell_line = [&] {
    session.out << codec::write_json(Json::object({{"job_id", job_id}, {"line", valid_text(line)}}))
                << std::endl;
    line.clear();
  };
  request.body_sink = [&](std::string_view text) {
    if (!session.json) {
      session.out << text << std::flush;
      return true;
    }
    for (const char each : text) {
      if (each == '\n')
        tell_line();
      else
        line += each;
    }
    return true;
  };
  send(session, std::move(request));
  if (!line.empty()) tell_line();
}

}  // namespace icn::cli
