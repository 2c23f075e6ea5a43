#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "cli/exit_code.h"

namespace icn::cli {

class Command;

// That of the setting data_path, too.
inline constexpr const char* kDefaultDataPath = "icn-data";

// What every verb works with. The options are filled before a verb runs.
struct Session {
  std::istream& in;
  std::ostream& out;  // results
  std::ostream& err;  // everything else: one clear line
  const Clock& clock;
  Random& random;
  bool is_terminal = false;   // whether `out` is one: long identifiers are shortened there
  std::string compiler = {};  // wasm::WasmtimeOptions::compiler

  std::string url = "http://127.0.0.1:7845";  // --url, ICN_URL
  std::string ca_file = {};                   // --ca, ICN_CA_FILE; empty: the system's certificates
  std::string data_path = kDefaultDataPath;   // --data, ICN_DATA_PATH
  std::string api_key = {};                   // ICN_API_KEY; else the operator key file of data_path
  std::string acting_did = {};                // --as, ICN_DID; empty: the node's own, or that of key_file
  std::string key_file = {};                  // --key, ICN_KEY_FILE; empty: the node signs
  std::string token = {};                     // of a session that open_session() opened
  bool is_opening = false;                    // such a session
  bool json = false;                          // --json
  int exit_code = kOk;                        // what the verb came to

  // Prints "icn: <what>" to err and sets the exit code.
  void fail(ExitCode code, std::string_view what);
};

// One verb of the command line: `define` adds its options and sets what it does.
struct Verb {
  const char* name;
  const char* doc;
  void (*define)(Command command, Session& session);
};

// One row per verb of verbs.def.
const std::vector<Verb>& verbs();

// Runs the command line and answers the exit code; never throws.
int run(int argc, const char* const* argv, Session& session);

}  // namespace icn::cli
