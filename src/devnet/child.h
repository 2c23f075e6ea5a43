#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace icn::devnet {

enum class Life {
  kWithParent,  // killed by the kernel when the thread that started it ends
  kDetached,    // goes on in a session of its own
};

struct Command {
  std::vector<std::string> words;  // the program's path first
  std::filesystem::path output;    // what it prints, appended
  Life life = Life::kWithParent;
};

// A program this one started, without the variables ICN_* of this one and in a process group of its own:
// a Ctrl-C at the terminal reaches only who started it. Thread: one at a time; start() on a thread that
// lives as long as the child.
class Child {
 public:
  Child() = default;
  // internal: no process could be made. A program that is not there ends at once with code 127.
  static Result<Child> start(const Command& command);
  Child(Child&& other) noexcept;
  Child& operator=(Child&& other) noexcept;
  // Kills what lives with its parent.
  ~Child();

  pid_t pid() const { return pid_; }
  bool is_running();
  void ask_to_end();  // SIGTERM
  // Whether it has ended within this time.
  bool wait_for_end(std::uint64_t timeout_ms);
  void kill();  // SIGKILL, and waits

 private:
  pid_t pid_ = -1;
  Life life_ = Life::kWithParent;
};

}  // namespace icn::devnet
