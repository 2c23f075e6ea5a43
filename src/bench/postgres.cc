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

class Cluster {
 public:
  Cluster(std::string programs, std::string user, std::string folder)
      : programs_(std::move(programs)), user_(std::move(user)), folder_(std::move(folder)) {}
  ~Cluster() {
    if (is_running_) run("pg_ctl -D " + data() + " -m immediate stop");
  }

  Result<void> start() {
    if (!user_.empty()) {
      const auto owned = run_program("chown " + user_ + " " + shell_word(folder_));
      if (owned.exit_code != 0) return Error(errors::kUnavailable, owned.text);
    }
    ICN_TRY(must("initdb -D " + data() + " -A trust -U bench --no-sync -E UTF8 --locale=C"));
    ICN_TRY(must("pg_ctl -D " + data() + " -l " + shell_word(folder_ + "/log") + " -w -t 60 -o " +
                 shell_word("-k " + folder_ + " -c listen_addresses=''") + " start"));
    is_running_ = true;
    return {};
  }

  Result<std::string> must(const std::string& command) {
    const ProgramResult result = run(command);
    if (result.exit_code == 0) return result.text;
    return Error(errors::kUnavailable,
                 command.substr(0, command.find(' ')) + ": " + result.text.substr(0, 300));
  }

 private:
  std::string data() const { return shell_word(folder_ + "/data"); }
  ProgramResult run(const std::string& command) {
    const std::string whole =
        "cd " + shell_word(folder_) + " && PATH=" + shell_word(programs_) + ":$PATH " + command;
    return run_program(user_.empty() ? whole : "runuser -u " + user_ + " -- sh -c " + shell_word(whole));
  }

  std::string programs_;
  std::string user_;
  std::string folder_;
  bool is_running_ = false;
};

}  // namespace

Result<double> measure_tpcb(std::size_t seconds) {
  if (!has_program("pgbench")) {
    return Error(errors::kUnavailable, "pgbench is not installed (`make bench` installs it)");
  }
  ICN_TRY_ASSIGN(programs, server_programs());
  ICN_TRY_ASSIGN(folder, TemporaryFolder::make());
  Cluster cluster(programs, unprivileged_user(), folder.path().string());
  ICN_TRY(cluster.start());
  const std::string where = " -h " + shell_word(folder.path().string()) + " -U bench postgres";
  ICN_TRY(cluster.must("pgbench -i -q -s 10" + where));
  ICN_TRY_ASSIGN(text, cluster.must("pgbench -c 16 -j 2 -T " + std::to_string(seconds) + where));
  const auto rate = number_after(text, "tps =");
  if (!rate) return Error(errors::kUnavailable, "pgbench printed no figure: " + text.substr(0, 300));
  return *rate;
}

}  // namespace icn::bench
