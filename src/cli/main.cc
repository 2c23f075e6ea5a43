#include <iostream>

#include "cli/session.h"

int main(int argc, char** argv) {
  const icn::SystemClock clock;
  icn::SystemRandom random;
  icn::cli::Session session{std::cin, std::cout, std::cerr, clock, random};
  return icn::cli::run(argc, argv, session);
}
