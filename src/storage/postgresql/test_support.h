#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "storage/postgresql/connection.h"
#include "storage/storage_testing.h"

// A PostgreSQL server of its own for the tests of this program: in a temporary folder, on a free port of the
// loopback address. As root it runs as `postgres` (else `nobody`), since PostgreSQL refuses root.
namespace icn::storage::testing {

class PostgresqlServer {
 public:
  // Null where PostgreSQL is not installed.
  static PostgresqlServer* shared() {
    static PostgresqlServer server;
    return server.programs_.empty() ? nullptr : &server;
  }
  // Beside the shared one, which is not null.
  static std::unique_ptr<PostgresqlServer> another() {
    return std::unique_ptr<PostgresqlServer>(new PostgresqlServer());
  }
  std::uint16_t port() const { return port_; }
  static std::unique_ptr<PostgresqlServer> replica_of(const PostgresqlServer& primary) {
    return std::unique_ptr<PostgresqlServer>(new PostgresqlServer(&primary));
  }
  PostgresqlServer(const PostgresqlServer&) = delete;
  PostgresqlServer& operator=(const PostgresqlServer&) = delete;
  ~PostgresqlServer() { stop(SIGQUIT); }

  std::string url() const {
    return "postgresql://icn@127.0.0.1:" + std::to_string(port_) +
           "/postgres?options=-c%20client_min_messages%3Dwarning";
  }

  void start() {
    process_ = spawn({programs_ + "postgres", "-D", data(), "-p", std::to_string(port_), "-k", data(), "-c",
                      "listen_addresses=127.0.0.1", "-c", "max_connections=200"});
    for (int tries = 0; PQping(url().c_str()) != PQPING_OK; ++tries) {
      ICN_ASSERT(tries < 3000);
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }
  // SIGINT: as an operator does. SIGQUIT: as a crash does; the next start recovers.
  void stop(int signal) {
    if (process_ <= 0) return;
    ::kill(process_, signal);
    ::waitpid(process_, nullptr, 0);
    process_ = 0;
  }

  // Where its files lie.
  std::string data() const { return (folder_.path() / "data").string(); }

  // The first column of each row, one a line, or what the server says.
  std::string ask(const std::string& sql) const {
    const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(url().c_str()), &PQfinish);
    const postgresql::Answer answer(PQexec(connection.get(), sql.c_str()));
    std::string out = PQresultErrorMessage(answer.get());
    for (int row = 0; row < PQntuples(answer.get()); ++row)
      out += postgresql::answer_text(answer, row, 0) + "\n";
    return out;
  }

 private:
  // Of `primary` a streaming replica.
  explicit PostgresqlServer(const PostgresqlServer* primary = nullptr) : programs_(find_programs()) {
    if (programs_.empty()) return;
    const passwd* const user = ::geteuid() != 0 ? nullptr : ::getpwnam("postgres");
    const passwd* const other = ::geteuid() != 0 || user != nullptr ? user : ::getpwnam("nobody");
    if (other != nullptr) {
      user_ = {other->pw_uid, other->pw_gid};
      ICN_ASSERT(::chown(folder_.path().c_str(), user_->first, user_->second) == 0);
    }
    std::vector<std::string> command{
        programs_ + "initdb", "-D", data(), "-A",         "trust",           "-U", "icn",
        "--no-sync",          "-E", "UTF8", "--locale=C", "--data-checksums"};
    if (primary != nullptr) {
      command = {
          programs_ + "pg_basebackup", "-D", data(), "-d", primary->url(), "-R", "--no-sync", "-c", "fast"};
    }
    const pid_t made = spawn(command);
    int status = 0;
    ICN_ASSERT(::waitpid(made, &status, 0) == made && status == 0);
    port_ = free_port();
    start();
  }

  // Debian keeps the server's programs in a folder of their version; the newest one.
  static std::string find_programs() {
    std::vector<std::string> found;
    std::error_code absent;
    for (const auto& each : std::filesystem::directory_iterator("/usr/lib/postgresql", absent)) {
      if (std::filesystem::exists(each.path() / "bin/initdb", absent)) found.push_back(each.path() / "bin/");
    }
    return found.empty() ? std::string() : *std::ranges::max_element(found);
  }

  static std::uint16_t free_port() {
    const int probe = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    ICN_ASSERT(::bind(probe, reinterpret_cast<sockaddr*>(&address), size) == 0);
    ICN_ASSERT(::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    ::close(probe);
    return ntohs(address.sin_port);
  }

  pid_t spawn(std::vector<std::string> words) const {
    const std::string log = (folder_.path() / "log").string();
    const pid_t parent = ::getpid();
    const pid_t child = ::fork();
    if (child != 0) return child;
    if (user_ &&
        (::setgroups(0, nullptr) != 0 || ::setgid(user_->second) != 0 || ::setuid(user_->first) != 0))
      _exit(1);
    // A test program that aborts stops no server: the kernel does. Forgotten by setuid, so behind it.
    if (::prctl(PR_SET_PDEATHSIG, SIGQUIT) != 0 || ::getppid() != parent) _exit(1);
    const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (::chdir(folder_.path().c_str()) != 0 || ::dup2(out, 1) < 0 || ::dup2(out, 2) < 0) _exit(1);
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    ::execv(arguments[0], arguments.data());
    _exit(127);
  }

  TestFolder folder_;
  std::string programs_;
  std::optional<std::pair<uid_t, gid_t>> user_;
  std::uint16_t port_ = 0;
  pid_t process_ = 0;
};

// A schema of its own for each folder.
inline PostgresqlOptions postgresql_options(const PostgresqlServer& server,
                                            const std::filesystem::path& folder) {
  PostgresqlOptions options;
  options.url = server.url();
  options.schema = folder.filename().string();
  options.connections_min = 1;
  return options;
}

}  // namespace icn::storage::testing
