#include "cli/command_tree.h"

// One table of "path -> words" a shell; the scripts walk the words typed so far down that table.
namespace icn::cli {
namespace {

struct Node {
  std::string path;  // "mana balance"; empty: icn itself
  const CommandDescription* command;
};

void collect(std::vector<Node>& out, const CommandDescription& command, const std::string& path) {
  out.push_back({path, &command});
  for (const CommandDescription& child : command.commands) {
    collect(out, child, path.empty() ? child.name : path + " " + child.name);
  }
}

std::vector<std::string> words_of(const CommandDescription& command, const CommandDescription& root) {
  std::vector<std::string> out;
  for (const CommandDescription& child : command.commands) out.push_back(child.name);
  const auto add_options = [&](const CommandDescription& from) {
    for (const OptionDescription& option : from.options) {
      if (option.is_argument) {
        out.insert(out.end(), option.values.begin(), option.values.end());
      } else {
        out.push_back(option.names.front());
      }
    }
  };
  add_options(command);
  if (&command != &root) add_options(root);
  return out;
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

// bash and zsh (with bashcompinit) share one function.
std::string bash_script(const std::vector<Node>& nodes, const CommandDescription& root) {
  std::string out = "_icn_words() {\n  case \"$1\" in\n";
  for (const Node& node : nodes) {
    out += "    '" + node.path + "') echo '" + joined(words_of(*node.command, root)) + "' ;;\n";
  }
  out +=
      "    *) return 1 ;;\n  esac\n}\n\n"
      "_icn() {\n"
      "  local path='' word i\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    word=${COMP_WORDS[i]}\n"
      "    [[ $word == -* ]] && continue\n"
      "    _icn_words \"${path:+$path }$word\" >/dev/null && path=${path:+$path }$word\n"
      "  done\n"
      "  word=${COMP_WORDS[COMP_CWORD]}\n"
      "  COMPREPLY=($(compgen -W \"$(_icn_words \"$path\")\" -- \"$word\"))\n"
      "  [[ ${#COMPREPLY[@]} -eq 0 && $word != -* ]] && COMPREPLY=($(compgen -f -- \"$word\"))\n"
      "  return 0\n"
      "}\n"
      "complete -o filenames -F _icn icn\n";
  return out;
}

std::string quoted(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '\'' ? std::string("\\'") : std::string(1, c);
  return "'" + out + "'";
}

std::string fish_script(const std::vector<Node>& nodes) {
  std::string out =
      "function __icn_at\n"
      "  set -l words (commandline -opc | string match -v -- '-*')\n"
      "  test \"$words[2..-1]\" = \"$argv\"\n"
      "end\n";
  for (const Node& node : nodes) {
    const std::string at = "complete -c icn -n " + quoted("__icn_at " + node.path) + " ";
    for (const CommandDescription& child : node.command->commands) {
      out += at + "-f -a " + child.name + " -d " + quoted(child.doc) + "\n";
    }
    for (const OptionDescription& option : node.command->options) {
      if (option.is_argument) continue;
      const std::string& name = option.names.front();
      out += at + (name.starts_with("--") ? "-l " + name.substr(2) : "-s " + name.substr(1)) +
             (option.takes_value ? " -r" : "") + " -d " + quoted(option.doc) + "\n";
    }
  }
  return out;
}

}  // namespace

std::string completion_script(const CommandDescription& root, const std::string& shell) {
  std::vector<Node> nodes;
  collect(nodes, root, "");
  if (shell == "fish") return fish_script(nodes);
  const std::string script = bash_script(nodes, root);
  if (shell == "zsh") return "#compdef icn\nautoload -U +X bashcompinit && bashcompinit\n" + script;
  return script;
}

}  // namespace icn::cli
