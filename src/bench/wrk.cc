#include "bench/wrk.h"

#include <cstdlib>
#include <optional>

#include "base/errors.h"
#include "bench/program.h"

namespace icn::bench {
namespace {

// The number behind `name`; none when the text has no such line.
std::optional<std::string> value_after(const std::string& text, const std::string& name) {
  const auto at = text.find(name);
  if (at == std::string::npos) return std::nullopt;
  const auto begin = text.find_first_not_of(" ", at + name.size());
  return text.substr(begin, text.find_first_of(",\n", begin) - begin);
}

double milliseconds(const std::string& text) {
  char* unit = nullptr;
  const double value = std::strtod(text.c_str(), &unit);
  const std::string_view name(unit);
  return name.starts_with("us") ? value / 1000 : name.starts_with("s") ? value * 1000 : value;
}

}  // namespace

Result<WrkFigures> read_wrk(const std::string& text) {
  const auto rate = value_after(text, "Requests/sec:");
  const auto p99 = value_after(text, " 99%");
  if (!rate || !p99) return Error(errors::kInternal, "wrk printed no figures: " + text.substr(0, 200));
  WrkFigures figures{std::strtod(rate->c_str(), nullptr), milliseconds(*p99), 0};
  for (const char* name :
       {"errors: connect ", ", read ", ", write ", ", timeout ", "Non-2xx or 3xx responses:"}) {
    if (const auto count = value_after(text, name))
      figures.errors += std::strtoull(count->c_str(), nullptr, 10);
  }
  return figures;
}

Result<WrkFigures> run_wrk(const std::string& url, std::size_t threads, std::size_t connections,
                           std::size_t seconds, const std::string& script, const std::string& argument) {
  std::string command = "wrk --latency -t" + std::to_string(threads) + " -c" + std::to_string(connections) +
                        " -d" + std::to_string(seconds) + "s";
  if (!script.empty()) command += " -s " + shell_word(script);
  command += " " + shell_word(url);
  if (!argument.empty()) command += " -- " + shell_word(argument);
  const ProgramResult result = run_program(command);
  if (result.exit_code == 127) {
    return Error(errors::kUnavailable, "wrk is not installed (`make bench` installs it)");
  }
  return read_wrk(result.text);
}

}  // namespace icn::bench
