#include "bench/node_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

#include "base/errors.h"

namespace icn::bench {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kStartWait = std::chrono::seconds(60);

std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string last_lines(const std::string& text) {
  return text.size() <= 600 ? text : text.substr(text.size() - 600);
}

// Only what may be called between fork and exec.
[[noreturn]] void become(const std::vector<char*>& arguments, int output, int log) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  ::execv(arguments[0], arguments.data());
  ::_exit(127);
}

// The port in "serving   http://127.0.0.1:40123   docs at ..."; 0: the line is not there yet.
std::uint16_t port_in(const std::string& text) {
  const std::size_t line = text.find("serving ");
  if (line == std::string::npos) return 0;
  const std::size_t at = text.find("127.0.0.1:", line);
  if (at == std::string::npos || text.find('\n', at) == std::string::npos) return 0;
  return static_cast<std::uint16_t>(std::strtoul(text.c_str() + at + 10, nullptr, 10));
}

}  // namespace

Result<std::unique_ptr<NodeProcess>> NodeProcess::start(const std::string& executable,
                                                        const std::filesystem::path& folder,
                                                        const std::vector<std::string>& settings) {
  std::vector<std::string> words{executable,
                                 "node",
                                 "--development",
                                 "--data_path=" + folder.string(),
                                 "--http_listen_addr=127.0.0.1:0",
                                 "--log.level=warn"};
  words.insert(words.end(), settings.begin(), settings.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const std::filesystem::path log = folder.string() + ".log";
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return Error(errors::kInternal, "cannot make a pipe");
  const int log_file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  auto node = std::unique_ptr<NodeProcess>(new NodeProcess());
  const Clock::time_point started = Clock::now();
  node->pid_ = ::fork();
  if (node->pid_ == 0) become(arguments, ends[1], log_file);
  ::close(ends[1]);
  ::close(log_file);
  const auto ready = node->wait_until_ready(ends[0], log);
  node->start_secs_ = std::chrono::duration<double>(Clock::now() - started).count();
  ::close(ends[0]);
  if (!ready.ok()) return ready.error();
  std::istringstream(read_text(folder / "operator-api-key")) >> node->operator_key_;
  return node;
}

Result<void> NodeProcess::wait_until_ready(int output, const std::filesystem::path& log) {
  const Clock::time_point deadline = Clock::now() + kStartWait;
  std::string said;
  while (port_ == 0 && Clock::now() < deadline) {
    pollfd waiting{output, POLLIN, 0};
    if (::poll(&waiting, 1, 100) <= 0) continue;
    char buffer[1024];
    const ssize_t count = ::read(output, buffer, sizeof buffer);
    if (count <= 0) break;
    said.append(buffer, static_cast<std::size_t>(count));
    port_ = port_in(said);
  }
  if (port_ == 0) {
    return Error(errors::kUnavailable, "the node did not start: " + said + last_lines(read_text(log)));
  }
  http::Client client = this->client();
  while (Clock::now() < deadline) {
    const auto answer = client.get("/system/ready");
    if (answer.ok() && answer->status == 200) return {};
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return Error(errors::kUnavailable, "the node is not ready: " + last_lines(read_text(log)));
}

NodeProcess::~NodeProcess() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGTERM);
  const Clock::time_point deadline = Clock::now() + std::chrono::seconds(20);
  while (::waitpid(pid_, nullptr, WNOHANG) == 0) {
    if (Clock::now() > deadline) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
      return;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

double NodeProcess::cpu_secs() const {
  const std::string text = read_text("/proc/" + std::to_string(pid_) + "/stat");
  // Behind the name in parentheses: state is field 3, utime and stime are 14 and 15.
  std::istringstream fields(text.substr(text.rfind(')') + 1));
  std::string skipped;
  for (int i = 3; i < 14; ++i) fields >> skipped;
  double user_ticks = 0;
  double system_ticks = 0;
  fields >> user_ticks >> system_ticks;
  return (user_ticks + system_ticks) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

std::uint64_t NodeProcess::resident_bytes() const {
  std::istringstream fields(read_text("/proc/" + std::to_string(pid_) + "/statm"));
  std::uint64_t total_pages = 0;
  std::uint64_t resident_pages = 0;
  fields >> total_pages >> resident_pages;
  return resident_pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

Result<std::string> NodeProcess::ask(const std::string& path, const std::string& member) const {
  http::Client asking = client();
  ICN_TRY_ASSIGN(answer, asking.get(path));
  ICN_TRY_ASSIGN(json, codec::parse_json(answer.body));
  const codec::Json* value = json.find(member);
  if (value == nullptr || value->string() == nullptr) {
    return Error(errors::kInternal, path + " answers without " + member + ": " + answer.body.substr(0, 200));
  }
  return *value->string();
}

Result<codec::Json> NodeProcess::post(const std::string& path, std::string json, Caller caller) const {
  http::ClientRequest request;
  request.method = "POST";
  request.target = path;
  request.headers.emplace_back("content-type", "application/json");
  if (caller == Caller::kOperator) request.headers.emplace_back("x-api-key", operator_key_);
  request.body = std::move(json);
  ICN_TRY_ASSIGN(answer, client().send(request));
  if (answer.status / 100 == 2) return codec::parse_json(answer.body);
  const ErrorKind& kind = answer.status == 409 ? errors::kConflict : errors::kInternal;
  return Error(kind, path + " answered: " + answer.body.substr(0, 200));
}

}  // namespace icn::bench
