#include "cli/session.h"

#include <CLI/CLI.hpp>
#include <ostream>

#include "cli/verbs/node.h"

namespace icn::cli {

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

int run(int argc, const char* const* argv, Session& session) {
  CLI::App app{"A node for cooperatives", "icn"};
  app.set_version_flag("--version", "icn " ICN_VERSION);
  app.require_subcommand(1);
  app.fallthrough();
  app.add_option("--url", session.url, "the node to ask")->envname("ICN_URL");
  app.add_option("--data", session.data_path, "data folder whose operator API key is used")->envname("ICN_DATA");
  app.add_flag("--json", session.json, "print JSON");
  for (const Verb& verb : verbs()) verb.define(*app.add_subcommand(verb.name, verb.doc), session);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error, session.out, session.err);
    return code == 0 ? kOk : kUsage;
  } catch (const std::exception& error) {
    session.fail(kFailed, error.what());
  }
  return session.exit_code;
}

}  // namespace icn::cli
