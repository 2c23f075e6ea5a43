#include <filesystem>
#include <memory>
#include <ostream>

#include "cli/files.h"
#include "cli/job_project.h"
#include "cli/job_submission.h"
#include "cli/job_watch.h"
#include "cli/local_run.h"
#include "cli/receipt_check.h"
#include "cli/remote.h"
#include "cli/table.h"
#include "cli/verbs/all.h"

namespace icn::cli {
namespace {

using codec::Json;

std::string job_path(const std::string& id, std::string_view rest = {}) {
  return "/mesh/jobs/" + segment(id) + std::string(rest);
}

void add_term_options(Command& command, JobTerms& terms) {
  command.option("--cores", terms.cpu_cores, "processor cores its executor must have")
      .option("--storage", terms.storage_mb, "MiB of storage it must have")
      .option("--gpus", terms.gpus, "graphics processors it must have")
      .option("--capability", terms.capabilities,
              "what it must offer (its mesh.capabilities); may be given again")
      .option("--federation", terms.federations,
              "id of a federation whose members' nodes may run it; may be given again; all when absent")
      .option("--trust-scope", terms.trust_scope, "trust scope it must serve")
      .option("--min-reputation", terms.reputation_min, "reputation it must have, 0 to 100")
      .choice("--strategy", terms.strategy,
              {"best_score", "lowest_price", "fastest_delivery", "weighted_random"}, "who of those gets it")
      .choice("--privacy", terms.privacy, {"restricted", "public"}, "who may read what belongs to it")
      .option("--deadline", terms.deadline,
              "Unix seconds, or + and seconds from now: refunded if not run by then")
      .flag("--long-running", terms.is_long_running, "--time may be up to a day")
      .flag("--may-differ", terms.may_differ,
            "results of --executors may differ: who comes to another is not wrong");
}

void add_job_options(Command& command, JobOptions& options) {
  command.argument("MODULE", options.module, "WebAssembly file, or the CID of one the node has")
      .option("--input,-i", options.inputs, "file or CID; the first is standard input; may be given again")
      .option("--arg,-a", options.args, "argument of the job; may be given again")
      .option("--env,-e", options.environment, "NAME=value; may be given again")
      .option("--function", options.function, "entry; _start, run or main if absent")
      .option("--max-price", options.max_price, "mana locked for it; the estimate when absent")
      .option("--fuel", options.fuel, "instructions it may use")
      .option("--memory", options.memory_mb, "MiB it may use")
      .option("--time", options.execution_secs, "seconds it may take")
      .option("--executors", options.executors,
              "how many run it, 9 at most; --max-price is locked for each, and two thirds must agree")
      .flag("--all-agree", options.must_all_agree, "all of --executors must agree")
      .option("--read", options.reads,
              "ledger read answered at assignment: mana_balance:DID, resolve_did:DID, reputation:DID, "
              "governance_state:PROPOSAL; may be "
              "given again")
      .option(
          "--grant", options.grants,
          "submit_job, pay, spend, propose, vote:PROPOSAL or advance:PROPOSAL: what the job may ask of the "
          "ledger; may be given again")
      .option("--pay-to", options.recipients, "DID that --grant pay may pay; may be given again")
      .option("--mana-max", options.mana_max, "mana that all it asks for may cost");
  add_term_options(command, options.terms);
}

void define_submit(Command command, Session& session) {
  auto options = std::make_shared<JobOptions>();
  add_job_options(command, *options);
  command.flag("--wait", options->is_waiting, "wait for the end; print result, receipt and cost")
      .option("--output,-o", options->output_file,
              "with --wait: file for the result; standard output when absent");
  command.runs([options, &session] { submit_job(session, *options); });
}

void define_run(Command command, Session& session) {
  auto options = std::make_shared<JobOptions>();
  auto is_local = std::make_shared<bool>(false);
  add_job_options(command, *options);
  command.flag("--local", *is_local, "on this machine: no node, no mana; prints log, fuel and memory")
      .option("--output,-o", options->output_file, "file for the result; standard output when absent")
      .footer("Without --local the same as `icn job submit --wait`.");
  command.runs([options, is_local, &session] {
    options->is_waiting = true;
    if (!*is_local) return submit_job(session, *options);
    LocalRun local;
    local.module_file = options->module;
    local.function = options->function;
    local.input_files = options->inputs;
    local.args = options->args;
    local.environment = options->environment;
    local.fuel = options->fuel;
    local.memory_mb = options->memory_mb;
    local.execution_secs = options->execution_secs;
    local.output_file = options->output_file;
    run_locally(session, local);
  });
}

void define_estimate(Command command, Session& session) {
  auto options = std::make_shared<JobOptions>();
  add_job_options(command, *options);
  command.runs([options, &session] { estimate_job(session, *options); });
}

void define_list(Command command, Session& session) {
  struct Options {
    std::optional<std::string> status, submitter, executor, since;
    PageOptions page;
  };
  auto options = std::make_shared<Options>();
  command
      .option("--status", options->status,
              "submitted, assigned, verifying, claimed, completed, disputed, failed or cancelled")
      .option("--submitter", options->submitter, "only jobs of this DID")
      .option("--executor", options->executor, "only jobs run by this DID")
      .option("--since", options->since, "only jobs from this time on, Unix seconds")
      .page(options->page, "newest first");
  command.runs([options, &session] {
    const auto reply = get(session, target("/mesh/jobs",
                                           {{"status", options->status},
                                            {"submitter", options->submitter},
                                            {"executor", options->executor},
                                            {"since", options->since}},
                                           options->page));
    if (!reply) return;
    show_table(session, *reply,
               {{"JOB", "job_id", Kind::kId},
                {"STATUS", "status"},
                {"SUBMITTED", "submitted_at", Kind::kTime},
                {"SUBMITTER", "submitter", Kind::kId},
                {"PAID", "escrow.paid", Kind::kNumber}},
               "no jobs");
  });
}

void define_executors(Command command, Session& session) {
  command.runs([&session] {
    const auto reply = get(session, "/mesh/executors");
    if (!reply) return;
    show_table(session, *reply,
               {{"EXECUTOR", "executor", Kind::kId},
                {"RUNNING", "running", Kind::kNumber},
                {"OF", "workers", Kind::kNumber},
                {"QUEUED", "queued", Kind::kNumber},
                {"PRICE", "price", Kind::kNumber},
                {"CORES", "cpu_cores", Kind::kNumber},
                {"REPUTATION", "reputation", Kind::kNumber},
                {"CAPABILITIES", "capabilities"},
                {"HEARD", "heard_at", Kind::kTime}},
               "no executors");
  });
}

void define_show(Command command, Session& session) {
  auto id = std::make_shared<std::string>();
  command.argument("JOB", *id, "job id");
  command.runs([id, &session] {
    const auto reply = get(session, job_path(*id));
    if (reply) show_all(session, *reply);
  });
}

void define_logs(Command command, Session& session) {
  auto id = std::make_shared<std::string>();
  auto is_followed = std::make_shared<bool>(false);
  command.argument("JOB", *id, "job id").flag("--follow,-f", *is_followed, "go on until the job ends");
  command.runs([id, is_followed, &session] { print_logs(session, *id, *is_followed); });
}

void define_watch(Command command, Session& session) {
  auto id = std::make_shared<std::string>();
  command.argument("JOB", *id, "job id");
  command.runs([id, &session] { watch_job(session, *id); });
}

void define_result(Command command, Session& session) {
  auto id = std::make_shared<std::string>();
  auto output_file = std::make_shared<std::string>();
  command.argument("JOB", *id, "job id")
      .option("--output,-o", *output_file, "file; standard output when absent");
  command.runs([id, output_file, &session] {
    http::ClientRequest request;
    request.target = job_path(*id, "/result");
    const auto reply = send(session, std::move(request));
    if (reply) write_file(session, *output_file, as_bytes(reply->body));
  });
}

void define_cancel(Command command, Session& session) {
  auto id = std::make_shared<std::string>();
  command.argument("JOB", *id, "job id");
  command.runs([id, &session] { cancel_job(session, *id); });
}

void define_resume(Command command, Session& session) {
  auto options = std::make_shared<ResumeOptions>();
  command.argument("JOB", options->job_id, "job id")
      .option("--checkpoint", options->checkpoint, "CID of a saved state; the newest when absent")
      .option("--max-price", options->max_price, "mana locked for it; as before when absent")
      .option("--time", options->execution_secs, "seconds it may take; as before when absent")
      .option("--deadline", options->deadline,
              "Unix seconds, or + and seconds from now; needed when the former one has passed")
      .flag("--wait", options->is_waiting, "wait for the end; print result, receipt and cost")
      .option("--output,-o", options->output_file,
              "with --wait: file for the result; standard output when absent");
  command.runs([options, &session] { resume_job(session, *options); });
}

void define_job_dispute(Command command, Session& session) {
  auto id = std::make_shared<std::string>();
  command.argument("JOB", *id, "job id");
  command.runs([id, &session] { dispute_job(session, *id); });
}

void define_effects(Command command, Session& session) {
  auto id = std::make_shared<std::string>();
  command.argument("JOB", *id, "job id");
  command.runs([id, &session] { show_effects(session, *id); });
}

void define_confirm(Command command, Session& session) {
  auto id = std::make_shared<std::string>();
  auto is_declined = std::make_shared<bool>(false);
  command.argument("JOB", *id, "job id").flag("--decline", *is_declined, "end it without effect");
  command.runs([id, is_declined, &session] { confirm_job(session, *id, *is_declined); });
}

void define_verify(Command command, Session& session) {
  auto what = std::make_shared<std::string>();
  auto submitter = std::make_shared<std::string>();
  command.argument("RECEIPT", *what, "file with a receipt, CID of one, or a job id")
      .option("--submitter", *submitter, "who submitted the job, if the node does not know it");
  command.runs([what, submitter, &session] { check_receipt(session, *what, *submitter); });
}

void define_new(Command command, Session& session) {
  auto path = std::make_shared<std::string>();
  auto language = std::make_shared<std::string>("c");
  command.argument("NAME", *path, "folder to make; its name is the job's")
      .choice("--lang", *language, {"c"}, "language of the sources");
  command.runs([path, &session] {
    std::error_code unknown;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", unknown);
    const auto made = write_job_project(*path, unknown ? "icn" : program.string());
    if (!made.ok()) return session.fail(kUsage, made.error().detail());
    if (session.json) {
      return show_json(session,
                       Json::object({{"path", *path}, {"files", Json::Array(made->begin(), made->end())}}));
    }
    session.out << "made " << *path << "; next: cd " << *path << " && make run\n";
  });
}

}  // namespace

void define_job(Command command, Session& session) {
  define_submit(command.add("submit", "give the node a job"), session);
  define_run(command.add("run", "run a job and print its result"), session);
  define_list(command.add("list", "jobs, newest first"), session);
  define_show(command.add("show", "one job: timeline, escrow, receipt"), session);
  define_executors(command.add("executors", "who runs jobs, as far as the node knows: load and price"),
                   session);
  define_logs(command.add("logs", "what a job logged"), session);
  define_watch(command.add("watch", "follow a job: log and progress until it ends"), session);
  define_result(command.add("result", "what a job answered"), session);
  define_cancel(command.add("cancel", "stop a job"), session);
  define_resume(command.add("resume", "go on from what a job had saved, as a new job"), session);
  define_job_dispute(command.add("dispute", "doubt a receipt on a stake: others run the job again"), session);
  define_effects(command.add("effects", "what a job asks the ledger to do"), session);
  define_confirm(command.add("confirm", "have the ledger do what a job asks for, all or nothing"), session);
  define_estimate(command.add("estimate", "what a job would cost"), session);
  define_verify(command.add("verify", "run a job again here and compare with its receipt"), session);
  define_new(command.add("new", "a folder with a job to start from"), session);
}

}  // namespace icn::cli
