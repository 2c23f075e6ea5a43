#pragma once

#include <optional>
#include <string>

namespace icn::bench {

struct ProgramResult {
  std::string text;    // what it printed, errors too
  int exit_code = -1;  // 127: there is no such program
};

// Runs a shell command and waits for it.
ProgramResult run_program(const std::string& command);
// Whether the shell finds a program of this name.
bool has_program(const std::string& name);
// `text` as one word of a shell command.
std::string shell_word(const std::string& text);
// The number that stands in front of `unit` ("123.5 ops/sec"), or behind `name` ("tps = 123.5").
std::optional<double> number_before(const std::string& text, const std::string& unit);
std::optional<double> number_after(const std::string& text, const std::string& name);

}  // namespace icn::bench
