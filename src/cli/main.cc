#include <unistd.h>

#include <iostream>

#include "cli/session.h"

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  std::cin.tie(nullptr);
  const icn::SystemClock clock;
  icn::SystemRandom random;
  icn::cli::Session session{std::cin, std::cout, std::cerr, clock, random};
  session.is_terminal = ::isatty(STDOUT_FILENO) == 1;
  session.compiler = "/proc/self/exe";
  const int code = icn::cli::run(argc, argv, session);
  std::cout.flush();
  return code;
}
