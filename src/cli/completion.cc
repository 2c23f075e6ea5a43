#include <algorithm>

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
  const auto add = [&out](const std::string& word) {
    if (std::ranges::find(out, word) == out.end()) out.push_back(word);
  };
  for (const CommandDescription& child : command.commands) add(child.name);
  for (const CommandDescription* from : {&command, &root}) {
    for (const OptionDescription& option : from->options) {
      if (!option.is_argument) {
        add(option.names.front());
      } else if (from == &command) {
        for (const std::string& value : option.values) add(value);
      }
    }
  }
  return out;
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

// "did create --method" -> "icn key": what may follow an option that takes a value; nothing: any text or
// file.
std::string value_cases(const std::vector<Node>& nodes) {
  std::string out;
  for (const Node& node : nodes) {
    for (const OptionDescription& option : node.command->options) {
      if (option.is_argument || !option.takes_value) continue;
      // Options of `icn` itself may stand behind every verb.
      const std::string at = node.path.empty() ? "*' " : "'" + node.path + " ";
      std::string patterns;
      for (const std::string& name : option.names)
        patterns += (patterns.empty() ? "" : "|") + at + name + "'";
      out += "    " + patterns + ") echo '" + joined(option.values) + "' ;;\n";
    }
  }
  return out;
}

// bash and zsh (with bashcompinit) share the functions. No variable may have the name of one of zsh's own.
std::string bash_script(const std::vector<Node>& nodes, const CommandDescription& root) {
  std::string out = "_icn_words() {\n  case \"$1\" in\n";
  for (const Node& node : nodes) {
    out += "    '" + node.path + "') echo '" + joined(words_of(*node.command, root)) + "' ;;\n";
  }
  out += "    *) return 1 ;;\n  esac\n}\n\n_icn_values() {\n  case \"$1\" in\n" + value_cases(nodes);
  out +=
      "    *) return 1 ;;\n  esac\n}\n\n"
      "_icn() {\n"
      "  local verb='' word before offered i\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    word=${COMP_WORDS[i]}\n"
      "    [[ $word == -* ]] && continue\n"
      "    _icn_words \"${verb:+$verb }$word\" >/dev/null && verb=${verb:+$verb }$word\n"
      "  done\n"
      "  word=${COMP_WORDS[COMP_CWORD]}\n"
      "  before=${COMP_WORDS[COMP_CWORD-1]}\n"
      "  offered=$(_icn_values \"$verb $before\") || offered=$(_icn_words \"$verb\")\n"
      "  COMPREPLY=($(compgen -W \"$offered\" -- \"$word\"))\n"
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
      const std::string values = option.values.empty() ? "" : " -a " + quoted(joined(option.values));
      if (option.is_argument) {
        if (!values.empty()) out += at + "-f" + values + "\n";
        continue;
      }
      const std::string& name = option.names.front();
      const std::string takes = !option.takes_value ? "" : values.empty() ? " -r" : " -x" + values;
      out += at + (name.starts_with("--") ? "-l " + name.substr(2) : "-s " + name.substr(1)) + takes +
             " -d " + quoted(option.doc) + "\n";
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
