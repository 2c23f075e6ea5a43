#pragma once

#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "cli/exit_code.h"
#include "codec/json.h"

namespace CLI {
class App;
}

namespace icn::cli {

// What every verb works with. The options are filled before a verb runs.
struct Session {
  std::istream& in;
  std::ostream& out;  // results
  std::ostream& err;  // everything else: one clear line
  const Clock& clock;
  Random& random;

  std::string url = "http://127.0.0.1:7845";  // --url, ICN_URL
  std::string api_key;                        // ICN_API_KEY, or the operator key file of --data
  std::string data_path = "icn-data";         // --data, ICN_DATA_PATH
  bool json = false;                          // --json
  int exit_code = kOk;                        // what the verb came to

  // Prints "icn: <what>" to err and sets the exit code.
  void fail(ExitCode code, std::string_view what);
};

// One verb of the command line: `define` adds its flags and sets the callback that runs it.
struct Verb {
  const char* name;
  const char* doc;
  void (*define)(CLI::App& app, Session& session);
};

// One row per verb of verbs.def.
const std::vector<Verb>& verbs();

// Runs the command line; never throws.
int run(int argc, const char* const* argv, Session& session);

}  // namespace icn::cli
