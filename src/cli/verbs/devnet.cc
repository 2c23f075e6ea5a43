#include "devnet/run.h"

#include <signal.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <memory>
#include <ostream>
#include <thread>

#include "base/errors.h"
#include "bench/temporary_folder.h"
#include "cli/stop_signals.h"
#include "cli/table.h"
#include "cli/verbs/all.h"
#include "devnet/html_report.h"
#include "devnet/kept_world.h"

namespace icn::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kNodesMax = 50;
constexpr std::uint64_t kJobsMax = 1'000;
constexpr std::uint64_t kValidators = 4;

struct Options {
  std::uint64_t nodes = 10;
  std::optional<std::uint64_t> validators;  // as asked
  std::uint64_t jobs = 50;
  std::string duration = "5m";
  std::string workload = "echo";
  std::string full_nodes = "follow";
  bool keep = false;
  std::string fault = "none";
  std::string json_file;
  std::string html_file;
  std::string programs;
  std::string folder;
  bool has_run = false;  // a verb below has
};

// Seconds of "90", "90s", "5m", "1h"; 0: none of these.
double seconds_of(const std::string& text) {
  std::uint64_t number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (code != std::errc() || number > 1'000'000) return 0;
  const std::uint64_t factor = unit.empty() || unit == "s" ? 1 : unit == "m" ? 60 : unit == "h" ? 3600 : 0;
  return static_cast<double>(number * factor);
}

