#include "devnet/child.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <string_view>
#include <thread>

#include "base/errors.h"

namespace icn::devnet {
namespace {

// Only what may be called between fork and exec.
[[noreturn]] void become(char* const* words, char* const* environment, int output, Life life, pid_t parent) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  if (life == Life::kDetached) {
    ::setsid();
  } else {
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127);
  }
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  ::execve(words[0], words, environment);
  ::_exit(127);
}

std::vector<char*> environment_without_settings() {
  std::vector<char*> out;
  for (char** each = environ; *each != nullptr; ++each) {
    if (!std::string_view(*each).starts_with("ICN_")) out.push_back(*each);
  }
  out.push_back(nullptr);
  return out;
}

}  // namespace

Result<Child> Child::start(const Command& command) {
  std::vector<std::string> words = command.words;
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const std::vector<char*> environment = environment_without_settings();
  const int output = ::open(command.output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (output < 0) {
    return Error(errors::kInternal, "cannot write " + command.output.string() + ": " + std::strerror(errno));
  }
  const pid_t parent = ::getpid();
  Child child;
  child.life_ = command.life;
  child.pid_ = ::fork();
  if (child.pid_ == 0) become(arguments.data(), environment.data(), output, command.life, parent);
  ::close(output);
  if (child.pid_ < 0) return Error(errors::kInternal, std::string("cannot fork: ") + std::strerror(errno));
  return child;
}

Child::Child(Child&& other) noexcept : pid_(other.pid_), life_(other.life_) { other.pid_ = -1; }

Child& Child::operator=(Child&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(life_, other.life_);
  return *this;
}

Child::~Child() {
  if (life_ == Life::kWithParent) kill();
}

bool Child::is_running() {
  if (pid_ <= 0) return false;
  if (::waitpid(pid_, nullptr, WNOHANG) == 0) return true;
  pid_ = -1;
  return false;
}

void Child::ask_to_end() {
  if (is_running()) ::kill(pid_, SIGTERM);
}

bool Child::wait_for_end(std::uint64_t timeout_ms) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
  while (is_running()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

void Child::kill() {
  if (!is_running()) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

}  // namespace icn::devnet
