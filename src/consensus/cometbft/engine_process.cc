#include "consensus/cometbft/engine_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <fstream>
#include <optional>

#include "consensus/cometbft/socket.h"

namespace icn::consensus {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr off_t kLogBytesMax = 16 << 20;
constexpr std::streamoff kTailBytes = 32'000;
constexpr auto kSoon = std::chrono::seconds(30);  // an end within this time is a failure to start
constexpr auto kStopPatience = std::chrono::seconds(10);

std::string describe_end(int status) {
  if (WIFEXITED(status) && WEXITSTATUS(status) == 127) return "could not be started";
  if (WIFEXITED(status)) return "ended with code " + std::to_string(WEXITSTATUS(status));
  return "was ended by signal " + std::to_string(WTERMSIG(status));
}

// In the child: only what is safe between fork and exec.
[[noreturn]] void become(char* const* arguments, char* const* environment, int log, pid_t parent) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGPIPE, SIG_DFL);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  setpgid(0, 0);  // a Ctrl-C at the terminal is for the node, which then asks the engine to end
  if (getppid() != parent) _exit(127);
  dup2(log, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  execvpe(arguments[0], arguments, environment);
  dprintf(STDERR_FILENO, "cannot start %s: %s\n", arguments[0], strerror(errno));
  _exit(127);
}

// A null at the end. What is named twice has the value it has in `added`.
std::vector<char*> environment_with(std::vector<std::string>& added) {
  const auto is_added = [&](std::string_view entry) {
    const std::string_view name = entry.substr(0, entry.find('=') + 1);
    return std::ranges::any_of(added, [&](const std::string& each) { return each.starts_with(name); });
  };
  std::vector<char*> out;
  for (char** each = environ; *each != nullptr; ++each) {
    if (!is_added(*each)) out.push_back(*each);
  }
  for (std::string& each : added) out.push_back(each.data());
  out.push_back(nullptr);
  return out;
}

}  // namespace

std::string telling_line(std::string_view printed) {
  constexpr std::size_t kLineBytesMax = 500;
  std::string_view panic, error, last;
  while (!printed.empty()) {
    const std::size_t end = printed.find('\n');
    const std::string_view line = printed.substr(0, end);
    printed.remove_prefix(end == std::string_view::npos ? printed.size() : end + 1);
    if (line.empty()) continue;
    last = line;
    if (line.starts_with("panic:"))
      panic = line;
    else if (line.starts_with("ERROR") || line.find(" err=") != std::string_view::npos)
      error = line;
  }
  const std::string_view told = !panic.empty() ? panic : !error.empty() ? error : last;
  return std::string(told.substr(0, kLineBytesMax));
}

EngineProcess::EngineProcess(EngineProcessOptions options, std::shared_ptr<Log> log)
    : options_(std::move(options)), log_(std::move(log)), watcher_([this] { watch(); }) {}

EngineProcess::~EngineProcess() { stop(); }

std::uint64_t EngineProcess::starts() const {
  const std::lock_guard lock(mutex_);
  return starts_;
}

std::string EngineProcess::problem() const {
  const std::lock_guard lock(mutex_);
  return problem_;
}

void EngineProcess::found_well() {
  const std::lock_guard lock(mutex_);
  problem_.clear();
}

int EngineProcess::pid() const {
  const std::lock_guard lock(mutex_);
  return pid_;
}

bool EngineProcess::pause(std::uint32_t ms) {
  std::unique_lock lock(mutex_);
  return !wake_.wait_for(lock, milliseconds(ms), [this] { return is_stopping_; });
}

std::string EngineProcess::last_words() const {
  std::ifstream file(options_.log_file, std::ios::ate | std::ios::binary);
  const std::streamoff size = file.tellg();
  if (!file || size <= 0) return "";
  const std::streamoff from = std::max<std::streamoff>(printed_from_, size - kTailBytes);
  std::string tail(static_cast<std::size_t>(std::max<std::streamoff>(size - from, 0)), '\0');
  file.seekg(from);
  file.read(tail.data(), static_cast<std::streamsize>(tail.size()));
  return telling_line(tail);
}

// The status it ended with. The thread that forks must outlive the child: the child is told of its death.
int EngineProcess::run_once() {
  struct stat status {};
  const bool is_long = ::stat(options_.log_file.c_str(), &status) == 0 && status.st_size > kLogBytesMax;
  const Descriptor output(::open(options_.log_file.c_str(),
                                 O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (is_long ? O_TRUNC : 0), 0600));
  printed_from_ = std::max<off_t>(::lseek(output.get(), 0, SEEK_END), 0);
  std::vector<char*> arguments;
  for (std::string& each : options_.command) arguments.push_back(each.data());
  arguments.push_back(nullptr);
  const std::vector<char*> environment = environment_with(options_.environment);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child == 0) become(arguments.data(), environment.data(), output.get(), parent);
  if (child < 0) return 127 << 8;
  {
    const std::lock_guard lock(mutex_);
    pid_ = child;
    ++starts_;
  }
  const auto began = steady_clock::now();
  int end = 0;
  std::optional<steady_clock::time_point> kill_at;
  while (::waitpid(child, &end, WNOHANG) == 0) {
    std::unique_lock lock(mutex_);
    const bool stops =
        wake_.wait_for(lock, milliseconds(kill_at ? 20 : 100), [this] { return is_stopping_; });
    if (steady_clock::now() - began > kSoon) problem_.clear();
    lock.unlock();
    if (!stops) continue;
    if (!kill_at) {
      ::kill(child, SIGTERM);
      kill_at = steady_clock::now() + kStopPatience;
    } else {
      if (steady_clock::now() > *kill_at) ::kill(child, SIGKILL);
      std::this_thread::sleep_for(milliseconds(20));
    }
  }
  const std::lock_guard lock(mutex_);
  pid_ = 0;
  return end;
}

void EngineProcess::watch() {
  std::uint32_t backoff_ms = options_.backoff_min_ms;
  std::uint32_t failures = 0;
  while (true) {
    if (options_.before_start) options_.before_start();
    const auto began = steady_clock::now();
    const int end = run_once();
    {
      const std::lock_guard lock(mutex_);
      if (is_stopping_) return;
    }
    const bool is_soon = steady_clock::now() - began < kSoon;
    failures = is_soon ? failures + 1 : 1;
    backoff_ms =
        is_soon && failures > 1 ? std::min(backoff_ms * 2, options_.backoff_max_ms) : options_.backoff_min_ms;
    const std::string text = options_.command.front() + " " + describe_end(end) + ": " + last_words();
    log_->error("{}; starting it again in {} ms", text, backoff_ms);
    {
      const std::lock_guard lock(mutex_);
      problem_ = "the consensus engine does not run: " + text;
    }
    if (!pause(backoff_ms)) return;
    const std::lock_guard lock(mutex_);
    if (failures < 3) problem_.clear();
  }
}

void EngineProcess::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  wake_.notify_all();
  if (watcher_.joinable()) watcher_.join();
}

}  // namespace icn::consensus