std::string usage_problem(const Options& options) {
  if (options.nodes == 0 || options.nodes > kNodesMax) return "--nodes: must be from 1 to 50";
  if (options.validators == 0U) return "--validators: must be 1 at least";
  if (options.jobs == 0 || options.jobs > kJobsMax) return "--jobs: must be from 1 to 1000";
  const double seconds = seconds_of(options.duration);
  if (seconds < 1 || seconds > 86'400) return "--duration: must be from 1s to 24h, as 90s or 5m";
  return {};
}

// Where the nodes' folders lie, and what is left of it afterwards.
class RunFolder {
 public:
  static Result<RunFolder> make(const Options& options) {
    RunFolder out;
    if (!options.folder.empty()) {
      std::error_code failure;
      fs::create_directories(options.folder, failure);
      if (failure || !fs::is_empty(options.folder, failure)) {
        return Error(errors::kMalformed,
                     "--data " + options.folder + ": must be an empty folder, or none yet");
      }
      out.path_ = fs::absolute(options.folder);
      out.is_emptied_ = !options.keep;
      return out;
    }
    ICN_TRY_ASSIGN(temporary, bench::TemporaryFolder::make());
    out.path_ = temporary.path();
    out.temporary_ = std::make_unique<bench::TemporaryFolder>(std::move(temporary));
    if (options.keep) out.temporary_->keep();
    return out;
  }
  RunFolder(RunFolder&& other) noexcept = default;
  RunFolder& operator=(RunFolder&&) = delete;
  ~RunFolder() {
    if (path_.empty() || !is_emptied_) return;
    std::error_code ignored;
    for (const auto& each : fs::directory_iterator(path_, ignored)) fs::remove_all(each.path(), ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  RunFolder() = default;
  fs::path path_;
  bool is_emptied_ = false;
  std::unique_ptr<bench::TemporaryFolder> temporary_;
};

// Lines of progress on standard error; on a terminal the newest replaces the one before.
void tell_progress(Session& session, devnet::Control& control) {
  const bool is_terminal = ::isatty(STDERR_FILENO) == 1;
  control.say = [&session, is_terminal](const std::string& line) {
    session.err << (is_terminal ? "\r\033[K" : "") << "icn: " << line << "\n" << std::flush;
  };
  control.show = [&session, is_terminal](const std::string& line) {
    if (is_terminal) session.err << "\r\033[K" << line << std::flush;
  };
}

bool write_text(const std::string& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << text;
  return out.flush().good();
}

std::string kept_folder(const Options& options) {
  return fs::absolute(options.folder.empty() ? "icn-devnet" : options.folder).string();
}

devnet::WorldOptions world_options(const Options& options, const fs::path& folder) {
  devnet::WorldOptions out;
  out.executable = fs::read_symlink("/proc/self/exe").string();
  out.folder = folder;
  out.nodes = options.nodes;
  out.validators = std::min(options.validators.value_or(kValidators), options.nodes);
  out.has_engines = options.full_nodes == "cometbft";
  return out;
}

// What was asked for and is not done.
void tell_fewer_validators(const Options& options, Session& session) {
  if (options.validators.value_or(0) <= options.nodes) return;
  session.err << "icn: --validators " << *options.validators << ": there are " << options.nodes
              << " nodes; all of them validate\n";
}

void run_devnet(const Options& options, Session& session) {
  const StopSignals signals;  // before any thread
  auto folder = RunFolder::make(options);
  if (!folder.ok()) return session.fail(kUsage, folder.error().detail());
  tell_fewer_validators(options, session);
  devnet::Control control;
  tell_progress(session, control);
  devnet::RunOptions run;
  run.world = world_options(options, folder->path());
  run.jobs = options.jobs;
  run.duration_secs = seconds_of(options.duration);
  run.workload = options.workload;
  run.fault = options.fault == "none" ? "" : options.fault;
  run.world.has_relays = options.fault == "partition" || options.fault == "slow";
  run.programs = options.programs.empty() ? fs::path(run.world.executable).parent_path() / "../examples"
                                          : fs::path(options.programs);
  const auto watching = signals.watch(control.is_stopping);
  const auto result = devnet::run(run, control);
  control.show("");
  if (!result.ok()) return session.fail(kFailed, "devnet: " + result.error().detail());
  const devnet::Report report = devnet::make_report(*result);
  const codec::Json json = devnet::result_json(*result, report);
  if (!options.json_file.empty() && !write_text(options.json_file, codec::write_json_pretty(json) + "\n"))
    session.fail(kFailed, "cannot write " + options.json_file);
  if (!options.html_file.empty() && !write_text(options.html_file, devnet::html_report(*result, report)))
    session.fail(kFailed, "cannot write " + options.html_file);
  if (session.json)
    session.out << codec::write_json_pretty(json) << "\n";
  else
    session.out << report.text();
  if (options.keep)
    session.err << "icn: folders and logs of the nodes are in " << folder->path().string() << "\n";
  if (!report.all_met() && session.exit_code == kOk) session.exit_code = kNotMet;
}

void show_kept(Session& session, const devnet::KeptWorld& world) {
  codec::Json::Array items;
  bool is_well = true;
  for (const devnet::NodePlan& node : world.nodes) {
    const devnet::NodeStatus status = devnet::status_of(node);
    is_well = is_well && status.is_ready;
    const auto count = [](const std::optional<std::uint64_t>& value) {
      return value ? codec::Json(*value) : codec::Json();
    };
    items.push_back(codec::Json::object({{"name", node.name},
                                         {"state", status.is_ready     ? "ready"
                                                   : status.is_running ? "running"
                                                                       : "stopped"},
                                         {"validator", node.is_validator},
                                         {"height", count(status.height)},
                                         {"peers", count(status.peers)},
                                         {"memory_mb", codec::Json(status.resident_bytes / 1'000'000)},
                                         {"url", node.url()},
                                         {"data_path", node.folder}}));
  }
  if (session.json) {
    show_json(session, codec::Json(std::move(items)));
  } else {
    session.out << table_text(items,
                              {{"NODE", "name"},
                               {"STATE", "state"},
                               {"VALIDATOR", "validator"},
                               {"HEIGHT", "height", Kind::kNumber},
                               {"PEERS", "peers", Kind::kNumber},
                               {"MEMORY (MB)", "memory_mb", Kind::kNumber},
                               {"URL", "url"},
                               {"DATA", "data_path"}},
                              false);
  }
  if (!is_well) session.exit_code = kNotMet;
}

void bring_up(const Options& options, Session& session) {
  const StopSignals signals;
  const std::string folder = kept_folder(options);
  std::error_code failure;
  fs::create_directories(folder, failure);
  tell_fewer_validators(options, session);
  devnet::Control control;
  tell_progress(session, control);
  const auto watching = signals.watch(control.is_stopping);
  const auto world = devnet::bring_up(world_options(options, folder), control);
  control.show("");
  if (!world.ok()) return session.fail(kFailed, "devnet: " + world.error().detail());
  show_kept(session, *world);
  session.err
      << "icn: `icn --url URL --data DATA ...` asks a node as its operator; `icn devnet down` ends them\n";
}

void bring_down(const Options& options, Session& session) {
  const auto count = devnet::bring_down(kept_folder(options));
  if (!count.ok()) return session.fail(kFailed, "devnet: " + count.error().detail());
  session.err << "icn: " << *count << " nodes ended; `icn devnet up` goes on with them, their folders are in "
              << kept_folder(options) << "\n";
}

void show_status(const Options& options, Session& session) {
  const auto world = devnet::load_kept_world(kept_folder(options));
  if (!world.ok()) return session.fail(kFailed, "devnet: " + world.error().detail());
  if (!*world) return session.fail(kFailed, "there is no devnet in " + kept_folder(options));
  show_kept(session, **world);
}

// A verb below `devnet`, in whose place it runs.
void define_kept(Command command, Session& session, const std::shared_ptr<Options>& options,
                 void (*action)(const Options&, Session&)) {
  command.runs([options, action, &session] {
    options->has_run = true;
    const std::string problem = usage_problem(*options);
    if (!problem.empty()) return session.fail(kUsage, problem);
    action(*options, session);
  });
}

}  // namespace

void define_devnet(Command command, Session& session) {
  auto options = std::make_shared<Options>();
  command.option("--nodes", options->nodes, "nodes; the first is the bootstrap peer and the operator's")
      .option("--validators", options->validators,
              "of them that order the ledger, 4 unless said, all when there are fewer; the others follow it")
      .choice("--full-nodes", options->full_nodes, {"follow", "cometbft"},
              "whether those others run CometBFT too, or read from the validators' what was decided")
      .option("--jobs", options->jobs, "jobs in flight")
      .option("--duration", options->duration, "how long, as 90s or 5m")
      .choice("--workload", options->workload, {"echo", "examples", "mix"}, "what the jobs do")
      .option("--programs", options->programs,
              "folder with the modules of examples/jobs; default: where the build puts them")
      .choice(
          "--fault", options->fault, {"none", "kill", "partition", "slow"},
          "hurt the network while it works, every 12 s for 5 s: kill -9 of a node; some nodes parted from "
          "the others; all links of a node 200 ms slower")
      .flag("--keep", options->keep, "leave the nodes' folders and logs")
      .option("--json", options->json_file, "write all that was measured to this file")
      .option("--html", options->html_file, "write a page with plots to this file")
      .option("--data", options->folder,
              "folder of the nodes, empty; default: a temporary one, of up, down and status icn-devnet")
      .footer(
          "Starts real nodes of this program on free ports of 127.0.0.1, lets them find each other, runs "
          "jobs on "
          "them and prints each figure beside the performance guide's and what must be reached. Exit code 0: "
          "all is "
          "reached; 3: some is not, or could not be measured. Ctrl-C ends the nodes.");
  define_kept(command.add_optional("up", "start such nodes and leave them running"), session, options,
              bring_up);
  define_kept(command.add_optional("down", "end the nodes that up has started"), session, options,
              bring_down);
  define_kept(command.add_optional("status", "what the nodes that up has started are at"), session, options,
              show_status);
  command.runs([options, &session] {
    if (options->has_run) return;
    const std::string problem = usage_problem(*options);
    if (!problem.empty()) return session.fail(kUsage, problem);
    run_devnet(*options, session);
  });
}

}  // namespace icn::cli
