#include "cli/job_project.h"

#include <filesystem>
#include <fstream>

#include "base/errors.h"

namespace icn::cli {
namespace {

constexpr std::string_view kSource =
    R"(// NAME: a job for an ICN node. Reads its first input, writes its result.
#include <stdio.h>

#include "icn.h"

int main(void) {
  // The first input is standard input; what is written to standard output is the result.
  unsigned long lines = 0;
  for (int c = getchar(); c != EOF; c = getchar()) lines += c == '\n';
  icn_log_text(ICN_INFO, "counted the lines of the input");
  printf("%lu\n", lines);
  return 0;
}
)";

constexpr std::string_view kMakefile =
    R"(# Debian: apt-get install clang lld wasi-libc libclang-rt-14-dev-wasm32
ICN ?= PROGRAM

NAME.wasm: job.c icn.h
	clang --target=wasm32-wasi -O2 -Wall -Wextra -Wl,--strip-debug -o $@ job.c

.PHONY: run clean
run: NAME.wasm
	'$(ICN)' job run --local NAME.wasm --input input.txt

clean:
	rm -f NAME.wasm
)";

constexpr std::string_view kReadme = R"(# NAME
A job for an ICN node. The same module and inputs give the same result on every node.

    make                                                  # NAME.wasm
    make run                                              # try it here, without a node and without mana
    icn job submit NAME.wasm --input input.txt --wait     # run it on the node and pay for it

`icn.h` lists what a job may ask of its node. Clock and randomness are the job's own, the network is not there.
)";

std::string filled(std::string text, std::string_view word, const std::string& value) {
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + value.size())) {
    text.replace(at, word.size(), value);
  }
  return text;
}

bool is_name(const std::string& name) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
  return !name.empty() && name.size() <= 64 && name.find_first_not_of(kAllowed) == std::string::npos &&
         name[0] != '-';
}

}  // namespace

std::vector<std::pair<std::string, std::string>> job_project(const std::string& name,
                                                             const std::string& program) {
  const auto named = [&](std::string_view text) { return filled(std::string(text), "NAME", name); };
  return {{"job.c", named(kSource)},
          {"Makefile", filled(named(kMakefile), "PROGRAM", program)},
          {"README.md", named(kReadme)},
          {"input.txt", "one\ntwo\nthree\n"},
          {"icn.h", std::string(kJobHeader)}};
}

Result<std::vector<std::string>> write_job_project(const std::string& path, const std::string& program) {
  const std::filesystem::path folder = std::filesystem::path(path).lexically_normal();
  const std::string name = folder.filename().string();
  if (!is_name(name)) {
    return Error(errors::kMalformed,
                 "\"" + name + "\" is no name for a job: letters, digits, '-' and '_', at most 64");
  }
  std::error_code failure;
  if (!std::filesystem::create_directories(folder, failure)) {
    return Error(errors::kConflict,
                 failure ? path + ": " + failure.message() : path + " exists already; nothing was changed");
  }
  std::vector<std::string> files;
  for (const auto& [file, content] : job_project(name, program)) {
    std::ofstream out(folder / file, std::ios::binary);
    out << content;
    if (!out.flush()) return Error(errors::kInternal, "cannot write " + (folder / file).string());
    files.push_back(file);
  }
  return files;
}

}  // namespace icn::cli
