#include "bench/program.h"

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>

namespace icn::bench {
namespace {

std::optional<double> number_at(const std::string& text, std::size_t begin) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str() + begin, &end);
  if (end == text.c_str() + begin) return std::nullopt;
  return value;
}

}  // namespace

ProgramResult run_program(const std::string& command) {
  ProgramResult result;
  FILE* pipe = ::popen(("{ " + command + "\n} 2>&1").c_str(), "r");
  if (pipe == nullptr) return result;
  std::array<char, 4096> buffer;
  while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    result.text.append(buffer.data(), count);
  }
  const int status = ::pclose(pipe);
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  return result;
}

bool has_program(const std::string& name) {
  return run_program("command -v " + shell_word(name)).exit_code == 0;
}

std::string shell_word(const std::string& text) {
  std::string out = "'";
  for (const char each : text) out += each == '\'' ? std::string("'\\''") : std::string(1, each);
  return out + "'";
}

std::optional<double> number_before(const std::string& text, const std::string& unit) {
  const std::size_t at = text.find(unit);
  if (at == std::string::npos || at == 0) return std::nullopt;
  const std::size_t last = text.find_last_not_of(' ', at - 1);
  if (last == std::string::npos) return std::nullopt;
  const std::size_t before = text.find_last_not_of("0123456789.", last);
  return number_at(text, before == std::string::npos ? 0 : before + 1);
}

std::optional<double> number_after(const std::string& text, const std::string& name) {
  const std::size_t at = text.find(name);
  if (at == std::string::npos) return std::nullopt;
  return number_at(text, at + name.size());
}

}  // namespace icn::bench
