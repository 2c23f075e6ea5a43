#include "cli/session.h"

#include <CLI/CLI.hpp>
#include <ostream>
#include <sstream>

#include "cli/command.h"
#include "cli/command_tree.h"
#include "cli/verbs/all.h"
#include "wasm/wasmtime/compile_apart.h"

namespace icn::cli {
namespace {

void define_all(CLI::App& app, Session& session) {
  app.set_version_flag("--version", "icn " ICN_VERSION);
  app.require_subcommand(1);
  app.fallthrough();
  app.add_option("--url", session.url, "the node to ask (ICN_URL)")->envname("ICN_URL");
  app.add_option("--ca", session.ca_file,
                 "PEM file of the certificates an https node is checked against, in place of the system's "
                 "(ICN_CA_FILE)")
      ->envname("ICN_CA_FILE");
  app.add_option(
         "--data", session.data_path,
         "data folder of a node on this machine; its operator API key is used unless ICN_API_KEY holds "
         "another (ICN_DATA_PATH)")
      ->envname("ICN_DATA_PATH");
  app.add_option("--as", session.acting_did,
                 "DID that acts; when absent that of --key, else the node's own (ICN_DID)")
      ->envname("ICN_DID");
  app.add_option("--key", session.key_file,
                 "key file to sign with here; the node signs when absent (ICN_KEY_FILE)")
      ->envname("ICN_KEY_FILE");
  app.add_flag("--json", session.json, "print JSON, as the node answers it");
  for (const Verb& verb : verbs()) verb.define(Command(*app.add_subcommand(verb.name, verb.doc)), session);
}

// Of a choice the type is named "TEXT:{bash,zsh}".
std::vector<std::string> allowed_values(const std::string& type) {
  std::vector<std::string> out;
  const std::size_t open = type.find('{');
  if (open == std::string::npos) return out;
  std::istringstream list(type.substr(open + 1, type.size() - open - 2));
  for (std::string value; std::getline(list, value, ',');) out.push_back(value);
  return out;
}

std::vector<OptionDescription> describe_options(const CLI::App& app) {
  std::vector<OptionDescription> out;
  for (const CLI::Option* option : app.get_options()) {
    OptionDescription each;
    each.doc = option->get_description();
    each.takes_value = option->get_items_expected_max() > 0;
    each.is_argument = option->get_positional();
    each.required = option->get_required();
    if (each.is_argument) {
      each.names.push_back(option->get_name(true, false));
    } else {
      for (const std::string& name : option->get_lnames()) each.names.push_back("--" + name);
      for (const std::string& name : option->get_snames()) each.names.push_back("-" + name);
    }
    each.default_value = option->get_default_str();
    each.values = allowed_values(option->get_type_name());
    out.push_back(std::move(each));
  }
  return out;
}

CommandDescription describe(const CLI::App& app) {
  CommandDescription out{app.get_name(), app.get_description(), app.get_footer(), describe_options(app), {}};
  for (const CLI::App* child : app.get_subcommands([](const CLI::App*) { return true; })) {
    out.commands.push_back(describe(*child));
  }
  return out;
}

// "icn mana balance", of the verbs that were read before the mistake.
std::string path_of(const CLI::App& app) {
  std::string path = "icn";
  const CLI::App* at = &app;
  while (!at->get_subcommands().empty()) {
    at = at->get_subcommands().front();
    path += " " + at->get_name();
  }
  return path;
}

std::string one_line(std::string text) {
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n'))
    text.replace(at, 1, " ");
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

std::string mistake(const CLI::App& app, const CLI::ParseError& error) {
  const std::vector<std::string> unknown = app.remaining(true);
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr && !unknown.empty()) {
    return "there is no `" + unknown.front() + "` here";
  }
  const std::string said = one_line(error.what());
  // "Could not convert: --count = abc"; every such option is a whole number.
  const std::size_t name = said.find(": "), value = said.find(" = ");
  if (dynamic_cast<const CLI::ConversionError*>(&error) != nullptr && value != std::string::npos &&
      name < value)
    return said.substr(name + 2, value - name - 2) + ": \"" + said.substr(value + 3) +
           "\" is no whole number";
  return said;
}

}  // namespace

const std::vector<Verb>& verbs() {
  static const std::vector<Verb> kVerbs{
#define VERB(name, define, doc) {name, doc, &define},
#include "cli/verbs.def"
#undef VERB
  };
  return kVerbs;
}

void Session::fail(ExitCode code, std::string_view what) {
  err << "icn: " << what << std::endl;
  exit_code = code;
}

CommandDescription describe_command_line() {
  const SystemClock clock;
  SystemRandom random;
  std::istream in(nullptr);
  std::ostream out(nullptr);
  Session session{in, out, out, clock, random};
  CLI::App app{"A node for cooperatives", "icn"};
  define_all(app, session);
  return describe(app);
}

int run(int argc, const char* const* argv, Session& session) {
  if (argc == 2 && argv[1] == wasm::kCompileWord) return wasm::run_compiler();
  CLI::App app{"A node for cooperatives", "icn"};
  try {
    define_all(app, session);
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help, session.out, session.err);
  } catch (const CLI::CallForVersion& version) {
    return app.exit(version, session.out, session.err);
  } catch (const CLI::ParseError& error) {
    session.fail(kUsage, mistake(app, error) + " (`" + path_of(app) + " --help` says what there is)");
  } catch (const std::exception& error) {
    session.fail(kFailed, one_line(error.what()));
  }
  return session.exit_code;
}

}  // namespace icn::cli
