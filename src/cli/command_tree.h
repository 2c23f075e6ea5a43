#pragma once

#include <string>
#include <vector>

namespace icn::cli {

// The command line as data: for the reference page and the completion of shells.
struct OptionDescription {
  std::vector<std::string> names;  // "--json", "-i"; of an argument its name alone
  std::string doc;
  bool takes_value = false;
  bool is_argument = false;  // by place
  bool required = false;
  std::string default_value;        // empty: none
  std::vector<std::string> values;  // the only ones allowed; empty: any
};

struct CommandDescription {
  std::string name;
  std::string doc;
  std::string footer;
  std::vector<OptionDescription> options;
  std::vector<CommandDescription> commands;
};

// `icn` with all its verbs.
CommandDescription describe_command_line();

// docs/reference/cli.md.
std::string reference_page(const CommandDescription& root);

// The script that completes `icn` in "bash", "zsh" or "fish".
std::string completion_script(const CommandDescription& root, const std::string& shell);

}  // namespace icn::cli
