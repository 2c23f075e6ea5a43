#include <algorithm>

#include "cli/command_tree.h"

namespace icn::cli {
namespace {

std::string usage_of(const CommandDescription& command, const std::string& path) {
  std::string out = path;
  for (const OptionDescription& option : command.options) {
    if (!option.is_argument) continue;
    out += option.required ? " " + option.names.front() : " [" + option.names.front() + "]";
  }
  if (!command.commands.empty()) out += " COMMAND";
  return out;
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

void append_options(std::string& out, const CommandDescription& command) {
  bool is_first = true;
  for (const OptionDescription& option : command.options) {
    if (std::find(option.names.begin(), option.names.end(), "--help") != option.names.end()) continue;
    if (is_first) out += "\n| option | meaning |\n|---|---|\n";
    is_first = false;
    out += "| `" + joined(option.names) + (option.takes_value && !option.is_argument ? " VALUE" : "") +
           "` | " + option.doc + (option.default_value.empty() ? "" : " (" + option.default_value + ")") +
           (option.values.empty() ? "" : ": " + joined(option.values)) + " |\n";
  }
}

void append_command(std::string& out, const CommandDescription& command, const std::string& path, int depth) {
  out += "\n" + std::string(static_cast<std::size_t>(depth), '#') + " `" + usage_of(command, path) + "`\n\n" +
         command.doc + ".";
  if (!command.footer.empty()) out += " " + command.footer;
  out += "\n";
  append_options(out, command);
  for (const CommandDescription& child : command.commands) {
    append_command(out, child, path + " " + child.name, std::min(depth + 1, 4));
  }
}

}  // namespace

std::string reference_page(const CommandDescription& root) {
  std::string out =
      "# Command line\n\n"
      "Generated from `src/cli`; a unit test fails when this page is out of date. Results go to standard "
      "output, "
      "everything else to standard error as one line that begins with `icn: `.\n\n"
      "| exit code | meaning |\n|---|---|\n"
      "| 0 | done |\n"
      "| 1 | something of this program's own went wrong |\n"
      "| 2 | unknown verb, option or value |\n"
      "| 3 | a verification found a difference, a job or a check failed, a bench target was missed |\n"
      "| 4 | the node refused the request |\n"
      "| 5 | no node answers |\n"
      "| 6 | the settings are not valid |\n"
      "| 7 | no passphrase was given, or it does not open the key store |\n"
      "| 8 | the data folder belongs to something else |\n"
      "| 9 | a newer version wrote the data folder |\n"
      "| 10 | another process has the data folder open |\n"
      "| 11 | the data folder is damaged |\n"
      "| 12 | the data folder cannot be written |\n"
      "| 13 | the node cannot listen on its address |\n\n"
      "## Options of every verb\n";
  append_options(out, root);
  for (const CommandDescription& verb : root.commands) append_command(out, verb, "icn " + verb.name, 2);
  return out;
}

}  // namespace icn::cli
