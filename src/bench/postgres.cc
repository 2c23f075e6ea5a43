#include "bench/postgres.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "base/errors.h"
#include "bench/program.h"
#include "bench/temporary_folder.h"

namespace icn::bench {
namespace {

// Debian keeps the server's programs in a folder of their version; the newest one.
Result<std::string> server_programs() {
  std::vector<std::string> found;
  std::error_code ignored;
  for (const auto& each : std::filesystem::directory_iterator("/usr/lib/postgresql", ignored)) {
    if (std::filesystem::exists(each.path() / "bin/initdb")) found.push_back(each.path() / "bin/");
  }
  if (!found.empty()) return *std::ranges::max_element(found);
  if (has_program("initdb")) return std::string();
  return Error(errors::kUnavailable, "PostgreSQL is not installed (`make bench` installs it)");
}

std::string unprivileged_user() {
  if (::geteuid() != 0) return {};
  return ::getpwnam("postgres") != nullptr ? "postgres" : "nobody";
}

}  // namespace

Result<std::unique_ptr<PostgresCluster>> PostgresCluster::start(const std::string& server_options) {
  ICN_TRY_ASSIGN(programs, server_programs());
  ICN_TRY_ASSIGN(folder, TemporaryFolder::make());
  const std::string user = unprivileged_user();
  auto out = std::unique_ptr<PostgresCluster>(new PostgresCluster(programs, user, std::move(folder)));
  ICN_TRY(out->run_server(server_options));
  return out;
}

PostgresCluster::~PostgresCluster() {
  if (is_running_) run("pg_ctl -D " + data() + " -m immediate stop");
}

Result<void> PostgresCluster::run_server(const std::string& options) {
  const std::string folder = folder_.path().string();
  if (!user_.empty()) {
    const auto owned = run_program("chown " + user_ + " " + shell_word(folder));
    if (owned.exit_code != 0) return Error(errors::kUnavailable, owned.text);
  }
  ICN_TRY(must("initdb -D " + data() + " -A trust -U bench --no-sync -E UTF8 --locale=C"));
  ICN_TRY(must("pg_ctl -D " + data() + " -l " + shell_word(folder + "/log") + " -w -t 60 -o " +
               shell_word("-k " + folder + " -c listen_addresses='' " + options) + " start"));
  is_running_ = true;
  return {};
}

Result<std::string> PostgresCluster::must(const std::string& command) {
  const ProgramResult result = run(command);
  if (result.exit_code == 0) return result.text;
  return Error(errors::kUnavailable,
               command.substr(0, command.find(' ')) + ": " + result.text.substr(0, 300));
}

std::string PostgresCluster::connection() const {
  return "host=" + folder_.path().string() + " user=bench dbname=postgres";
}

std::string PostgresCluster::data() const { return shell_word(folder_.path().string() + "/data"); }

ProgramResult PostgresCluster::run(const std::string& command) const {
  const std::string whole =
      "cd " + shell_word(folder_.path().string()) + " && PATH=" + shell_word(programs_) + ":$PATH " + command;
  return run_program(user_.empty() ? whole : "runuser -u " + user_ + " -- sh -c " + shell_word(whole));
}

Result<double> PostgresCluster::measure(const std::string& arguments, std::size_t seconds,
                                        const std::string& settings) {
  ICN_TRY_ASSIGN(text, must((settings.empty() ? "" : "PGOPTIONS=" + shell_word(settings) + " ") +
                            "pgbench -T " + std::to_string(seconds) + " " + arguments + " -h " +
                            shell_word(folder_.path().string()) + " -U bench postgres"));
  const auto rate = number_after(text, "tps =");
  if (!rate) return Error(errors::kUnavailable, "pgbench printed no figure: " + text.substr(0, 300));
  return *rate;
}

Result<double> measure_tpcb(std::size_t seconds) {
  if (!has_program("pgbench")) {
    return Error(errors::kUnavailable, "pgbench is not installed (`make bench` installs it)");
  }
  ICN_TRY_ASSIGN(cluster, PostgresCluster::start());
  ICN_TRY(cluster->must("pgbench -i -q -s 10 -h " + shell_word(cluster->folder()) + " -U bench postgres"));
  return cluster->measure("-c 16 -j 2", seconds);
}

}  // namespace icn::bench
